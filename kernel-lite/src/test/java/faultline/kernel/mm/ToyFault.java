package faultline.kernel.mm;

import faultline.core.mmu.Access;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.PageFault;

/// A fault judged by the VMA's rights alone.
final class ToyFault extends PageFault {

    private long code;

    void begin(ToyCpu cpu, boolean user) {
        code = cpu.faultCode;
        begin(cpu.faultAddress, (code & 2) != 0 ? Access.WRITE : Access.READ, user);
    }

    @Override
    public long code() {
        return code;
    }

    @Override
    public boolean accessError(Vma vma) {
        return isWrite() ? !vma.isWritable() : !vma.has(Vma.VM_ACCESS);
    }

    @Override
    public Signal badAccess(Vma vma) {
        return new Signal(Signal.SIGSEGV, Signal.SEGV_ACCERR, address(), 0);
    }

    @Override
    public Signal badArea() {
        return new Signal(Signal.SIGSEGV, Signal.SEGV_MAPERR, address(), 0);
    }
}
