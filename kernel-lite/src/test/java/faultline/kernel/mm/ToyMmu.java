package faultline.kernel.mm;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.TableWalker;
import faultline.core.mmu.Access;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;

/// The hardware walker of [ToyFormat]. The fault code is 1 for a present page, 2 for a store.
final class ToyMmu extends TableWalker {

    private final ToyFormat format = new ToyFormat();

    ToyMmu(PhysicalMemory memory) {
        super(memory);
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        long write = access == Access.WRITE ? 2 : 0;
        if (Long.compareUnsigned(va, format.userEnd()) >= 0) {
            return faulted.set(va, write);
        }
        long table = root;
        int level = 2;
        for (; level > 0; level--) {
            long entry = memory.load64(entryPa(table, level, va));
            if ((entry & ToyFormat.P) == 0) {
                return faulted.set(va, write);
            }
            if ((entry & ToyFormat.HUGE) != 0) {
                break;
            }
            table = entry >>> 12 << 12;
        }
        long needed = switch (access) {
            case READ -> ToyFormat.R;
            case WRITE -> ToyFormat.W;
            case EXECUTE -> ToyFormat.X;
        };
        long ptePa = entryPa(table, level, va);
        long offset = (1L << format.shift(level)) - 1;
        while (true) {
            long pte = memory.load64(ptePa);
            if (level > 0 && (pte & ToyFormat.HUGE) == 0) {
                return faulted.set(va, write);
            }
            if ((pte & (ToyFormat.P | needed)) != (ToyFormat.P | needed)) {
                return faulted.set(va, write | pte & ToyFormat.P);
            }
            long used = pte | ToyFormat.A | (write != 0 ? ToyFormat.D : 0);
            if (used == pte || memory.compareAndSet64(ptePa, pte, used)) {
                boolean store = (used & (ToyFormat.W | ToyFormat.D)) == (ToyFormat.W | ToyFormat.D);
                return mapped.set(
                        (used & ~offset | va & offset) >>> 12 << 12 | va & 4095,
                        (used & ToyFormat.R) != 0,
                        store,
                        (used & ToyFormat.X) != 0);
            }
        }
    }

    private long entryPa(long table, int level, long va) {
        return table + (va >>> format.shift(level) & 511) * 8;
    }
}
