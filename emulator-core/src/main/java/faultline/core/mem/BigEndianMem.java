package faultline.core.mem;

import faultline.core.mmu.Mmu;
import java.nio.ByteOrder;

/// Memory of guests that have the most significant byte first.
final class BigEndianMem extends Mem {

    private BigEndianMem(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        super(memory, mmu, exclusive);
    }

    static Mem create(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        return new BigEndianMem(memory, mmu, exclusive);
    }

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.BIG_ENDIAN;
    }

    @Override
    short inOrder(short value) {
        return Short.reverseBytes(value);
    }

    @Override
    int inOrder(int value) {
        return Integer.reverseBytes(value);
    }

    @Override
    long inOrder(long value) {
        return Long.reverseBytes(value);
    }

    @Override
    long lowHalf(long address) {
        return address + Long.BYTES;
    }

    @Override
    long highHalf(long address) {
        return address;
    }
}
