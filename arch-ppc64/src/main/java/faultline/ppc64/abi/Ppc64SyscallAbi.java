package faultline.ppc64.abi;

import faultline.core.cpu.Cpu;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.syscall.SyscallNames;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import org.jspecify.annotations.Nullable;

/// The conventions of `sc` and `scv 0` (`Documentation/arch/powerpc/syscall64-abi.rst`): the number in
/// R0, arguments in R3 to R8, the result in R3.
///
/// `sc` says with CR0.SO whether R3 is an errno, `scv` by a negative result. The result overwrites the
/// first argument, which the kernel therefore keeps for a restart: `orig_gpr3`.
final class Ppc64SyscallAbi implements SyscallAbi {

    private static final int VECTOR_SC = 0xc00;
    private static final int VECTOR_SCV = 0x3000;

    private static final int INSTRUCTION_BYTES = 4;
    private static final int NUMBER = 0;
    private static final int FIRST_ARGUMENT = 3;
    private static final int ARGUMENTS = 6;
    private static final int RESTART_SYSCALL = 0;
    private static final int NO_NUMBER = -1;

    /// MAX_ERRNO.
    private static final long MOST_ERRNO = 4095;

    private final SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);

    @Override
    public int number(Cpu cpu) {
        long number = ((Ppc64Cpu) cpu).r[NUMBER];
        return (int) number == number ? (int) number : NO_NUMBER;
    }

    /// Also clears CR0.SO, which says nothing yet: a child finds it so.
    @Override
    public void arguments(Cpu cpu, long[] args) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        ppc.firstArgument = ppc.r[FIRST_ARGUMENT];
        ppc.thread.trap = ppc.vectored ? VECTOR_SCV : VECTOR_SC;
        ppc.thread.result = 0;
        System.arraycopy(ppc.r, FIRST_ARGUMENT, args, 0, ARGUMENTS);
        if (!ppc.vectored) {
            setError(ppc, false);
        }
    }

    @Override
    public void setResult(Cpu cpu, long result) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        boolean error = result < 0 && result >= -MOST_ERRNO;
        ppc.thread.result = result;
        ppc.r[FIRST_ARGUMENT] = error && !ppc.vectored ? -result : result;
        if (!ppc.vectored) {
            setError(ppc, error);
        }
    }

    private static void setError(Ppc64Cpu cpu, boolean error) {
        int others = Ppc64State.field(cpu, 0) & ~Ppc64State.SO;
        Ppc64State.setField(cpu, 0, others | (error ? Ppc64State.SO : 0));
    }

    @Override
    public void restart(Cpu cpu, int number) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        ppc.r[FIRST_ARGUMENT] = ppc.firstArgument;
        cpu.pc -= INSTRUCTION_BYTES;
    }

    @Override
    public void restartWithBlock(Cpu cpu) {
        restart(cpu, RESTART_SYSCALL);
        ((Ppc64Cpu) cpu).r[NUMBER] = RESTART_SYSCALL;
    }

    @Override
    public @Nullable String name(int number) {
        return names.name(number);
    }
}
