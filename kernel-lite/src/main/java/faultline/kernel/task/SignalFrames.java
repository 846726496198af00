package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.kernel.mm.uaccess.UserMemory;

/// How an architecture enters and leaves signal handlers: the frame on the user stack.
public interface SignalFrames {

    /// One delivery: what the handler gets, and what is to be restored after it. `action` fields are those of the
    /// guest's sigaction; `stack` is the alternate stack's top to switch to, or 0 to stay on the current one;
    /// `trampoline` calls `rt_sigreturn` where the architecture maps one into every program, else 0.
    record Delivery(
            Siginfo info,
            long handler,
            long flags,
            long restorer,
            long trampoline,
            long mask,
            long stack,
            long altStackBase,
            long altStackSize,
            int altStackFlags) {}

    /// Builds the frame and points the registers at the handler. Throws `ErrnoException` EFAULT when the stack
    /// cannot be written: the task gets SIGSEGV.
    void enter(Cpu cpu, UserMemory memory, Delivery delivery);

    /// `rt_sigreturn`: restores all registers from the frame; returns the signal mask to put back. Throws
    /// `ErrnoException` EFAULT for a bad frame: SIGSEGV.
    Restored leave(Cpu cpu, UserMemory memory);

    /// What a frame held besides registers.
    record Restored(long mask, long altStackBase, long altStackSize, int altStackFlags) {}

    /// Writes a `siginfo_t` (128 bytes) at `va`.
    default void writeSiginfo(UserMemory memory, long va, Siginfo info) {
        siginfoLayout().write(memory, va, info);
    }

    /// Reads the `siginfo_t` at `va`, as `rt_sigqueueinfo` does: the fields its signal and code give it.
    default Siginfo readSiginfo(UserMemory memory, long va) {
        return siginfoLayout().read(memory, va);
    }

    /// How `siginfo_t` lies in memory.
    SiginfoLayout siginfoLayout();

    /// MINSIGSTKSZ of the headers: the least `sigaltstack` takes.
    default int minimumStack() {
        return 2048;
    }

    /// The size of the stack frame at most: AT_MINSIGSTKSZ.
    int frameBytes();
}
