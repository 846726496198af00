package faultline.x86.abi;

import faultline.kernel.Errno;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.task.Task;
import faultline.x86.cpu.Cpuid;
import faultline.x86.cpu.X86Cpu;

/// The system calls that only x86 has.
final class X86Calls {

    private static final int ARCH_SET_GS = 0x1001;
    private static final int ARCH_SET_FS = 0x1002;
    private static final int ARCH_GET_FS = 0x1003;
    private static final int ARCH_GET_GS = 0x1004;
    private static final int ARCH_GET_CPUID = 0x1011;
    private static final int ARCH_SET_CPUID = 0x1012;
    private static final int ARCH_GET_XCOMP_SUPP = 0x1021;
    private static final int ARCH_GET_XCOMP_PERM = 0x1022;

    private static final int IO_PORTS = 65536;

    private final long userEnd;

    X86Calls(long userEnd) {
        this.userEnd = userEnd;
    }

    void register(SyscallTable table) {
        table.add("arch_prctl", "arch_prctl ptr", this::archPrctl);
        table.add("iopl", "int", X86Calls::iopl);
        table.add("ioperm", "uint uint int", X86Calls::ioperm);
        table.add("modify_ldt", "int ptr uint", X86Calls::modifyLdt);
    }

    private long archPrctl(Task task, long[] args) {
        X86Cpu cpu = (X86Cpu) task.cpu();
        long value = args[1];
        switch ((int) args[0]) {
            case ARCH_SET_FS -> {
                if (Long.compareUnsigned(value, userEnd) >= 0) {
                    return Errno.EPERM.result();
                }
                cpu.fsBase = value;
            }
            case ARCH_SET_GS -> {
                if (Long.compareUnsigned(value, userEnd) >= 0) {
                    return Errno.EPERM.result();
                }
                cpu.gsBase = value;
            }
            case ARCH_GET_FS -> task.memory().store64(value, cpu.fsBase);
            case ARCH_GET_GS -> task.memory().store64(value, cpu.gsBase);
            // CPUID never faults, and cannot be made to.
            case ARCH_GET_CPUID -> {
                return 1;
            }
            case ARCH_SET_CPUID -> {
                return Errno.ENODEV.result();
            }
            case ARCH_GET_XCOMP_SUPP, ARCH_GET_XCOMP_PERM -> task.memory().store64(value, Cpuid.xcr0(cpu.model()));
            default -> {
                return Errno.EINVAL.result();
            }
        }
        return 0;
    }

    /// Nobody here has CAP_SYS_RAWIO: level 0, which everybody has, is all that can be asked for.
    private static long iopl(Task task, long[] args) {
        int level = (int) args[0];
        if (level < 0 || level > 3) {
            return Errno.EINVAL.result();
        }
        return level == 0 ? 0 : Errno.EPERM.result();
    }

    private static long ioperm(Task task, long[] args) {
        long first = args[0];
        long count = args[1];
        boolean inRange = Long.compareUnsigned(first, IO_PORTS) < 0
                && Long.compareUnsigned(count, IO_PORTS - first) <= 0
                && count != 0;
        if (!inRange) {
            return Errno.EINVAL.result();
        }
        return (int) args[2] == 0 ? 0 : Errno.EPERM.result();
    }

    /// As a kernel without CONFIG_MODIFY_LDT_SYSCALL: there are no segments to describe.
    private static long modifyLdt(Task task, long[] args) {
        return Errno.ENOSYS.result();
    }
}
