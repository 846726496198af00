package faultline.kernel.task;

import faultline.core.cpu.Cpu;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.uaccess.UserMemory;

/// How an architecture starts, copies and looks at the registers of a thread: `copy_thread`, `start_thread`.
public interface ThreadAbi {

    /// The architecture's own fault record, one a task.
    PageFault newPageFault(Cpu cpu);

    SignalFrames signalFrames();

    /// Where a new program starts.
    ///
    /// @param entry where `e_entry` of the first file to run has come to lie: its loader's, if it has one
    /// @param bias what was added to the addresses of that file
    /// @param flags `e_flags` of the program
    record Start(long entry, long bias, int flags, long stackPointer) {}

    /// Sets up registers for a new program: everything zero but entry point and stack (and what the ABI asks for).
    /// Throws `ErrnoException` EFAULT when the ABI has something of the entry point in memory that is not there.
    void startThread(Cpu cpu, UserMemory memory, Start start);

    /// `clone`: result 0 in the child, and its stack pointer if one was given (not 0).
    void childReturn(Cpu child, long stackPointer);

    /// CLONE_SETTLS.
    void setTls(Cpu cpu, long tls);

    /// The stack pointer, for stack growth and signal stacks.
    long stackPointer(Cpu cpu);

    /// Whether `clone`'s raw arguments have tls before ctid (arm64's and ppc64's order) or after (x86-64's).
    boolean cloneTlsBeforeChildTid();
}
