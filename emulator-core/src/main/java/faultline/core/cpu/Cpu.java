package faultline.core.cpu;

import faultline.core.mem.Mem;
import faultline.core.mmu.Walk;
import org.jspecify.annotations.Nullable;

/// The architectural state of one guest thread: registers, flags, fault registers. Each
/// architecture extends it.
///
/// It belongs to a task and is attached to whichever vCPU the task runs on. Only the task's own
/// thread touches it while it runs; a debugger touches it while the task is stopped.
public abstract class Cpu {

    /// Address of the next instruction. Exact whenever the engine is not inside a block.
    public long pc;

    /// How many taken branches may still pass before the next poll; counts down, and the poll
    /// resets it. A counter costs less than reading a shared flag at every branch, and makes
    /// preemption points repeatable.
    public int budget;

    /// Set by a system-call instruction as it leaves to the dispatcher, which clears it.
    public boolean systemCall;

    /// Set where a debugger's breakpoint stops the thread, likewise.
    public boolean breakpoint;

    private @Nullable Vcpu vcpu;

    /// The vCPU the thread runs on.
    public final Vcpu vcpu() {
        if (vcpu == null) {
            throw new IllegalStateException("cpu: not attached to a vCPU");
        }
        return vcpu;
    }

    /// Whether the thread has a vCPU.
    public final boolean isAttached() {
        return vcpu != null;
    }

    /// Guest memory through the vCPU's TLB.
    public final Mem mem() {
        return vcpu().mem();
    }

    /// Called when the task gets a vCPU.
    public final void attach(Vcpu to) {
        vcpu = to;
        to.mem().exclusives().clear();
        attached(to);
    }

    /// Called when the task gives its vCPU up.
    public final void detach() {
        vcpu = null;
    }

    /// Loads what the vCPU's hardware holds of the thread beyond registers (PKRU, ASID …).
    protected void attached(Vcpu to) {}

    /// Writes the architecture's fault registers (CR2 and error code, FAR and ESR, DAR and DSISR)
    /// for a walk that faulted on behalf of this thread.
    public abstract void latchFault(Walk.Faulted fault);

    /// The exception to raise after every single instruction, or null when the thread is not being
    /// stepped by its own flags (TF, MSR.SE). The engine looks when guest code is entered; whatever
    /// changes the answer ends a block.
    public @Nullable GuestTrap stepTrap() {
        return null;
    }

    /// Copies every register, as `fork` and `clone` do.
    public abstract void copyFrom(Cpu other);

    /// The registers by name, for debuggers.
    public abstract Registers registers();
}
