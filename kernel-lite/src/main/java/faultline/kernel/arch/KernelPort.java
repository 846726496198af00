package faultline.kernel.arch;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.vfs.StatLayout;

/// Everything of Linux that an architecture decides, found by `ServiceLoader`. One port serves one machine; it keeps
/// no state of a process.
public interface KernelPort {

    Architecture architecture();

    /// `e_machine` of its ELF files.
    int elfMachine();

    /// `uname -m`.
    String machineName();

    /// AT_PLATFORM.
    String platform();

    /// AT_HWCAP and AT_HWCAP2: exactly what the model implements.
    long hwcap(CpuModel model);

    long hwcap2(CpuModel model);

    /// `/proc/cpuinfo` for `cpus` processors.
    String cpuinfo(CpuModel model, int cpus);

    PageTableFormat pageTableFormat();

    TlbInvalidation tlbInvalidation();

    FaultEntry faultEntry();

    /// The architecture's own fault record, one a task.
    PageFault newPageFault(Cpu cpu);

    SyscallAbi syscallAbi();

    SignalFrames signalFrames();

    StatLayout statLayout();

    /// What Linux sends for an exception: signal, si_code and address.
    Siginfo exception(Cpu cpu, GuestTrap trap);

    /// Sets up registers for a new program: everything zero but entry point and stack (and what the ABI asks for).
    void startThread(Cpu cpu, long entry, long stackPointer);

    /// `clone`: result 0 in the child, and its stack pointer if one was given (not 0).
    void childReturn(Cpu child, long stackPointer);

    /// CLONE_SETTLS.
    void setTls(Cpu cpu, long tls);

    /// The stack pointer, for stack growth and signal stacks.
    long stackPointer(Cpu cpu);

    /// Where mmap, stack and position-independent programs are placed.
    AddressLayout addressLayout();

    /// Whether `clone`'s raw arguments have tls before ctid (arm64's and ppc64's order) or after (x86-64's).
    boolean cloneTlsBeforeChildTid();

    /// User address space corners: `stackTop` is where the initial stack ends, `mmapBase` where mmap searches
    /// downwards from, `pieBase` where a position-independent program without interpreter goes.
    record AddressLayout(long stackTop, long mmapBase, long pieBase) {}
}
