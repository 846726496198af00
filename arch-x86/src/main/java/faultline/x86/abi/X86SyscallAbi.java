package faultline.x86.abi;

import faultline.core.cpu.Cpu;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.syscall.SyscallNames;
import faultline.x86.cpu.X86Cpu;
import org.jspecify.annotations.Nullable;

/// The SYSCALL convention of Linux (System V psABI, A.2.1): number in RAX, arguments in RDI, RSI,
/// RDX, R10, R8 and R9.
///
/// RCX and R11 are overwritten by the instruction itself, with the return address and RFLAGS.
final class X86SyscallAbi implements SyscallAbi {

    /// SYSCALL is `0f 05`.
    private static final int INSTRUCTION_BYTES = 2;

    private static final int RESTART_SYSCALL = 219;

    private final SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);

    @Override
    public int number(Cpu cpu) {
        return (int) registers(cpu)[X86Cpu.RAX];
    }

    @Override
    public void arguments(Cpu cpu, long[] args) {
        long[] r = registers(cpu);
        args[0] = r[X86Cpu.RDI];
        args[1] = r[X86Cpu.RSI];
        args[2] = r[X86Cpu.RDX];
        args[3] = r[10];
        args[4] = r[8];
        args[5] = r[9];
    }

    @Override
    public void setResult(Cpu cpu, long result) {
        registers(cpu)[X86Cpu.RAX] = result;
    }

    @Override
    public void restart(Cpu cpu, int number) {
        registers(cpu)[X86Cpu.RAX] = number;
        cpu.pc -= INSTRUCTION_BYTES;
    }

    @Override
    public void restartWithBlock(Cpu cpu) {
        restart(cpu, RESTART_SYSCALL);
    }

    @Override
    public @Nullable String name(int number) {
        return names.name(number);
    }

    private static long[] registers(Cpu cpu) {
        return ((X86Cpu) cpu).r;
    }
}
