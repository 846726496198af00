package faultline.ppc64.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What the vDSO tells unwinders of its trampoline: every register of the interrupted program is in the
/// signal frame (DWARF 5, section 6.4; LSB 5.0 core, 10.6, for `.eh_frame` and its header).
///
/// Columns are those of 64-bit POWER's C runtime: general registers from 0, floating-point registers from
/// 32, LR 65, CTR 66, CR 70, vector registers from 77. The address to go on at is in 67, which is otherwise
/// none, so that LR keeps its own value.
final class UnwindTable {

    private static final int FPR_0 = 32;
    private static final int LR = 65;
    private static final int CTR = 66;
    private static final int NIP = 67;
    private static final int CR = 70;
    private static final int VR_0 = 77;

    // Encodings of addresses: as a number of 4 bytes, signed and relative to itself or to the table.
    private static final byte UDATA4 = 0x03;
    private static final byte PCREL_SDATA4 = 0x1b;
    private static final byte DATAREL_SDATA4 = 0x3b;

    private static final byte CFA_DEF_CFA_EXPRESSION = 0x0f;
    private static final byte CFA_EXPRESSION = 0x10;
    private static final byte OP_DEREF = 0x06;
    private static final byte OP_PLUS_UCONST = 0x23;
    private static final byte OP_BREG1 = 0x71;

    private static final int HEADER_BYTES = 20;

    /// Much more than it takes.
    private static final int MOST_BYTES = 2048;

    private final ByteBuffer to;

    private UnwindTable(ByteOrder order) {
        to = ByteBuffer.allocate(MOST_BYTES).order(order);
    }

    /// The table, header first, of `bytes` of code that lie `before` bytes before it.
    static byte[] of(ByteOrder order, int before, int bytes) {
        UnwindTable table = new UnwindTable(order);
        table.write(-before, bytes);
        byte[] written = new byte[table.to.position()];
        table.to.get(0, written);
        return written;
    }

    private void write(int code, int bytes) {
        to.position(HEADER_BYTES);
        int common = begin();
        to.putInt(0).put((byte) 1).put(new byte[] {'z', 'R', 'S', 0});
        unsigned(4);
        signed(-8);
        to.put((byte) NIP);
        unsigned(1);
        to.put(PCREL_SDATA4);
        end(common);
        int frame = begin();
        to.putInt(to.position() - common);
        to.putInt(code - to.position());
        to.putInt(bytes);
        unsigned(0);
        registers();
        end(frame);
        // What ends the list.
        to.putInt(0);
        header(code, common, frame);
    }

    private void header(int code, int common, int frame) {
        to.put(0, (byte) 1).put(1, PCREL_SDATA4).put(2, UDATA4).put(3, DATAREL_SDATA4);
        to.putInt(4, common - 4).putInt(8, 1).putInt(12, code).putInt(16, frame);
    }

    /// Begins an entry, whose length is not known yet.
    private int begin() {
        int at = to.position();
        to.putInt(0);
        return at;
    }

    /// Fills an entry up to a multiple of 4 bytes with instructions that do nothing.
    private void end(int entry) {
        while ((to.position() & 3) != 0) {
            to.put((byte) 0);
        }
        to.putInt(entry, to.position() - entry - 4);
    }

    private void registers() {
        // The stack pointer of the interrupted program is what the next frame begins with.
        to.put(CFA_DEF_CFA_EXPRESSION);
        expression(FrameLayout.GP_REGS + 8, OP_DEREF);
        for (int n = 0; n < 32; n++) {
            at(n, FrameLayout.GP_REGS + 8 * n);
            at(FPR_0 + n, FrameLayout.FP_REGS + 8 * n);
            to.put(CFA_EXPRESSION);
            unsigned(VR_0 + n);
            vector(16 * n);
        }
        at(LR, FrameLayout.Word.LNK.offset());
        at(CTR, FrameLayout.Word.CTR.offset());
        at(NIP, FrameLayout.Word.NIP.offset());
        // The low word, which is all that an unwinder has of it.
        at(CR, FrameLayout.Word.CCR.offset() + (to.order() == ByteOrder.BIG_ENDIAN ? 4 : 0));
    }

    /// A register is in the frame.
    private void at(int column, int offset) {
        to.put(CFA_EXPRESSION);
        unsigned(column);
        expression(offset);
    }

    /// An expression that begins at an offset into the frame, which is above the trampoline's own.
    private void expression(int offset, byte... operations) {
        int length = to.position();
        to.put((byte) 0).put(OP_BREG1);
        signed(FrameLayout.CALLER_BYTES + offset);
        to.put(operations);
        to.put(length, (byte) (to.position() - length - 1));
    }

    /// The same of an offset into what the frame has an address of: the vector registers.
    private void vector(int offset) {
        int length = to.position();
        to.put((byte) 0).put(OP_BREG1);
        signed(FrameLayout.CALLER_BYTES + FrameLayout.V_REGS_POINTER);
        to.put(OP_DEREF).put(OP_PLUS_UCONST);
        unsigned(offset);
        to.put(length, (byte) (to.position() - length - 1));
    }

    /// ULEB128.
    private void unsigned(int number) {
        int left = number;
        while (left > 0x7f) {
            to.put((byte) (left | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }

    /// SLEB128.
    private void signed(int number) {
        int left = number;
        while (left < -0x40 || left > 0x3f) {
            to.put((byte) (left | 0x80));
            left >>= 7;
        }
        to.put((byte) (left & 0x7f));
    }
}
