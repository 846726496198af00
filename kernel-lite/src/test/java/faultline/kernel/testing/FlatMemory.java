package faultline.kernel.testing;

import faultline.kernel.Errno;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// User memory that is one mapped range, little-endian unless told; everything outside is EFAULT.
public class FlatMemory implements UserMemory {

    private final long base;
    private final ByteBuffer bytes;

    public FlatMemory(long base, int length) {
        this(base, length, ByteOrder.LITTLE_ENDIAN);
    }

    public FlatMemory(long base, int length, ByteOrder order) {
        this.base = base;
        this.bytes = ByteBuffer.allocate(length).order(order);
    }

    private int at(long va, int length) {
        if (va < base || va - base > bytes.capacity() - length) {
            throw Errno.EFAULT.exception();
        }
        return (int) (va - base);
    }

    private int room(long va, int length) {
        return va < base ? 0 : Math.clamp(base + bytes.capacity() - va, 0, length);
    }

    @Override
    public ByteOrder byteOrder() {
        return bytes.order();
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
        throw new UnsupportedOperationException("these tests need no atomics");
    }

    @Override
    public long tryLoad32(long va) {
        throw new UnsupportedOperationException("these tests need no atomics");
    }

    @Override
    public long tryCompareAndExchange32(long va, int expected, int value) {
        throw new UnsupportedOperationException("these tests need no atomics");
    }

    @Override
    public PinnedPage pin(long va, boolean write) {
        throw new UnsupportedOperationException("these tests have no pages");
    }
}
