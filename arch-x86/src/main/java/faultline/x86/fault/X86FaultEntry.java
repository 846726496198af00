package faultline.x86.fault;

import faultline.core.cpu.Cpu;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.mmu.PageFaultCode;

/// From CR2 and the error code to the process's fault design: what `arch/x86/mm/fault.c` does for
/// user addresses.
///
/// Three of Linux's steps cannot happen here and are left out. The kernel has no translations of
/// its own, so it neither takes spurious faults on them nor executes user memory (an I fault
/// without U), and it reaches user memory only with SMAP lifted. There is no vsyscall page, as with
/// `vsyscall=none`.
///
/// What Linux does around `find_vma` (stack growth, `access_error`) belongs to the design, because
/// designs differ in what they hold meanwhile; the rules themselves are in [X86PageFault].
public final class X86FaultEntry implements FaultEntry {

    /// The vector of `#PF`, as signal frames report it.
    private static final int PAGE_FAULT = 14;

    private final long userEnd;

    /// `userEnd` is TASK_SIZE_MAX.
    public X86FaultEntry(long userEnd) {
        this.userEnd = userEnd;
    }

    @Override
    public FaultOutcome handle(Cpu cpu, boolean userMode, FaultContext context) {
        X86Cpu x86 = (X86Cpu) cpu;
        X86PageFault fault = (X86PageFault) context.fault();
        fault.begin(userMode);
        FaultOutcome outcome = isKernelAddress(fault.address()) ? fault.badArea() : userAddress(fault, context);
        if (userMode && outcome instanceof FaultOutcome.Signal) {
            latchForSignal(x86, fault);
        }
        return outcome;
    }

    @Override
    public String describe(long code) {
        return PageFaultCode.describe(code);
    }

    private FaultOutcome userAddress(X86PageFault fault, FaultContext context) {
        if ((fault.code() & PageFaultCode.RSVD) != 0) {
            throw corruptedPageTable(fault);
        }
        return context.handle(fault);
    }

    /// The kernel's half, and the hole below it: nothing there is ever the user's, and nothing is
    /// counted.
    private boolean isKernelAddress(long address) {
        return Long.compareUnsigned(address, userEnd) >= 0;
    }

    /// What the frame will show: U always, and for the kernel's half P as well, so that programs
    /// cannot probe which kernel pages exist.
    private void latchForSignal(X86Cpu cpu, X86PageFault fault) {
        cpu.signalTrap = PAGE_FAULT;
        cpu.signalError = fault.code() | PageFaultCode.U;
        if (isKernelAddress(fault.address())) {
            cpu.signalError |= PageFaultCode.P;
        }
        cpu.signalAddress = fault.address();
        cpu.signalResume = true;
    }

    private static IllegalStateException corruptedPageTable(X86PageFault fault) {
        return new IllegalStateException("x86: page table corrupted: walk of 0x"
                + Long.toHexString(fault.address())
                + " found reserved bits set; error code "
                + PageFaultCode.describe(fault.code()));
    }
}
