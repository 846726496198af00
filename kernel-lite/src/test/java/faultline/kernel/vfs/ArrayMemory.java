package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// User memory of 1 MiB at [#BASE], little-endian; everything else faults.
public final class ArrayMemory implements UserMemory {

    public static final long BASE = 0x10000;

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private int free;

    /// Puts a NUL-terminated string somewhere and returns where.
    public long string(String text) {
        byte[] chars = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
        long va = allocate(chars.length);
        write(va, chars, 0, chars.length);
        return va;
    }

    /// An aligned, zeroed piece; old pieces are reused after a while.
    public long allocate(int length) {
        if (free + length + 64 > bytes.capacity()) {
            free = 0;
        }
        long va = BASE + free;
        free = (free + length + 63) & -16;
        clear(va, length);
        return va;
    }

    /// Reads `length` bytes as text.
    public String text(long va, int length) {
        byte[] to = new byte[length];
        read(va, to, 0, length);
        return new String(to, StandardCharsets.ISO_8859_1);
    }

    private int at(long va, int length) {
        if (va < BASE || va - BASE + length > bytes.capacity()) {
            throw Errno.EFAULT.exception();
        }
        return (int) (va - BASE);
    }

    private int room(long va, int length) {
        return va < BASE ? 0 : Math.clamp(BASE + bytes.capacity() - va, 0, length);
    }

    @Override
    public byte load8(long va) {
        return bytes.get(at(va, 1));
    }

    @Override
    public short load16(long va) {
        return bytes.getShort(at(va, 2));
    }

    @Override
    public int load32(long va) {
        return bytes.getInt(at(va, 4));
    }

    @Override
    public long load64(long va) {
        return bytes.getLong(at(va, 8));
    }

    @Override
    public void store8(long va, byte value) {
        bytes.put(at(va, 1), value);
    }

    @Override
    public void store16(long va, short value) {
        bytes.putShort(at(va, 2), value);
    }

    @Override
    public void store32(long va, int value) {
        bytes.putInt(at(va, 4), value);
    }

    @Override
    public void store64(long va, long value) {
        bytes.putLong(at(va, 8), value);
    }

    @Override
    public void read(long va, byte[] to, int offset, int length) {
        bytes.get(at(va, length), to, offset, length);
    }

    @Override
    public void write(long va, byte[] from, int offset, int length) {
        bytes.put(at(va, length), from, offset, length);
    }

    @Override
    public int readPartial(long va, byte[] to, int offset, int length) {
        int count = room(va, length);
        if (count > 0) {
            read(va, to, offset, count);
        }
        return count;
    }

    @Override
    public int writePartial(long va, byte[] from, int offset, int length) {
        int count = room(va, length);
        if (count > 0) {
            write(va, from, offset, count);
        }
        return count;
    }

    @Override
    public void clear(long va, long length) {
        write(va, new byte[(int) length], 0, (int) length);
    }

    @Override
    public byte[] readString(long va, int limit) {
        for (int length = 0; length < limit; length++) {
            if (load8(va + length) == 0) {
                byte[] text = new byte[length];
                read(va, text, 0, length);
                return text;
            }
        }
        throw Errno.ENAMETOOLONG.exception();
    }

    @Override
    public int compareAndExchange32(long va, int expected, int value) {
        throw new UnsupportedOperationException("files need no atomics");
    }

    @Override
    public long tryLoad32(long va) {
        throw new UnsupportedOperationException("files need no atomics");
    }

    @Override
    public long tryCompareAndExchange32(long va, int expected, int value) {
        throw new UnsupportedOperationException("files need no atomics");
    }
}
