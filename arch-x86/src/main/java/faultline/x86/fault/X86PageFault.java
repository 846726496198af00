package faultline.x86.fault;

import static faultline.x86.mmu.PageFaultCode.I;
import static faultline.x86.mmu.PageFaultCode.P;
import static faultline.x86.mmu.PageFaultCode.PK;
import static faultline.x86.mmu.PageFaultCode.SGX;
import static faultline.x86.mmu.PageFaultCode.SS;
import static faultline.x86.mmu.PageFaultCode.W;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import faultline.x86.cpu.X86Cpu;

/// A page fault with its error code, and the rules by which x86 judges it against a VMA.
public final class X86PageFault extends PageFault {

    private final X86Cpu cpu;
    private long code;

    public X86PageFault(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /// Begins the fault that `cpu` has latched.
    void begin(boolean user) {
        code = cpu.errorCode;
        begin(cpu.cr2, access(code), user);
    }

    /// A shadow-stack access is a write, whatever W says.
    private static Access access(long code) {
        if ((code & (W | SS)) != 0) {
            return Access.WRITE;
        }
        return (code & I) != 0 ? Access.EXECUTE : Access.READ;
    }

    @Override
    public long code() {
        return code;
    }

    @Override
    public boolean accessError(Vma vma) {
        return isRefused(vma.flags(), vma.pkey());
    }

    /// The rules in Linux's order. The one that surprises: with P set, whatever is not a write is
    /// an error, for a page that is present denies a read to nobody but by its key, and a fetch
    /// only by NX.
    boolean isRefused(int vmaFlags, int vmaKey) {
        if ((code & PK) != 0 || (code & SGX) != 0) {
            return true;
        }
        if (!keyPermits(vmaKey)) {
            return true;
        }
        if ((code & SS) != 0) {
            // Shadow stacks are not offered, so no VMA can be one.
            return true;
        }
        if ((code & W) != 0) {
            return (vmaFlags & Vma.VM_WRITE) == 0;
        }
        if ((code & P) != 0) {
            return true;
        }
        return (vmaFlags & (Vma.VM_READ | Vma.VM_WRITE | Vma.VM_EXEC)) == 0;
    }

    @Override
    public boolean keyPermits(Vma vma) {
        return keyPermits(vma.pkey());
    }

    /// As posted for x86: what a key has refused is for who holds `mmap_lock`.
    @Override
    public boolean refusesSpeculation() {
        return (code & PK) != 0;
    }

    @Override
    public FaultOutcome.Signal badAccess(Vma vma) {
        return refusal(vma.pkey());
    }

    /// SEGV_PKUERR names the VMA's key *now*: another thread may have changed it since the access.
    FaultOutcome.Signal refusal(int vmaKey) {
        if ((code & PK) != 0 || !keyPermits(vmaKey)) {
            return new FaultOutcome.Signal(
                    FaultOutcome.Signal.SIGSEGV, FaultOutcome.Signal.SEGV_PKUERR, address(), vmaKey);
        }
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, FaultOutcome.Signal.SEGV_ACCERR, address(), 0);
    }

    @Override
    public FaultOutcome.Signal badArea() {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, FaultOutcome.Signal.SEGV_MAPERR, address(), 0);
    }

    /// `arch_vma_access_permitted`: PKRU's word on the VMA's key; fetches are exempt. Asked before
    /// a page exists, so that a page which the next access could not use is not made.
    private boolean keyPermits(int vmaKey) {
        if ((code & I) != 0) {
            return true;
        }
        int denied = cpu.pkru >>> 2 * vmaKey;
        return (denied & (isWrite() ? 3 : 1)) == 0;
    }
}
