package faultline.kernel.mm.fault;

import faultline.kernel.check.Violation;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.VmaGuards;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import org.jspecify.annotations.Nullable;

/// Speculative page faults with one counter a VMA (Laurent Dufour, "Speculative page faults", v9 of March
/// 2018 to v12 of April 2019).
///
/// The fault pins its VMA and remembers `vm_sequence`; it stores the PTE, under the PTE lock, only if the
/// counter is still the same. Whoever changes a VMA brackets the change: the fault pays nothing for
/// changes of others, and every writer in the kernel pays.
///
/// What speculation leaves is done with `mmap_lock`, as the kernels of those years did it: with its one
/// retry ([RetryDesign]). An attempt has neither ALLOW_RETRY nor KILLABLE, for it has no lock to give up.
///
/// Each version with the defects it had when it was posted ([Defect]).
final class SpfVmaDesign implements FaultDesign {

    /// A version of the series.
    enum Form {
        /// `mm_rb_lock`, references, a PTE lock that is held ends the attempt; the path with `mmap_lock` takes
        /// over the VMA that speculation has found.
        V9,
        /// As before, but that a swapped page's PTE is another one by now is kept from the callers (M17).
        V10,
        /// A PTE lock that is held is tried again; no VMA is taken over.
        V11,
        /// RCU and `mm_seq` instead of `mm_rb_lock`; fork keeps faults out until it has flushed.
        V12;

        VmaGuards.Lookup lookup() {
            return this == V12 ? VmaGuards.Lookup.RCU : VmaGuards.Lookup.RWLOCK;
        }

        TryPolicy policy() {
            return compareTo(V11) < 0 ? TryPolicy.ONCE : TryPolicy.LOOP;
        }

        /// `can_reuse_spf_vma`.
        boolean handsOver() {
            return compareTo(V11) < 0;
        }
    }

    private final String name;
    private final Form form;
    private final FaultHandler handler;
    private final KernelMemory kernel;
    private final RetryDesign behind;
    private final FaultDesigns.Making making;
    private final boolean alone;
    private final boolean memKeys;

    SpfVmaDesign(FaultDesigns.Making making, Form form) {
        this.name = making.name();
        this.form = form;
        this.handler = making.handler();
        this.kernel = handler.kernel();
        this.behind = new RetryDesign(handler, making.knobs().completes(false));
        this.making = making;
        this.alone = making.knobs().speculatesAlone();
        this.memKeys = making.knobs().hasMemKeys() || !making.has(Defect.DISCARD);
        // In the kernel of the time the number meant nothing to anybody.
        if (making.has(Defect.NOT_SAME) && making.knobs().completes(false)) {
            handler.swap().lettingEscape();
        }
        if (making.has(Defect.COUNT_SHARED)) {
            kernel.oracle().expect(Violation.Rule.SEQUENCE, Defect.COUNT_SHARED.number());
        }
        kernel.guardVmas(VmaGuards.pinned(
                form.lookup(),
                !making.has(Defect.FORK),
                making.has(Defect.COUNT_SHARED),
                !making.has(Defect.NOTIFIER)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasPerfEvent() {
        return true;
    }

    @Override
    public FaultOutcome handle(Mm mm, PageFault fault) {
        if (!fault.isUser() || mm.users() == 1 && !alone || fault.refusesSpeculation()) {
            return behind.handle(mm, fault);
        }
        kernel.count(VmEvent.SPF_VMA_ATTEMPT, 1);
        SpfVmaAttempt attempt = attempt(mm, fault);
        FaultOutcome outcome = attempt.begin(fault);
        if (outcome == null) {
            outcome = handler.handleSpeculatively(attempt, fault);
        }
        Vma pinned = attempt.takePinned();
        if (outcome instanceof FaultOutcome.Retry) {
            kernel.count(VmEvent.SPF_VMA_RETRY, 1);
            return goOn(mm, fault, pinned);
        }
        unpin(pinned);
        kernel.count(VmEvent.SPECULATIVE_PGFAULT, 1);
        if (fault.usesSpeculation(outcome, memKeys)) {
            fault.speculated();
            return outcome;
        }
        kernel.count(VmEvent.SPF_VMA_DISCARDED, 1);
        return behind.handle(mm, fault);
    }

    /// With `mmap_lock`, under which the VMA may be taken over.
    private FaultOutcome goOn(Mm mm, PageFault fault, @Nullable Vma pinned) {
        if (form.handsOver()) {
            return behind.handle(mm, fault, pinned);
        }
        unpin(pinned);
        return behind.handle(mm, fault);
    }

    private static void unpin(@Nullable Vma pinned) {
        if (pinned != null) {
            pinned.unpin();
        }
    }

    private SpfVmaAttempt attempt(Mm mm, PageFault fault) {
        if (fault.attemptIn(mm) instanceof SpfVmaAttempt attempt) {
            return attempt;
        }
        LocklessWalk walk = making.knobs().walk(LocklessWalk.INTERRUPTS_OFF);
        TryPolicy policy = making.knobs().pteLock(form.policy());
        return fault.keep(new SpfVmaAttempt(mm, walk, policy, making));
    }
}
