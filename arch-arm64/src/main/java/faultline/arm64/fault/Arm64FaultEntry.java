package faultline.arm64.fault;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.mmu.Syndrome;
import faultline.core.cpu.Cpu;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;

/// From FAR and ESR to the process's fault design: what `arch/arm64/mm/fault.c` does for user
/// addresses.
///
/// The fault status code chooses: a translation fault outside TTBR0's half is nobody's memory;
/// inside it, and for access flag and permission faults, the VMA decides. Two of Linux's steps
/// cannot happen here: the kernel has no translations of its own, and reaches user memory only
/// where it means to.
///
/// `si_addr` keeps the tag the program used; the signal frame takes it away unless the handler asked
/// for it with SA_EXPOSE_TAGBITS.
public final class Arm64FaultEntry implements FaultEntry {

    private final long userEnd;

    /// `userEnd` is TASK_SIZE.
    public Arm64FaultEntry(long userEnd) {
        this.userEnd = userEnd;
    }

    @Override
    public FaultOutcome handle(Cpu cpu, boolean userMode, FaultContext context) {
        Arm64PageFault fault = (Arm64PageFault) context.fault();
        fault.begin(userMode);
        FaultOutcome outcome = isUserAddress(fault.address()) ? userAddress(fault, context) : fault.badArea();
        if (outcome instanceof FaultOutcome.Signal signal) {
            if (userMode) {
                ((A64Cpu) cpu).noteFault(fault.address(), reported(fault));
            }
            if (signal.address() != fault.far()) {
                return new FaultOutcome.Signal(signal.signal(), signal.code(), fault.far(), signal.pkey());
            }
        }
        return outcome;
    }

    @Override
    public String describe(long code) {
        return Syndrome.describe(code);
    }

    private FaultOutcome userAddress(Arm64PageFault fault, FaultContext context) {
        checkStatus(fault);
        return context.handle(fault);
    }

    private static void checkStatus(Arm64PageFault fault) {
        switch (Syndrome.kind(fault.code())) {
            case Syndrome.TRANSLATION, Syndrome.ACCESS_FLAG, Syndrome.PERMISSION -> {}
            default ->
                throw new IllegalStateException("arm64: walk of 0x" + Long.toHexString(fault.address()) + " ended with "
                        + Syndrome.describe(fault.code()));
        }
    }

    private boolean isUserAddress(long address) {
        return Long.compareUnsigned(address, userEnd) < 0;
    }

    /// What the frame will show. For an address of the kernel's half all such faults look alike, a
    /// translation fault of level 0, so that programs cannot probe what is mapped there.
    private long reported(Arm64PageFault fault) {
        long esr = fault.code();
        if (isUserAddress(fault.address())) {
            return esr;
        }
        long kept = 0x3fL << Syndrome.EC_SHIFT | Syndrome.IL;
        if (!Syndrome.isFetch(esr)) {
            kept |= Syndrome.CM | Syndrome.WNR;
        }
        return esr & kept | Syndrome.TRANSLATION;
    }
}
