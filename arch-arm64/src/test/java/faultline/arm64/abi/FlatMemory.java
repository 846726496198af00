package faultline.arm64.abi;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// User memory that is one mapped range: everything outside is EFAULT.
final class FlatMemory implements UserMemory {

    private final long base;
    private final ByteBuffer bytes;

    FlatMemory(long base, int length) {
        this.base = base;
        this.bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int at(long va, int length) {
        if (va < base || va - base > bytes.capacity() - length) {
            throw Errno.EFAULT.exception();
        }
        return (int) (va - base);
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
        read(va, to, offset, length);
        return length;
    }

    @Override
    public int writePartial(long va, byte[] from, int offset, int length) {
        write(va, from, offset, length);
        return length;
    }

    @Override
    public void clear(long va, long length) {
        Arrays.fill(bytes.array(), at(va, (int) length), at(va, (int) length) + (int) length, (byte) 0);
    }

    @Override
    public byte[] readString(long va, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareAndExchange32(long va, int expected, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long tryLoad32(long va) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long tryCompareAndExchange32(long va, int expected, int value) {
        throw new UnsupportedOperationException();
    }
}
