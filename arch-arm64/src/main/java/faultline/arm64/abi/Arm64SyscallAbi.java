package faultline.arm64.abi;

import faultline.arm64.cpu.A64Cpu;
import faultline.core.cpu.Cpu;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.syscall.SyscallNames;
import org.jspecify.annotations.Nullable;

/// The SVC convention of Linux: number in X8, arguments in X0 to X5, the result in X0.
///
/// The result overwrites the first argument, which the kernel therefore keeps for a restart:
/// `orig_x0`.
final class Arm64SyscallAbi implements SyscallAbi {

    private static final int INSTRUCTION_BYTES = 4;
    private static final int NUMBER = 8;
    private static final int ARGUMENTS = 6;
    private static final int RESTART_SYSCALL = 128;

    private final SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);

    @Override
    public int number(Cpu cpu) {
        return (int) ((A64Cpu) cpu).x[NUMBER];
    }

    @Override
    public void arguments(Cpu cpu, long[] args) {
        A64Cpu a64 = (A64Cpu) cpu;
        a64.firstArgument = a64.x[0];
        System.arraycopy(a64.x, 0, args, 0, ARGUMENTS);
    }

    @Override
    public void setResult(Cpu cpu, long result) {
        ((A64Cpu) cpu).x[0] = result;
    }

    @Override
    public void restart(Cpu cpu, int number) {
        A64Cpu a64 = (A64Cpu) cpu;
        a64.x[0] = a64.firstArgument;
        cpu.pc -= INSTRUCTION_BYTES;
    }

    @Override
    public void restartWithBlock(Cpu cpu) {
        restart(cpu, RESTART_SYSCALL);
        ((A64Cpu) cpu).x[NUMBER] = RESTART_SYSCALL;
    }

    @Override
    public @Nullable String name(int number) {
        return names.name(number);
    }
}
