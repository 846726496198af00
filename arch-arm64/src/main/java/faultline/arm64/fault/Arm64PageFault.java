package faultline.arm64.fault;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.mmu.Arm64Mmu;
import faultline.arm64.mmu.Syndrome;
import faultline.core.mmu.Access;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;

/// An abort with its syndrome, and the rules by which arm64 judges it against a VMA.
public final class Arm64PageFault extends PageFault {

    private final A64Cpu cpu;
    private long esr;
    private long far;

    public Arm64PageFault(A64Cpu cpu) {
        this.cpu = cpu;
    }

    /// Begins the fault that the processor has latched.
    void begin(boolean user) {
        esr = cpu.esr;
        far = cpu.far;
        begin(Arm64Mmu.untagged(far), access(esr), user);
    }

    private static Access access(long esr) {
        if (Syndrome.isFetch(esr)) {
            return Access.EXECUTE;
        }
        return Syndrome.isWrite(esr) ? Access.WRITE : Access.READ;
    }

    @Override
    public long code() {
        return esr;
    }

    /// The address with the tag it was accessed with.
    long far() {
        return far;
    }

    /// A write right includes reading, and without FEAT_PAN3 so does the right to execute.
    @Override
    public boolean accessError(Vma vma) {
        int wanted = switch (access()) {
            case EXECUTE -> Vma.VM_EXEC;
            case WRITE -> Vma.VM_WRITE;
            case READ -> Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC;
        };
        return (vma.flags() & wanted) == 0;
    }

    @Override
    public FaultOutcome.Signal badAccess(Vma vma) {
        return signal(FaultOutcome.Signal.SEGV_ACCERR);
    }

    @Override
    public FaultOutcome.Signal badArea() {
        return signal(FaultOutcome.Signal.SEGV_MAPERR);
    }

    private FaultOutcome.Signal signal(int code) {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, code, far, 0);
    }
}
