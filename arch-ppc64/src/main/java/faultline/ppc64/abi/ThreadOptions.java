package faultline.ppc64.abi;

import faultline.kernel.Errno;
import faultline.kernel.task.Task;
import faultline.ppc64.cpu.Msr;
import faultline.ppc64.cpu.Ppc64Cpu;

/// What `prctl` sets of a thread on POWER (`arch/powerpc/kernel/process.c`): whether floating-point
/// exceptions interrupt, what is done about addresses that are not aligned, and the byte order.
final class ThreadOptions {

    private static final int PR_GET_UNALIGN = 5;
    private static final int PR_SET_UNALIGN = 6;
    private static final int PR_GET_FPEXC = 11;
    private static final int PR_SET_FPEXC = 12;
    private static final int PR_GET_ENDIAN = 19;
    private static final int PR_SET_ENDIAN = 20;

    private static final int PR_ENDIAN_BIG = 0;
    private static final int PR_ENDIAN_LITTLE = 1;

    /// Of PR_SET_FPEXC's modes: the two bits that are FE0 and FE1.
    private static final int MODE_FE0 = 2;

    private static final int MODE_FE1 = 1;

    /// Only processors with SPE have it.
    private static final int PR_FP_EXC_SW_ENABLE = 0x80;

    private ThreadOptions() {}

    static long control(Task task, long[] a) {
        Ppc64Cpu cpu = (Ppc64Cpu) task.cpu();
        int value = (int) a[1];
        switch ((int) a[0]) {
            case PR_GET_FPEXC -> task.memory().store32(a[1], mode(cpu.floatingPointMode));
            case PR_SET_FPEXC -> {
                require((value & PR_FP_EXC_SW_ENABLE) == 0);
                cpu.floatingPointMode = exceptions(value);
            }
            case PR_GET_UNALIGN -> task.memory().store32(a[1], cpu.thread.alignment);
            case PR_SET_UNALIGN -> cpu.thread.alignment = value;
            case PR_GET_ENDIAN -> task.memory().store32(a[1], order(cpu));
            // A program keeps the order that it began with.
            case PR_SET_ENDIAN -> require(value == order(cpu));
            default -> throw Errno.EINVAL.exception();
        }
        return 0;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw Errno.EINVAL.exception();
        }
    }

    private static int order(Ppc64Cpu cpu) {
        return cpu.littleEndian ? PR_ENDIAN_LITTLE : PR_ENDIAN_BIG;
    }

    /// `__pack_fe01`.
    private static int exceptions(int mode) {
        return (int) (((mode & MODE_FE0) != 0 ? Msr.FE0 : 0) | ((mode & MODE_FE1) != 0 ? Msr.FE1 : 0));
    }

    /// `__unpack_fe01`.
    private static int mode(int exceptions) {
        return ((exceptions & Msr.FE0) != 0 ? MODE_FE0 : 0) | ((exceptions & Msr.FE1) != 0 ? MODE_FE1 : 0);
    }
}
