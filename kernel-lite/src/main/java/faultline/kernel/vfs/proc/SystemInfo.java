package faultline.kernel.vfs.proc;

import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.NodeText;
import faultline.kernel.mm.NumaBalancing;
import faultline.kernel.mm.Overcommit;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.vfs.OpenFlags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `/proc` asks of the whole machine. Texts are those of proc(5), with their newlines. Any task may ask.
public interface SystemInfo {

    /// Process ids, ascending.
    List<Integer> processes();

    /// The process, or null.
    @Nullable
    ProcessInfo process(int pid);

    /// The calling thread's own id, for `/proc/thread-self`.
    int currentThread();

    String cpuinfo();

    String meminfo();

    String vmstat();

    /// `/proc/swaps`.
    String swaps();

    /// `/proc/sysvipc/shm`.
    String sharedSegments();

    int swappiness();

    /// Null where there are no huge pages.
    @Nullable
    HugePageSettings hugePages();

    /// Who has pages of the same contents share one; null where nobody does.
    @Nullable
    Ksm ksm();

    /// The memory nodes.
    NodeText nodes();

    /// Whether and how pages are moved to where they are used.
    NumaBalancing balancing();

    /// Throws `ErrnoException` EINVAL.
    void setSwappiness(long value);

    int pageCluster();

    /// Throws `ErrnoException` EINVAL.
    void setPageCluster(long value);

    /// `/proc/stat`.
    String stat();

    String uptime();

    String loadavg();

    /// `/proc/version`.
    String version();

    /// `uname -r`.
    String osRelease();

    String hostName();

    /// What the machine's programs call the flags of `open`.
    OpenFlags openFlags();

    int maxPid();

    int maxMapCount();

    /// `vm.unprivileged_userfaultfd`.
    boolean unprivilegedUserfaultfd();

    void setUnprivilegedUserfaultfd(boolean on);

    long mmapMinAddr();

    /// A file of `/proc/sys/vm` about dirty pages.
    long dirtySetting(DirtySetting setting);

    /// Writes one. Throws `ErrnoException` EINVAL.
    void setDirtySetting(DirtySetting setting, long value);

    /// A file of `/proc/sys/vm` about how much memory is promised.
    long overcommit(Overcommit.Setting setting);

    /// Writes one. Throws `ErrnoException` EINVAL.
    void setOvercommit(Overcommit.Setting setting, long value);

    /// Drops clean pages of files: a 1 written to `/proc/sys/vm/drop_caches`.
    void dropPageCache();
}
