package faultline.kernel.vfs.proc;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.VfsPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `/proc/PID` (and `/proc/PID/task/TID`) asks of a process or thread. Texts are those of proc(5), with their
/// newlines. A zombie has neither files nor memory: nulls and empty texts.
public interface ProcessInfo {

    int id();

    /// Who owns the directory.
    Credentials owner();

    /// Without newline.
    String comm();

    /// Writing `/proc/PID/comm`; only asked by a thread of the same process.
    void setComm(String name);

    /// Arguments, each with its NUL.
    byte[] cmdline();

    byte[] environ();

    byte[] auxv();

    String maps();

    String smaps();

    /// `smaps_rollup`; ESRCH without memory.
    String smapsRollup();

    /// Up to so many entries of `pagemap` from the page numbered `first` on; none behind the end, or without
    /// memory. Frame numbers only if `showPfn`.
    long[] pagemap(long first, int most, boolean showPfn);

    /// PAGEMAP_SCAN, whose argument lies at `va` of the caller's memory; returns how many ranges were found.
    /// EFAULT, EINVAL, EPERM, EINTR; ESRCH without memory.
    long pagemapScan(UserMemory caller, long va);

    /// What is written to `clear_refs`: a number. EINVAL, ESRCH without memory.
    void clearRefs(long type);

    /// `ksm_stat`; ESRCH without memory.
    String ksmStat();

    /// `ksm_merging_pages`; ESRCH without memory.
    long ksmMergingPages();

    String numaMaps();

    String status();

    String stat();

    String statm();

    String limits();

    String personality();

    /// `oom_score`.
    long oomScore();

    /// `oom_score_adj`.
    int oomAdjustment();

    /// Throws `ErrnoException` EACCES.
    void setOomAdjustment(int value);

    /// Where the program file is, or null.
    @Nullable
    VfsPath executable();

    /// Root and current directory, or null.
    @Nullable
    FsContext fs();

    /// The descriptors, or null.
    @Nullable
    FdTable files();

    /// Thread ids, ascending; of a thread: none.
    List<Integer> threads();

    /// One of its threads, or null.
    @Nullable
    ProcessInfo thread(int tid);
}
