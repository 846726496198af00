package faultline.kernel.mm.fault;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;

/// Speculative page faults with one counter an address space (Michel Lespinasse, "Speculative page
/// faults", April 2021 to January 2022).
///
/// The fault copies its VMA and remembers `mmap_seq`; it stores the PTE, under the PTE lock, only if the
/// counter is still the same. Whatever it cannot do at once is done with `mmap_lock`, and its one retry
/// ([RetryDesign]). It is tried for faults of user mode in address spaces that several tasks use;
/// everybody else would gain nothing.
///
/// What is handled so: anonymous memory whose tables and AnonVma are there, that is new pages, the zero
/// page, copies on write and access flags; but in the last form also pages that are swapped out, if the swap cache has
/// them and nobody has their lock. The first form also has files, but for shared stores: reads of
/// cached pages and private copies of them ([SpeculativeFileFaults]).
final class SpfMmDesign implements FaultDesign {

    /// A form of the series.
    enum Form {
        /// The first request for comments: walks always with interrupts off; files too.
        B0,
        /// The first series: a read section wherever tables are freed by RCU.
        B1,
        /// The second: as the first, every way to give up is counted, and MMU notifiers have a lock.
        B2
    }

    private final String name;
    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final RetryDesign behind;
    private final LocklessWalk walk;
    private final TryPolicy policy;
    private final boolean alone;
    private final FaultDesigns.Making making;
    private final boolean files;
    private final Speculation.Swap swap;

    SpfMmDesign(FaultDesigns.Making making, Form form) {
        this.name = making.name();
        this.handler = making.handler();
        this.kernel = handler.kernel();
        this.behind = new RetryDesign(handler, making.knobs().completes(false));
        this.walk = making.knobs()
                .walk(
                        form == Form.B0
                                ? LocklessWalk.INTERRUPTS_OFF
                                : kernel.tableReclaim().walk());
        this.policy = making.knobs().pteLock(TryPolicy.ONCE);
        this.alone = making.knobs().speculatesAlone();
        this.making = making;
        this.files = form == Form.B0;
        this.swap = form == Form.B2 ? Speculation.Swap.NONE : Speculation.Swap.CACHED;
        kernel.guardVmas(VmaGuards.copied(files, !making.has(Defect.NOTIFIER)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!fault.isUser() || mm.users() == 1 && !alone) {
            return behind.handle(mm, fault);
        }
        kernel.count(VmEvent.SPF_ATTEMPT, 1);
        SpfMmAttempt attempt = attempt(mm, fault);
        if (attempt.begin(fault)) {
            FaultOutcome outcome = handler.handleSpeculatively(attempt, fault);
            if (!(outcome instanceof FaultOutcome.Retry)) {
                kernel.count(VmEvent.SPF_SUCCESS, 1);
                return outcome;
            }
            if (RetryDesign.signalPending(fault)) {
                kernel.count(VmEvent.SPF_SIGNAL, 1);
                return outcome;
            }
        }
        kernel.count(VmEvent.SPF_ABORT, 1);
        return behind.handle(mm, fault);
    }

    private SpfMmAttempt attempt(Mm mm, PageFault fault) {
        if (fault.attemptIn(mm) instanceof SpfMmAttempt attempt) {
            return attempt;
        }
        return fault.keep(new SpfMmAttempt(mm, walk, policy, making, files, swap));
    }
}
