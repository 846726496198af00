package faultline.ppc64.fault;

import faultline.core.cpu.Cpu;
import faultline.core.mem.Mem;
import faultline.core.mmu.GuestFault;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.mmu.HashTranslations;
import faultline.ppc64.mmu.LinuxPageTables;
import faultline.ppc64.mmu.StorageInterrupt;
import org.jspecify.annotations.Nullable;

/// From DAR and DSISR, or SRR0 and SRR1, to the process's fault design: what
/// `arch/powerpc/mm/fault.c` does for user addresses, and before it under hash
/// `arch/powerpc/mm/book3s64/slb.c` and `hash_utils.c`.
///
/// | interrupt | radix | hash |
/// | --- | --- | --- |
/// | segment | SEGV_BNDERR: not addressable | the segment's SLB entry is made; SEGV_BNDERR beyond user space |
/// | storage | the VMA decides | first the Linux PTE, if it permits the access: its entry is put into the hashed table
/// |
///
/// The order is Linux's: what no page can mend is a SIGBUS before anything is counted; the key is asked
/// before the rights. Two of Linux's steps cannot happen here: the kernel has no translations of its
/// own, and reaches user memory only where it means to.
public final class Ppc64FaultEntry implements FaultEntry {

    private final long userEnd;
    private final boolean checksStack;

    /// Null where hardware walks the page tables.
    private final @Nullable HashTranslations hash;

    public Ppc64FaultEntry(FaultRules rules) {
        this.userEnd = LinuxPageTables.userEnd(rules.mmu().pages());
        this.checksStack = rules.growth() == StackGrowth.STACK_POINTER;
        this.hash = rules.cache() instanceof HashTranslations translations ? translations : null;
    }

    @Override
    public FaultOutcome handle(Cpu cpu, boolean userMode, FaultContext context) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        Ppc64PageFault fault = (Ppc64PageFault) context.fault();
        fault.begin(userMode);
        return StorageInterrupt.isSegment(fault.code()) ? segment(ppc, fault, context) : storage(ppc, fault, context);
    }

    @Override
    public String describe(long code) {
        return StorageInterrupt.describe(code);
    }

    /// `do_slb_fault`, or without SLB `do_bad_segment_interrupt` at once.
    private FaultOutcome segment(Ppc64Cpu cpu, Ppc64PageFault fault, FaultContext context) {
        if (hash == null || !isUserAddress(fault.address())) {
            return fault.outOfRange();
        }
        hash.loadSegment(cpu.vcpu(), context.mm().context(), fault.address());
        return FaultOutcome.Done.MINOR;
    }

    /// `do_hash_fault`, `___do_page_fault`.
    private FaultOutcome storage(Ppc64Cpu cpu, Ppc64PageFault fault, FaultContext context) {
        long code = fault.code();
        if (StorageInterrupt.has(code, StorageInterrupt.DSISR_BAD_FAULT_64S)) {
            return fault.badFault();
        }
        if (!isUserAddress(fault.address())) {
            return fault.badArea();
        }
        if (hash != null
                && !StorageInterrupt.has(code, StorageInterrupt.DSISR_KEYFAULT)
                && hash.hashFault(cpu.vcpu(), context.mm(), fault.address(), fault.access())) {
            return FaultOutcome.Done.MINOR;
        }
        if (checksStack) {
            // Before mmap_lock is taken: reading the instruction may fault in its turn.
            fault.checkStack(fault.isWriteOfUser() && storeUpdatesStack(cpu));
        }
        return context.handle(fault);
    }

    /// The instruction has just been executed as far as its access, so that it can be read without a
    /// fault; if it cannot, because another vCPU has unmapped it, it is none that counts.
    private static boolean storeUpdatesStack(Ppc64Cpu cpu) {
        Mem mem = cpu.mem();
        cpu.vcpu().enterGuest();
        try {
            return StoreUpdatesStack.test(mem.load32(cpu.pc));
        } catch (GuestFault _) {
            return false;
        } finally {
            cpu.vcpu().enterKernel();
        }
    }

    private boolean isUserAddress(long address) {
        return Long.compareUnsigned(address, userEnd) < 0;
    }
}
