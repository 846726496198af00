package faultline.kernel.mm;

import static faultline.kernel.mm.Vma.VM_EXEC;
import static faultline.kernel.mm.Vma.VM_GROWSDOWN;
import static faultline.kernel.mm.Vma.VM_LOCKED;
import static faultline.kernel.mm.Vma.VM_SHARED;
import static faultline.kernel.mm.Vma.VM_WRITE;

/// Mapped pages by kind, as `vm_stat_account` keeps them. Guarded by `mmap_lock`.
final class MmCounters {

    private long total;
    private long exec;
    private long stack;
    private long data;
    private long locked;
    private long highTotal;

    /// Adds (or with a negative count removes) pages mapped with these flags.
    void account(int flags, long pages) {
        total += pages;
        highTotal = Math.max(highTotal, total);
        if ((flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC) {
            exec += pages;
        } else if ((flags & VM_GROWSDOWN) != 0) {
            stack += pages;
        } else if (isData(flags)) {
            data += pages;
        }
        if ((flags & VM_LOCKED) != 0) {
            locked += pages;
        }
    }

    /// Whether RLIMIT_DATA counts such a mapping.
    static boolean isData(int flags) {
        return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
    }

    long total() {
        return total;
    }

    /// The most pages that were ever mapped: hiwater_vm.
    long highTotal() {
        return highTotal;
    }

    long exec() {
        return exec;
    }

    long stack() {
        return stack;
    }

    long data() {
        return data;
    }

    long locked() {
        return locked;
    }
}
