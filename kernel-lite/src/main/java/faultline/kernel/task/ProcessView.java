package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.ClearRefs;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Pagemap;
import faultline.kernel.mm.ProcText;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.proc.ProcessInfo;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What `/proc/PID` says of a process, or `/proc/PID/task/TID` of one thread.
final class ProcessView implements ProcessInfo {

    private static final int MAX_ARGUMENT_BYTES = 2 << 20;

    /// Where `stat` has the terminal's foreground group, counted behind the state: signed, and not shown.
    private static final int FOREGROUND = 4;

    private static final String[] LIMIT_NAMES = {
        "Max cpu time",
        "Max file size",
        "Max data size",
        "Max stack size",
        "Max core file size",
        "Max resident set",
        "Max processes",
        "Max open files",
        "Max locked memory",
        "Max address space",
        "Max file locks",
        "Max pending signals",
        "Max msgqueue size",
        "Max nice priority",
        "Max realtime priority",
        "Max realtime timeout"
    };

    private static final String[] LIMIT_UNITS = {
        "seconds",
        "bytes",
        "bytes",
        "bytes",
        "bytes",
        "bytes",
        "processes",
        "files",
        "bytes",
        "bytes",
        "locks",
        "signals",
        "bytes",
        "",
        "",
        "us"
    };

    private final Process process;
    private final @Nullable Task only;
    private final Gup gup;

    /// `only` limits the view to one thread.
    ProcessView(Process process, @Nullable Task only, Gup gup) {
        this.process = process;
        this.only = only;
        this.gup = gup;
    }

    /// The thread that stands for it: itself or the first; null when all are over.
    private @Nullable Task task() {
        if (only != null) {
            return only;
        }
        List<Task> threads = process.threads();
        return threads.isEmpty() ? null : threads.getFirst();
    }

    private @Nullable Mm mm() {
        Task task = task();
        return task == null ? null : task.mmOrNull();
    }

    @Override
    public int id() {
        return only != null ? only.tid() : process.pid();
    }

    @Override
    public Credentials owner() {
        Task task = task();
        return task == null ? Credentials.ROOT : task.credentials();
    }

    @Override
    public String comm() {
        Task task = task();
        return task == null ? "" : task.comm();
    }

    @Override
    public void setComm(String name) {
        Task task = task();
        if (task != null) {
            task.setComm(name);
        }
    }

    @Override
    public byte[] cmdline() {
        ProgramImage image = process.image();
        return image == null ? new byte[0] : memory(image.argStart(), image.argEnd());
    }

    @Override
    public byte[] environ() {
        ProgramImage image = process.image();
        return image == null ? new byte[0] : memory(image.envStart(), image.envEnd());
    }

    private byte[] memory(long start, long end) {
        Mm mm = mm();
        if (mm == null || end <= start) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) Math.min(end - start, MAX_ARGUMENT_BYTES)];
        int count = gup.read(mm, start, bytes, 0, bytes.length, true);
        return count == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, count);
    }

    @Override
    public byte[] auxv() {
        ProgramImage image = process.image();
        return image == null ? new byte[0] : image.auxv().clone();
    }

    @Override
    public String maps() {
        Mm mm = mm();
        return mm == null ? "" : new ProcText(mm).maps();
    }

    @Override
    public String smaps() {
        Mm mm = mm();
        return mm == null ? "" : new ProcText(mm).smaps();
    }

    @Override
    public String smapsRollup() {
        return withMm(mm -> new ProcText(mm).smapsRollup());
    }

    @Override
    public String ksmStat() {
        return withMm(mm -> mm.kernel().ksm().counters().text(mm));
    }

    @Override
    public long ksmMergingPages() {
        return withMm(mm -> mm.kernel().ksm().counters().merging(mm));
    }

    @Override
    public long[] pagemap(long first, int most, boolean showPfn) {
        return mm() == null ? new long[0] : withMm(mm -> new Pagemap(mm, showPfn).entries(first, most));
    }

    @Override
    public long pagemapScan(UserMemory caller, long va) {
        return withMm(mm -> new PagemapScanCall(caller, va, mm).run());
    }

    @Override
    public void clearRefs(long type) {
        boolean _ = withMm(mm -> {
            new ClearRefs(mm).clear(type);
            return true;
        });
    }

    /// Runs `use` on its memory, which stays meanwhile; ESRCH when there is none.
    private <T> T withMm(Function<Mm, T> use) {
        Mm mm = mm();
        if (mm == null || !mm.tryGet()) {
            throw Errno.ESRCH.exception();
        }
        try {
            return use.apply(mm);
        } finally {
            mm.put();
        }
    }

    @Override
    public String numaMaps() {
        Mm mm = mm();
        List<Task> threads = only == null ? process.threads() : List.of(only);
        return mm == null || threads.isEmpty()
                ? ""
                : new ProcText(mm).numaMaps(threads.getFirst().memPolicy());
    }

    @Override
    public String statm() {
        Mm mm = mm();
        return mm == null ? "0 0 0 0 0 0 0\n" : new ProcText(mm).statm();
    }

    private char state() {
        if (only == null) {
            return process.stateLetter();
        }
        return only.isAsleep() ? 'S' : 'R';
    }

    @Override
    public String status() {
        Task task = task();
        Identity who = task == null ? Identity.of(0, 0) : task.identity();
        FsContext fs = fs();
        FdTable files = files();
        char state = state();
        StringBuilder text = new StringBuilder();
        text.append("Name:\t").append(comm()).append('\n');
        text.append("Umask:\t")
                .append(String.format("%04o", fs == null ? 0 : fs.umask()))
                .append('\n');
        text.append("State:\t")
                .append(state)
                .append(" (")
                .append(stateName(state))
                .append(")\n");
        text.append("Tgid:\t")
                .append(process.pid())
                .append("\nNgid:\t0\nPid:\t")
                .append(id());
        text.append("\nPPid:\t").append(process.parentPid()).append("\nTracerPid:\t0\n");
        text.append("Uid:\t")
                .append(who.uid())
                .append('\t')
                .append(who.euid())
                .append('\t')
                .append(who.suid());
        text.append('\t')
                .append(who.fsuid())
                .append("\nGid:\t")
                .append(who.gid())
                .append('\t')
                .append(who.egid());
        text.append('\t').append(who.sgid()).append('\t').append(who.fsgid()).append('\n');
        text.append("FDSize:\t").append(files == null ? 0 : fdSize(files)).append("\nGroups:\t");
        who.groups().forEach(group -> text.append(group).append(' '));
        text.append('\n');
        Mm mm = mm();
        if (mm != null) {
            text.append(new ProcText(mm).statusLines());
        }
        text.append("Threads:\t").append(process.threads().size()).append('\n');
        signals(text, task);
        Usage usage = usage();
        text.append("voluntary_ctxt_switches:\t").append(usage.voluntarySwitches());
        return text.append("\nnonvoluntary_ctxt_switches:\t")
                .append(usage.involuntarySwitches())
                .append('\n')
                .toString();
    }

    /// The table's size as Linux grows it: a multiple of 64.
    private static int fdSize(FdTable files) {
        int[] open = files.descriptors();
        int highest = open.length == 0 ? 0 : open[open.length - 1];
        return Math.max(64, Integer.highestOneBit(Math.max(1, highest)) << 1);
    }

    private void signals(StringBuilder text, @Nullable Task task) {
        SignalSets sets = task == null ? new SignalSets(0, 0, 0, 0, 0) : SignalControl.sets(task);
        mask(text, "SigPnd", sets.threadPending());
        mask(text, "ShdPnd", sets.sharedPending());
        mask(text, "SigBlk", sets.blocked());
        mask(text, "SigIgn", sets.ignored());
        mask(text, "SigCgt", sets.caught());
    }

    private static void mask(StringBuilder text, String name, long set) {
        text.append(String.format("%s:\t%016x\n", name, set));
    }

    private static String stateName(char state) {
        return switch (state) {
            case 'R' -> "running";
            case 'T' -> "stopped";
            case 'Z' -> "zombie";
            default -> "sleeping";
        };
    }

    private Usage usage() {
        return only != null ? only.usage() : process.usage();
    }

    /// The 52 fields of proc(5); those this kernel does not keep are 0.
    @Override
    public String stat() {
        Usage usage = usage();
        Usage children = process.childrenUsage();
        ProgramImage image = process.image();
        Mm mm = mm();
        Task task = task();
        SignalSets sets = task == null ? new SignalSets(0, 0, 0, 0, 0) : SignalControl.sets(task);
        long[] fields = new long[49];
        fields[0] = process.parentPid();
        fields[1] = process.processGroup();
        fields[2] = process.session();
        fields[6] = usage.minorFaults();
        fields[8] = usage.majorFaults();
        fields[7] = children.minorFaults();
        fields[9] = children.majorFaults();
        fields[10] = usage.userNanos() / ProcView.NANOS_PER_TICK;
        fields[11] = usage.systemNanos() / ProcView.NANOS_PER_TICK;
        fields[12] = children.userNanos() / ProcView.NANOS_PER_TICK;
        fields[13] = children.systemNanos() / ProcView.NANOS_PER_TICK;
        fields[14] = 20;
        fields[16] = process.threads().size();
        fields[18] = process.startNanos() / ProcView.NANOS_PER_TICK;
        fields[19] = mm == null ? 0 : mm.totalVm() << mm.geometry().shift();
        fields[20] = mm == null ? 0 : mm.rss();
        fields[21] = process.limits().soft(Resource.RSS);
        fields[24] = image == null ? 0 : image.startStack();
        fields[27] = sets.threadPending() & 0x7fff_ffffL;
        fields[28] = sets.blocked() & 0x7fff_ffffL;
        fields[29] = sets.ignored() & 0x7fff_ffffL;
        fields[30] = sets.caught() & 0x7fff_ffffL;
        fields[34] = process.exitSignal;
        fields[44] = image == null ? 0 : image.argStart();
        fields[45] = image == null ? 0 : image.argEnd();
        fields[46] = image == null ? 0 : image.envStart();
        fields[47] = image == null ? 0 : image.envEnd();
        StringBuilder text = new StringBuilder();
        text.append(id()).append(" (").append(comm()).append(") ").append(state());
        for (int i = 0; i < fields.length; i++) {
            text.append(' ').append(i == FOREGROUND ? "-1" : Long.toUnsignedString(fields[i]));
        }
        return text.append('\n').toString();
    }

    @Override
    public String limits() {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units"));
        Limits limits = process.limits();
        for (Resource resource : Resource.values()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-25s %-20s %-20s %-10s\n",
                    LIMIT_NAMES[resource.ordinal()],
                    limit(limits.soft(resource)),
                    limit(limits.hard(resource)),
                    LIMIT_UNITS[resource.ordinal()]));
        }
        return text.toString();
    }

    @Override
    public String personality() {
        Task task = task();
        return String.format("%08x\n", task == null ? 0 : task.personality);
    }

    @Override
    public long oomScore() {
        Mm mm = mm();
        return mm == null ? 0 : OomKiller.score(mm.kernel(), process);
    }

    @Override
    public int oomAdjustment() {
        return process.oomAdjustment;
    }

    /// `__set_oom_adj`.
    @Override
    public void setOomAdjustment(int value) {
        if (Task.current().identity().isPrivileged()) {
            process.leastOomAdjustment = value;
        } else if (value < process.leastOomAdjustment) {
            throw Errno.EACCES.exception();
        }
        process.oomAdjustment = value;
    }

    private static String limit(long value) {
        return value == Limits.INFINITY ? "unlimited" : Long.toUnsignedString(value);
    }

    @Override
    public @Nullable VfsPath executable() {
        ProgramImage image = process.image();
        return image == null ? null : image.file();
    }

    @Override
    public @Nullable FsContext fs() {
        Task task = task();
        return task == null ? null : task.fsOrNull();
    }

    @Override
    public @Nullable FdTable files() {
        Task task = task();
        return task == null ? null : task.filesOrNull();
    }

    @Override
    public List<Integer> threads() {
        return only != null
                ? List.of()
                : process.threads().stream().map(Task::tid).sorted().toList();
    }

    @Override
    public @Nullable ProcessInfo thread(int tid) {
        for (Task task : process.threads()) {
            if (task.tid() == tid) {
                return new ProcessView(process, task, gup);
            }
        }
        return null;
    }
}
