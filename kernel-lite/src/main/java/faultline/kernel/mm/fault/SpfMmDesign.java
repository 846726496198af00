package faultline.kernel.mm.fault;

import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.page.VmEvent;

/// Speculative page faults with one counter an address space (Michel Lespinasse, "Speculative page
/// faults", v2 of January 2022, 35 patches).
///
/// The fault copies its VMA and remembers `mmap_seq`; it stores the PTE, under the PTE lock, only if the
/// counter is still the same. Whatever it cannot do at once the classic path does. It is tried for
/// faults of user mode in address spaces that several tasks use; everybody else would gain nothing.
///
/// What is handled so: anonymous memory whose tables and AnonVma are there, that is new pages, the zero
/// page, copies on write and access flags.
final class SpfMmDesign implements FaultDesign {

    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final ClassicDesign classic;

    SpfMmDesign(FaultHandler handler) {
        this.handler = handler;
        this.kernel = handler.kernel();
        this.classic = new ClassicDesign(handler);
    }

    @Override
    public String name() {
        return "spf-mm";
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!fault.isUser() || mm.users() == 1) {
            return classic.handle(mm, fault);
        }
        kernel.count(VmEvent.SPF_ATTEMPT, 1);
        SpfMmAttempt attempt = fault.spfMmAttempt(mm);
        if (attempt.begin(fault)) {
            FaultOutcome outcome = handler.handleSpeculatively(attempt, attempt.vma(), fault);
            if (!(outcome instanceof FaultOutcome.Retry)) {
                kernel.count(VmEvent.SPF_SUCCESS, 1);
                return outcome;
            }
            if (KernelThread.current().signalPending()) {
                kernel.count(VmEvent.SPF_SIGNAL, 1);
                return outcome;
            }
        }
        kernel.count(VmEvent.SPF_ABORT, 1);
        return classic.handle(mm, fault);
    }
}
