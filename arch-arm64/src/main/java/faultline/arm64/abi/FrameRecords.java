package faultline.arm64.abi;

import faultline.arm64.cpu.A64Cpu;
import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The records of a frame that sigreturn is given, as `parse_user_sigframe` reads them: one
/// `fpsimd_context` must be there and no unknown one, and a program may have moved them on with an
/// `extra_context`.
final class FrameRecords {

    /// SIGFRAME_MAXSZ.
    private static final int MAX_BYTES = 64 << 10;

    private ByteBuffer from;
    private int start = FrameLayout.RESERVED;
    private int limit = FrameLayout.RESERVED_BYTES;
    private final UserMemory memory;
    private final long frame;

    private int vectors = -1;
    private boolean moved;

    /// The records in the bytes of the frame at `frame`.
    FrameRecords(ByteBuffer from, UserMemory memory, long frame) {
        this.from = from;
        this.memory = memory;
        this.frame = frame;
    }

    /// Loads the floating-point registers. Throws EFAULT, with nothing changed, for records that
    /// Linux refuses.
    void restore(A64Cpu cpu) {
        ByteBuffer first = from;
        ByteBuffer holder = first;
        int offset = 0;
        while (true) {
            require(limit - offset >= FrameLayout.RECORD_HEAD && offset % FrameLayout.RECORD_ALIGNMENT == 0);
            int at = start + offset;
            int magic = from.getInt(at + FrameLayout.RECORD_MAGIC);
            int size = from.getInt(at + FrameLayout.RECORD_SIZE);
            if (magic == 0) {
                require(size == 0);
                break;
            }
            require(size >= FrameLayout.RECORD_HEAD && size <= limit - offset);
            switch (magic) {
                case FrameLayout.FPSIMD_MAGIC -> {
                    require(vectors < 0 && size == FrameLayout.FPSIMD_BYTES);
                    vectors = at;
                    holder = from;
                }
                case FrameLayout.ESR_MAGIC -> {}
                case FrameLayout.EXTRA_MAGIC -> {
                    follow(at, offset, size);
                    offset = 0;
                    continue;
                }
                default -> throw Errno.EFAULT.exception();
            }
            offset += size;
        }
        require(vectors >= 0);
        cpu.fp.setFpsr(holder.getInt(vectors + FrameLayout.FPSIMD_FPSR));
        cpu.fp.setFpcr(holder.getInt(vectors + FrameLayout.FPSIMD_FPCR));
        for (int i = 0; i < cpu.v.length; i++) {
            cpu.v[i] = holder.getLong(vectors + FrameLayout.FPSIMD_VREGS + 8 * i);
        }
    }

    /// The records behind an `extra_context` lie right behind the frame, and its end mark is the
    /// last record in it.
    private void follow(int at, int offset, int size) {
        require(!moved && size >= FrameLayout.EXTRA_BYTES);
        moved = true;
        int end = at + size;
        require(limit - offset - size >= FrameLayout.RECORD_ALIGNMENT);
        require(from.getInt(end + FrameLayout.RECORD_MAGIC) == 0 && from.getInt(end + FrameLayout.RECORD_SIZE) == 0);
        long data = from.getLong(at + FrameLayout.EXTRA_DATA);
        int bytes = from.getInt(at + FrameLayout.EXTRA_SIZE);
        require(data == frame + end + FrameLayout.RECORD_ALIGNMENT);
        require(bytes >= 0 && bytes <= MAX_BYTES && bytes % FrameLayout.RECORD_ALIGNMENT == 0);
        byte[] extra = new byte[bytes];
        memory.read(data, extra, 0, bytes);
        from = ByteBuffer.wrap(extra).order(ByteOrder.LITTLE_ENDIAN);
        start = 0;
        limit = bytes;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw Errno.EFAULT.exception();
        }
    }
}
