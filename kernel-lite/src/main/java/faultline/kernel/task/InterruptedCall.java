package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.kernel.Errno;

/// A system call that ended with one of the kernel's internal restart codes; delivery decides what
/// the guest sees.
public interface InterruptedCall {

    /// ERESTARTSYS, ERESTARTNOHAND or ERESTART_RESTARTBLOCK.
    Errno reason();

    /// The guest sees EINTR.
    void fail(Cpu cpu);

    /// The guest makes the same call again.
    void again(Cpu cpu);

    /// The guest calls `restart_syscall`.
    void againThroughBlock(Cpu cpu);
}
