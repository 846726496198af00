package faultline.kernel.boot;

import faultline.core.arch.CpuModel;
import faultline.core.debug.GuestLoop;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.task.Limits;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.trace.TraceEvent;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.root.PrivateRoot;
import faultline.kernel.vfs.tty.HostTerminal;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Everything one can choose about a machine. Immutable; [#of] has the defaults, `with…` makes a
/// changed copy.
///
/// `seed` not null makes everything repeat that the guest could tell runs apart by: random bytes
/// and the wall clock. `streams` are descriptors 0, 1 and 2; a null one is the terminal.
/// `waitForAll` keeps the machine running until the last process has ended, not just the first.
public final class KernelOptions implements Cloneable {

    /// Descriptors 0, 1 and 2; null where the terminal stands.
    public record Streams(
            @Nullable HostStream input,
            @Nullable HostStream output,
            @Nullable HostStream error,
            @Nullable HostTerminal terminal) {

        /// The emulator's own streams, whatever they are.
        public static Streams ofHost() {
            return new Streams(HostStream.input(), HostStream.output(), HostStream.error(), null);
        }
    }

    private static final long GIB = 1L << 30;

    /// Far more than a program needs, far fewer than the host can carry.
    private static final int MAX_THREADS = 2048;

    private final KernelPort port;
    private final PrivateRoot.Layout layout;

    // Changed only in a copy that nobody else has seen yet.
    private CpuModel model;
    private MmuChoice mmu;
    private StackGrowth stackGrowth;
    private int asidBits;
    private TableFreeing tableFreeing;
    private int cpus = 2;
    private long memoryBytes = 4 * GIB;
    private Schedule schedule = new ParallelSchedule();
    private @Nullable Long seed;
    private String faultDesign = FaultDesigns.DEFAULT;
    private Knobs knobs = Knobs.NONE;
    private UnaryOperator<FaultDesign> faultWrapper = UnaryOperator.identity();
    private boolean checks;
    private DiskTiming disk = DiskTiming.INSTANT;
    private long swapBytes;
    private int nodes = 1;
    private HugePageSettings.Enabled hugePages = HugePageSettings.Enabled.MADVISE;
    private Ksm.Where merging = Ksm.Where.OFF;
    private int maxThreads = MAX_THREADS;
    private Limits limits = new Limits();
    /// Null for the host's: made only for who uses them, as the JVM never forgets their channels.
    private @Nullable Streams streams;
    private TaskHooks hooks = TaskHooks.NONE;
    private Function<Task, GuestLoop> loops = task -> GuestLoop.PLAIN;
    private @Nullable Consumer<String> strace;
    private @Nullable Consumer<String> notices;
    private Set<TraceEvent> tracepoints = Set.of();
    private Consumer<String> traceLines = _ -> {};
    private TaskHooks observer = TaskHooks.NONE;
    private boolean waitForAll = true;
    private long heapBytes = KernelHeap.defaultLimit();

    private KernelOptions(KernelPort port, PrivateRoot.Layout layout) {
        this.port = port;
        this.layout = layout;
        this.model = port.architecture().models().getFirst();
        this.asidBits = port.asidBits();
        this.tableFreeing = port.tableFreeing();
        this.mmu = port.architecture().usualMmu();
        this.stackGrowth = port.stackGrowth().getFirst();
    }

    /// The defaults for an architecture's first model: two vCPUs, 4 GiB, the classic fault path.
    public static KernelOptions of(KernelPort port, PrivateRoot.Layout layout) {
        return new KernelOptions(port, layout);
    }

    private KernelOptions copy() {
        try {
            return (KernelOptions) clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("kernel: options are Cloneable", e);
        }
    }

    public KernelOptions withModel(CpuModel to) {
        KernelOptions copy = copy();
        copy.model = to;
        return copy;
    }

    /// `size` is one of the architecture's.
    public KernelOptions withPageSize(PageGeometry size) {
        KernelOptions copy = copy();
        copy.mmu = mmu.withPages(size);
        return copy;
    }

    /// `choice` is made of what the architecture has.
    public KernelOptions withMmu(MmuChoice choice) {
        KernelOptions copy = copy();
        copy.mmu = choice;
        return copy;
    }

    /// `rule` is one of the port's.
    public KernelOptions withStackGrowth(StackGrowth rule) {
        KernelOptions copy = copy();
        copy.stackGrowth = rule;
        return copy;
    }

    /// How wide address-space ids are, 0 for none, and how page tables are freed.
    public KernelOptions withTlb(int bits, TableFreeing freeing) {
        KernelOptions copy = copy();
        copy.asidBits = bits;
        copy.tableFreeing = freeing;
        return copy;
    }

    public KernelOptions withMachine(int vcpus, long memory) {
        KernelOptions copy = copy();
        copy.cpus = vcpus;
        copy.memoryBytes = memory;
        return copy;
    }

    public KernelOptions withSchedule(Schedule to, @Nullable Long newSeed) {
        KernelOptions copy = copy();
        copy.schedule = to;
        copy.seed = newSeed;
        return copy;
    }

    /// `wrapper` goes around the design: a debugger's memory of faults.
    public KernelOptions withFaultDesign(String name, UnaryOperator<FaultDesign> wrapper) {
        KernelOptions copy = copy();
        copy.faultDesign = name;
        copy.faultWrapper = wrapper;
        return copy;
    }

    /// What is chosen beside the design.
    public KernelOptions withKnobs(Knobs to) {
        KernelOptions copy = copy();
        copy.knobs = to;
        return copy;
    }

    /// `check` has the kernel watch itself: `docs/checks.md`.
    public KernelOptions withChecks(boolean check) {
        KernelOptions copy = copy();
        copy.checks = check;
        return copy;
    }

    /// How fast the disk is that files of the host lie on.
    public KernelOptions withDisk(DiskTiming timing) {
        KernelOptions copy = copy();
        copy.disk = timing;
        return copy;
    }

    /// Where huge pages are made, until somebody changes it.
    public KernelOptions withHugePages(HugePageSettings.Enabled to) {
        KernelOptions copy = copy();
        copy.hugePages = to;
        return copy;
    }

    /// Where pages of the same contents are merged, until somebody changes it.
    public KernelOptions withMerging(Ksm.Where to) {
        KernelOptions copy = copy();
        copy.merging = to;
        return copy;
    }

    /// How large the machine's own swap device is, 0 for none.
    public KernelOptions withSwap(long bytes) {
        KernelOptions copy = copy();
        copy.swapBytes = bytes;
        return copy;
    }

    /// How many memory nodes share RAM and vCPUs.
    public KernelOptions withNodes(int count) {
        KernelOptions copy = copy();
        copy.nodes = count;
        return copy;
    }

    public KernelOptions withLimits(Limits to, int threads) {
        KernelOptions copy = copy();
        copy.maxThreads = threads;
        copy.limits = to;
        return copy;
    }

    public KernelOptions withStreams(Streams to) {
        KernelOptions copy = copy();
        copy.streams = to;
        return copy;
    }

    public KernelOptions withHooks(TaskHooks to, Function<Task, GuestLoop> newLoops) {
        KernelOptions copy = copy();
        copy.hooks = to;
        copy.loops = newLoops;
        return copy;
    }

    /// Lines of `--strace`, and lines about system calls that are not implemented; null for none.
    public KernelOptions withReports(@Nullable Consumer<String> straceLines, @Nullable Consumer<String> noticeLines) {
        KernelOptions copy = copy();
        copy.strace = straceLines;
        copy.notices = noticeLines;
        return copy;
    }

    /// Which tracepoints are on, and where their lines go.
    public KernelOptions withTrace(Set<TraceEvent> events, Consumer<String> lines) {
        KernelOptions copy = copy();
        copy.tracepoints = events;
        copy.traceLines = lines;
        return copy;
    }

    /// Who is told of tasks beside the hooks.
    public KernelOptions withObserver(TaskHooks to) {
        KernelOptions copy = copy();
        copy.observer = to;
        return copy;
    }

    /// What the kernel's own objects may take of Java's heap; with several machines in one JVM, a
    /// part of the default.
    public KernelOptions withKernelHeap(long bytes) {
        KernelOptions copy = copy();
        copy.heapBytes = bytes;
        return copy;
    }

    public KernelOptions withWaitForAll(boolean all) {
        KernelOptions copy = copy();
        copy.waitForAll = all;
        return copy;
    }

    KernelPort port() {
        return port;
    }

    CpuModel model() {
        return model;
    }

    MmuChoice mmu() {
        return mmu;
    }

    StackGrowth stackGrowth() {
        return stackGrowth;
    }

    int asidBits() {
        return asidBits;
    }

    TableFreeing tableFreeing() {
        return tableFreeing;
    }

    int cpus() {
        return cpus;
    }

    long memoryBytes() {
        return memoryBytes;
    }

    Schedule schedule() {
        return schedule;
    }

    @Nullable
    Long seed() {
        return seed;
    }

    String faultDesign() {
        return faultDesign;
    }

    Knobs knobs() {
        return knobs;
    }

    UnaryOperator<FaultDesign> faultWrapper() {
        return faultWrapper;
    }

    boolean checks() {
        return checks;
    }

    DiskTiming disk() {
        return disk;
    }

    HugePageSettings.Enabled hugePages() {
        return hugePages;
    }

    Ksm.Where merging() {
        return merging;
    }

    long swapBytes() {
        return swapBytes;
    }

    int nodes() {
        return nodes;
    }

    int maxThreads() {
        return maxThreads;
    }

    Limits limits() {
        return limits;
    }

    PrivateRoot.Layout layout() {
        return layout;
    }

    Streams streams() {
        Streams chosen = streams;
        return chosen == null ? Streams.ofHost() : chosen;
    }

    TaskHooks hooks() {
        return hooks;
    }

    Function<Task, GuestLoop> loops() {
        return loops;
    }

    @Nullable
    Consumer<String> strace() {
        return strace;
    }

    @Nullable
    Consumer<String> notices() {
        return notices;
    }

    Set<TraceEvent> tracepoints() {
        return tracepoints;
    }

    Consumer<String> traceLines() {
        return traceLines;
    }

    TaskHooks observer() {
        return observer;
    }

    long heapBytes() {
        return heapBytes;
    }

    boolean waitForAll() {
        return waitForAll;
    }
}
