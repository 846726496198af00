package faultline.core.mem;

import faultline.core.mmu.Mmu;
import java.nio.ByteOrder;

/// Memory of guests that have the least significant byte first.
final class LittleEndianMem extends Mem {

    private LittleEndianMem(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        super(memory, mmu, exclusive);
    }

    static Mem create(PhysicalMemory memory, Mmu mmu, ExclusiveSection exclusive) {
        return new LittleEndianMem(memory, mmu, exclusive);
    }

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    short inOrder(short value) {
        return value;
    }

    @Override
    int inOrder(int value) {
        return value;
    }

    @Override
    long inOrder(long value) {
        return value;
    }

    @Override
    long lowHalf(long address) {
        return address;
    }

    @Override
    long highHalf(long address) {
        return address + Long.BYTES;
    }
}
