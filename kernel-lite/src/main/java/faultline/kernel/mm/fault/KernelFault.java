package faultline.kernel.mm.fault;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Vma;

/// A fault that no access raised: populating, or another task looking in. Judged by the VMA alone.
final class KernelFault extends PageFault {

    /// Where somebody in user space may have to be waited for.
    static final int WAITS = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;

    /// Whether the last one failed for want of RAM. Whoever wants to know clears it before.
    boolean outOfMemory;

    /// Begins a fault; `write` asks for a page that may be written, copied if need be.
    KernelFault begin(long address, boolean write) {
        begin(address, write ? Access.WRITE : Access.READ, false);
        return this;
    }

    /// The same with FAULT_FLAG_* bits.
    KernelFault begin(long address, boolean write, int flags) {
        begin(address, write);
        this.flags = flags;
        return this;
    }

    @Override
    boolean repeats() {
        return false;
    }

    @Override
    public long code() {
        return 0;
    }

    @Override
    public boolean accessError(Vma vma) {
        return isWrite() ? !vma.isWritable() : !vma.isReadable();
    }

    @Override
    public FaultOutcome.Signal badAccess(Vma vma) {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, FaultOutcome.Signal.SEGV_ACCERR, address(), 0);
    }

    @Override
    public FaultOutcome.Signal badArea() {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, FaultOutcome.Signal.SEGV_MAPERR, address(), 0);
    }
}
