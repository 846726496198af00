package faultline.kernel.syscall;

import faultline.core.cpu.Cpu;
import org.jspecify.annotations.Nullable;

/// An architecture's system-call convention: numbers, registers and structure layouts that differ.
public interface SyscallAbi {

    /// The number the guest asked for.
    int number(Cpu cpu);

    /// Reads the six argument registers.
    void arguments(Cpu cpu, long[] args);

    /// Writes the result; negative errnos as the architecture reports them (CR0.SO on POWER).
    void setResult(Cpu cpu, long result);

    /// Makes the interrupted call run again: pc back on the instruction, its number register restored.
    void restart(Cpu cpu, int number);

    /// Makes the thread call `restart_syscall` instead.
    void restartWithBlock(Cpu cpu);

    /// Linux's name for a number, or null when the architecture has none.
    @Nullable
    String name(int number);
}
