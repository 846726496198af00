package faultline.core.cpu;

/// What the engine calls when guest code cannot go on by itself. The kernel implements it.
///
/// Every method runs on the task's thread with the vCPU in kernel mode, interrupts on, and exact registers: `pc` is
/// the instruction that trapped, or for a system call the one behind it. The thread may block inside, and may come
/// back on another vCPU: the engine reads `cpu.vcpu()` afresh.
public interface TrapHandler {

    /// What happens next.
    enum Outcome {
        /// Guest code goes on at `cpu.pc`.
        RESUME,
        /// The engine returns to its caller, which has something to do before guest code goes on (a debugger).
        STOP,
        /// The thread is over.
        EXIT
    }

    /// A page fault; the architecture's fault registers are written.
    Outcome pageFault(Cpu cpu);

    /// A system-call instruction.
    Outcome systemCall(Cpu cpu);

    /// Any other exception.
    Outcome exception(Cpu cpu, GuestTrap trap);

    /// A poll found [Vcpu#ATTENTION_KERNEL], or the thread's time on the vCPU is up.
    Outcome poll(Cpu cpu);
}
