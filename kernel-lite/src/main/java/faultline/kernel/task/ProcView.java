package faultline.kernel.task;

import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.NodeText;
import faultline.kernel.mm.NumaBalancing;
import faultline.kernel.mm.Overcommit;
import faultline.kernel.mm.ProcText;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.mm.page.NodeStat;
import faultline.kernel.mm.swap.SwapSpace;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.proc.ProcessInfo;
import faultline.kernel.vfs.proc.SystemInfo;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `/proc` says of the whole machine: proc(5)'s texts over the task and memory counters.
public final class ProcView implements SystemInfo {

    /// USER_HZ: the unit of times in `/proc/stat` and `/proc/PID/stat`.
    static final long NANOS_PER_TICK = 10_000_000L;

    /// Of a 64-bit kernel (PID_MAX_LIMIT) systemd sets it to the limit; this is what the kernel boots with.
    private static final int PID_MAX = 32_768;

    /// The machine's own strings.
    public record Machine(String cpuinfo, String osRelease, String version, String hostName, OpenFlags openFlags) {}

    private final Tasks tasks;
    private final KernelMemory memory;
    private final Gup gup;
    private final Machine machine;

    public ProcView(Tasks tasks, KernelMemory memory, Gup gup, Machine machine) {
        this.tasks = tasks;
        this.memory = memory;
        this.gup = gup;
        this.machine = machine;
    }

    @Override
    public List<Integer> processes() {
        return tasks.processes().stream().map(Process::pid).sorted().toList();
    }

    @Override
    public @Nullable ProcessInfo process(int pid) {
        Process process = tasks.findProcess(pid);
        return process == null ? null : new ProcessView(process, null, gup);
    }

    @Override
    public String sharedSegments() {
        return memory.shm().text();
    }

    @Override
    public OpenFlags openFlags() {
        return machine.openFlags();
    }

    @Override
    public int currentThread() {
        return Task.current().tid();
    }

    @Override
    public String cpuinfo() {
        return machine.cpuinfo();
    }

    @Override
    public String meminfo() {
        long total = kib(memory.allocator().totalFrames());
        long free = kib(memory.allocator().freeFrames());
        StringBuilder text = new StringBuilder();
        line(text, "MemTotal", total);
        line(text, "MemFree", free);
        line(text, "MemAvailable", free);
        line(text, "Buffers", 0);
        line(text, "Cached", kib(memory.stat(NodeStat.NR_FILE_PAGES)));
        SwapSpace swap = memory.swap();
        line(text, "SwapCached", kib(memory.stat(NodeStat.NR_SWAPCACHED)));
        line(text, "SwapTotal", kib(swap.total()));
        line(text, "SwapFree", kib(swap.total() - swap.used()));
        line(text, "Dirty", kib(memory.dirtyPages().dirty()));
        line(text, "Writeback", kib(memory.dirtyPages().underWriteback()));
        line(text, "Shmem", kib(memory.stat(NodeStat.NR_SHMEM)));
        line(text, "CommitLimit", kib(memory.overcommit().limit()));
        line(text, "Committed_AS", kib(memory.overcommit().committed()));
        HugePageSettings huge = hugePages();
        if (huge != null) {
            line(text, "AnonHugePages", memory.stat(NodeStat.NR_ANON_TRANSPARENT_HUGEPAGES) * huge.bytes() >> 10);
            line(text, "ShmemHugePages", 0);
            line(text, "ShmemPmdMapped", 0);
            line(text, "FileHugePages", 0);
            line(text, "FilePmdMapped", 0);
        }
        return text.toString();
    }

    private long kib(long pages) {
        return pages << memory.geometry().shift() >> 10;
    }

    private static void line(StringBuilder text, String name, long kib) {
        text.append(String.format(Locale.ROOT, "%-15s %8d kB\n", name + ":", kib));
    }

    @Override
    public String vmstat() {
        return ProcText.vmstat(memory);
    }

    @Override
    public @Nullable HugePageSettings hugePages() {
        return memory.format().hasHugePages() ? memory.hugePages() : null;
    }

    @Override
    public Ksm ksm() {
        return memory.ksm();
    }

    @Override
    public NodeText nodes() {
        return new NodeText(memory);
    }

    @Override
    public NumaBalancing balancing() {
        return memory.balancing();
    }

    @Override
    public String swaps() {
        return memory.swap().text();
    }

    @Override
    public int swappiness() {
        return memory.reclaimSettings().swappiness();
    }

    @Override
    public void setSwappiness(long value) {
        memory.reclaimSettings().setSwappiness(value);
    }

    @Override
    public int pageCluster() {
        return memory.reclaimSettings().pageClusterSetting();
    }

    @Override
    public void setPageCluster(long value) {
        memory.reclaimSettings().setPageCluster(value);
    }

    @Override
    public String stat() {
        long user = 0;
        long system = 0;
        int running = 0;
        for (Process process : tasks.processes()) {
            Usage usage = process.usage();
            user += usage.userNanos() / NANOS_PER_TICK;
            system += usage.systemNanos() / NANOS_PER_TICK;
            running += process.stateLetter() == 'R' ? 1 : 0;
        }
        int cpus = memory.vcpus().count();
        long all = tasks.clocks().monotonic() / NANOS_PER_TICK * cpus;
        long idle = Math.max(0, all - user - system);
        StringBuilder text = new StringBuilder();
        text.append("cpu  ")
                .append(user)
                .append(" 0 ")
                .append(system)
                .append(' ')
                .append(idle)
                .append(" 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < cpus; cpu++) {
            text.append("cpu")
                    .append(cpu)
                    .append(' ')
                    .append(user / cpus)
                    .append(" 0 ")
                    .append(system / cpus);
            text.append(' ').append(idle / cpus).append(" 0 0 0 0 0 0\n");
        }
        long boot = (tasks.clocks().realtime() - tasks.clocks().monotonic()) / 1_000_000_000L;
        text.append("intr 0\nctxt 0\nbtime ")
                .append(boot)
                .append("\nprocesses ")
                .append(tasks.created());
        return text.append("\nprocs_running ")
                .append(running)
                .append("\nprocs_blocked 0\n")
                .toString();
    }

    @Override
    public String uptime() {
        double up = tasks.clocks().monotonic() / 1e9;
        double used = 0;
        for (Process process : tasks.processes()) {
            Usage usage = process.usage();
            used += (usage.userNanos() + usage.systemNanos()) / 1e9;
        }
        double idle = Math.max(0, up * memory.vcpus().count() - used);
        return String.format(Locale.ROOT, "%.2f %.2f\n", up, idle);
    }

    /// The averages are not kept; how many run and exist is true, and the newest id.
    @Override
    public String loadavg() {
        int running = 0;
        int threads = 0;
        int last = 0;
        for (Task task : tasks.all()) {
            threads++;
            running += task.isAsleep() ? 0 : 1;
            last = Math.max(last, task.tid());
        }
        return "0.00 0.00 0.00 " + running + "/" + threads + " " + last + "\n";
    }

    @Override
    public String version() {
        return machine.version() + "\n";
    }

    @Override
    public String osRelease() {
        return machine.osRelease();
    }

    @Override
    public String hostName() {
        return machine.hostName();
    }

    @Override
    public int maxPid() {
        return PID_MAX;
    }

    @Override
    public int maxMapCount() {
        return memory.maxMapCount();
    }

    @Override
    public long overcommit(Overcommit.Setting setting) {
        return memory.overcommit().get(setting);
    }

    @Override
    public void setOvercommit(Overcommit.Setting setting, long value) {
        memory.overcommit().set(setting, value);
    }

    @Override
    public boolean unprivilegedUserfaultfd() {
        return memory.unprivilegedUserfaultfd();
    }

    @Override
    public void setUnprivilegedUserfaultfd(boolean on) {
        memory.setUnprivilegedUserfaultfd(on);
    }

    @Override
    public long dirtySetting(DirtySetting setting) {
        return memory.dirtyPages().limits().get(setting);
    }

    @Override
    public void setDirtySetting(DirtySetting setting, long value) {
        memory.dirtyPages().limits().set(setting, value);
    }

    @Override
    public void dropPageCache() {
        memory.dropPageCache();
    }

    @Override
    public long mmapMinAddr() {
        return memory.mmapMinAddress();
    }
}
