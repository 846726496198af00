package faultline.kernel.boot;

import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Decoder;
import faultline.core.engine.Interpreter;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.MmuChoice;
import faultline.core.step.Steps;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ElfException;
import faultline.kernel.elf.Exec;
import faultline.kernel.elf.ProgramAbi;
import faultline.kernel.elf.Vdso;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.CheckedDesign;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.Translation;
import faultline.kernel.mm.uaccess.TaskMemory;
import faultline.kernel.perf.PerfEvents;
import faultline.kernel.syscall.Dispatcher;
import faultline.kernel.syscall.Strace;
import faultline.kernel.syscall.SwapCalls;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.task.Clocks;
import faultline.kernel.task.CpuScheduler;
import faultline.kernel.task.GuestRunner;
import faultline.kernel.task.Identity;
import faultline.kernel.task.OomKiller;
import faultline.kernel.task.ProcView;
import faultline.kernel.task.Process;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.task.Tasks;
import faultline.kernel.trace.TraceBus;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.root.PrivateRoot;
import faultline.kernel.vfs.root.Vfs;
import faultline.kernel.vfs.tty.Tty;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A machine with its kernel: put together once, then runs one program and its children to their
/// end.
///
/// Built and waited for by a host thread outside the machine; everything else happens on the
/// machine's own threads.
public final class Kernel {

    /// The series whose memory management and system calls this is written after.
    public static final String RELEASE = "6.12.0";

    static final String NODE_NAME = "faultline";

    /// With a seed, the machine boots at this moment: 2025-01-01.
    private static final long REPEATABLE_EPOCH_NANOS = 1_735_689_600_000_000_000L;

    /// How long threads may take to die at the end before they are left behind.
    private static final long GOODBYE_MILLIS = 5_000;

    private final KernelOptions options;
    private final KernelPort port;
    private final KernelMemory memory;
    private final CodeCache code;
    private final CpuScheduler scheduler;
    private final Tasks tasks;
    private final Vfs vfs;
    private final PrivateRoot root;
    private final Exec exec;
    private final @Nullable Strace strace;
    private final Dispatcher dispatcher;
    private final FaultEntry faultEntry;
    private final FaultDesign design;
    private final OomKiller oomKiller;
    private final RunState state;

    /// Puts the machine together. Throws `IOException` when a directory of the layout cannot be
    /// looked at.
    public Kernel(KernelOptions options) throws IOException {
        this.options = options;
        this.port = options.port();
        Steps steps = new Steps(options.schedule());
        MmuChoice mmu = options.mmu();
        PhysicalMemory ram = PhysicalMemory.begin(options.memoryBytes());
        VcpuSet vcpus = new VcpuSet(
                options.cpus(),
                port.byteOrder(),
                ram,
                () -> port.architecture().newMmu(options.model(), ram, mmu),
                steps);
        MmuCache cache = port.mmuCache(mmu, ram);
        this.memory = new KernelMemory(
                ram,
                vcpus,
                new Translation(
                        port.pageTableFormat(mmu),
                        port.tlbInvalidation(mmu),
                        port.addressSpaceIds(mmu, options.asidBits(), options.cpus()),
                        options.tableFreeing(),
                        cache),
                steps,
                new KernelHeap(options.heapBytes()),
                options.checks(),
                options.disk(),
                options.nodes());
        memory.logTo(notices());
        if (!options.tracepoints().isEmpty()) {
            memory.traceTo(new TraceBus(options.tracepoints(), Kernel::subject, options.traceLines()));
        }
        this.faultEntry = port.faultEntry(new FaultRules(mmu, cache, options.stackGrowth()));
        FaultHandler faults = new FaultHandler(memory);
        Gup gup = new Gup(faults, port.protectionKeys(mmu));
        options.knobs().apply(memory);
        memory.hugePages().setEnabled(options.hugePages());
        memory.ksm().mergeIn(options.merging());
        FaultDesign chosen = FaultDesigns.create(options.faultDesign(), options.knobs(), faults);
        this.design = options.faultWrapper()
                .apply(
                        options.checks()
                                ? new CheckedDesign(chosen, memory, thread -> ((Task) thread).cpu().pc)
                                : chosen);
        this.code = new CodeCache(ram);
        this.scheduler = new CpuScheduler(vcpus, steps);
        this.state = new RunState(this::hostThreads);
        this.strace = newStrace();
        PerfEvents perf = new PerfEvents(options.cpus(), options.schedule()::nanoTime, chosen.hasPerfEvent());
        this.tasks = newTasks(steps, strace, perf, gup);
        tasks.reclaimInBackground(memory);
        tasks.collapseInBackground(memory, gup::faultIn);
        tasks.mergeInBackground(memory);
        this.oomKiller = new OomKiller(tasks, memory);
        RandomSource random = options.seed() == null ? RandomSource.host() : RandomSource.seeded(options.seed());
        vcpus.setEntropy(random::next);
        this.vfs = new Vfs(new Vfs.Environment(memory, tasks, random, this::now, port.termiosLayout()));
        if (options.swapBytes() != 0) {
            vfs.addDisk(SwapCalls.DEVICE_NAME, SwapCalls.DEVICE);
        }
        this.root = PrivateRoot.build(vfs, options.layout(), new ProcView(tasks, memory, gup, machineText()));
        this.exec = new Exec(
                memory,
                programAbi(),
                port,
                port.protectionKeys(mmu),
                vdso(),
                bytes -> random.fill(bytes, 0, bytes.length));
        SyscallTable table = CallSet.of(port, exec, vfs, memory, gup, options, this::freeBytes);
        this.dispatcher = new Dispatcher(port.syscallAbi(), table, strace, notices());
    }

    private Consumer<String> notices() {
        Consumer<String> lines = options.notices();
        return lines == null ? _ -> {} : lines;
    }

    private static TraceBus.Subject subject(KernelThread thread) {
        return thread instanceof Task task
                ? new TraceBus.Subject(task.comm(), task.tid(), task.vcpu().id(), task.cpu().pc)
                : new TraceBus.Subject(thread.getName(), 0, thread.vcpu().id(), 0);
    }

    private @Nullable Strace newStrace() {
        return options.strace() == null
                ? null
                : new Strace(
                        options.strace(), port.statLayout(), port.argumentNumbers(), port.cloneTlsBeforeChildTid());
    }

    private Tasks newTasks(Steps steps, @Nullable Strace strace, PerfEvents perf, Gup gup) {
        Decoder decoder = port.architecture().decoder(options.model());
        TaskHooks hooks = strace == null
                ? new HookChain(options.hooks(), options.observer(), new SessionEnds(), state)
                : new HookChain(options.hooks(), options.observer(), strace, new SessionEnds(), state);
        return new Tasks(new Tasks.Environment(
                steps,
                scheduler,
                port,
                design,
                task -> new TaskMemory(
                        task.cpu(), faultEntry, task, memory.format(), gup, () -> oomKiller.outOfMemory(task)),
                new Runner(decoder, steps),
                hooks,
                () -> port.architecture().newCpu(options.model()),
                new Clocks(options.schedule(), wallClock()),
                perf,
                options.maxThreads()));
    }

    private int hostThreads() {
        return tasks.hostThreads();
    }

    private long wallClock() {
        if (options.seed() != null) {
            return REPEATABLE_EPOCH_NANOS;
        }
        Instant instant = Instant.now();
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    private Instant now() {
        long nanos = tasks.clocks().realtime();
        return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
    }

    private @Nullable Vdso vdso() {
        Vdso.Image image = port.vdso();
        return image == null ? null : new Vdso(image, memory);
    }

    private ProgramAbi programAbi() {
        KernelPort.AddressLayout layout = port.addressLayout(options.mmu());
        return new ProgramAbi(
                port.elfMachine(),
                port.byteOrder(),
                port.platform(options.model()),
                port.basePlatform(options.model()),
                port.auxiliaryEntries(options.model()),
                port.hwcap(options.model()),
                port.hwcap2(options.model()),
                port.signalFrames().frameBytes(),
                layout.stackTop(),
                layout.mmapBase(),
                layout.pieBase(),
                memory.format().userEnd());
    }

    private ProcView.Machine machineText() {
        return new ProcView.Machine(
                port.cpuinfo(options.model(), options.cpus()),
                RELEASE,
                "Linux version " + RELEASE + " (faultline)\n",
                NODE_NAME,
                port.openFlags());
    }

    private long freeBytes() {
        return memory.allocator().freeFrames() << memory.geometry().shift();
    }

    // Parts, for debuggers and reports.

    public Tasks tasks() {
        return tasks;
    }

    public KernelMemory memory() {
        return memory;
    }

    public CodeCache code() {
        return code;
    }

    public KernelPort port() {
        return port;
    }

    public FaultEntry faultEntry() {
        return faultEntry;
    }

    public FaultDesign design() {
        return design;
    }

    /// How many files the guest wrote that are lost now.
    public long filesDiscarded() {
        return root.filesDiscarded();
    }

    /// Counts over the whole run.
    public Statistics statistics() {
        return new Statistics(dispatcher.calls(), scheduler.switches(), tasks.created());
    }

    /// System calls, context switches, tasks ever made.
    public record Statistics(long systemCalls, long contextSwitches, long tasks) {}

    // Running.

    /// Starts the first process with a program of the guest's tree. Returns once the program is
    /// loaded; throws what prevented it.
    public Task spawn(String path, List<byte[]> argv, List<byte[]> envp) throws ElfException, IOException {
        Credentials user = options.layout().user();
        List<Integer> groups = new ArrayList<>();
        for (int group : user.groups()) {
            groups.add(group);
        }
        Identity identity = Identity.of(user.uid(), user.gid()).withGroups(groups);
        FdTable files = new FdTable();
        Task task =
                tasks.clones().first(identity, path, options.limits(), files, root.initialContext(options.layout()));
        state.setFirst(task.pid());
        openStreams(task, files);
        task.beginWith(() -> load(task, path, argv, envp));
        task.launch();
        state.awaitStart();
        return task;
    }

    /// Loads the first program, on the task's own thread, which alone may touch its memory. False
    /// when it cannot be run.
    private boolean load(Task task, String path, List<byte[]> argv, List<byte[]> envp) {
        Exception failure = null;
        try {
            exec.execute(task, task.fs().current(), path, true, argv, envp);
            traceStart(task, path, argv, envp.size());
        } catch (ElfException | ErrnoException e) {
            failure = e;
        }
        state.started(failure);
        return failure == null;
    }

    private void traceStart(Task task, String path, List<byte[]> argv, int variables) {
        ProgramImage image = task.process().image();
        if (strace != null && image != null) {
            // The vector of the environment lies behind argc, the arguments and their NULL.
            strace.started(task, path, argv, variables, image.startStack() + 8L * (argv.size() + 2));
        }
    }

    private void openStreams(Task task, FdTable files) {
        KernelOptions.Streams streams = options.streams();
        Tty console = null;
        if (streams.terminal() != null) {
            console = vfs.terminals().console(streams.terminal());
            console.attach(task.session(), task.processGroup());
        }
        install(files, streams.input(), FileMode.O_RDONLY, console);
        install(files, streams.output(), FileMode.O_WRONLY, console);
        install(files, streams.error(), FileMode.O_WRONLY, console);
    }

    private void install(FdTable files, @Nullable HostStream stream, int access, @Nullable Tty console) {
        OpenFile file;
        if (stream != null) {
            file = vfs.openStream(stream, access);
        } else if (console != null) {
            file = vfs.openTerminal(console);
        } else {
            throw new IllegalArgumentException("kernel: a standard stream is neither a stream nor the terminal");
        }
        files.install(file, 0, false, 3);
    }

    /// Waits until the program, and with `waitForAll` everything it left behind, has ended; then
    /// ends what is left. Returns the first process's wait status. Throws [KernelCrash] when our
    /// own code failed.
    public int waitForEnd() throws InterruptedException {
        state.awaitEnd(options.waitForAll());
        close();
        int result = state.result();
        if (tasks.hostThreads() == 0) {
            checkLeftOver();
        }
        return result;
    }

    private void checkLeftOver() {
        try {
            memory.checkLeftOver();
        } catch (IllegalStateException e) {
            throw new KernelCrash(e);
        }
    }

    /// Kills every process: a time limit, a debugger's `kill`. Any thread. [#waitForEnd] returns then,
    /// at the latest when threads have had their time to die.
    public void killAll() {
        for (Process process : tasks.processes()) {
            tasks.exits().kill(process);
        }
        state.killed(GOODBYE_MILLIS);
    }

    /// Ends what still runs and waits a moment for its threads.
    public void close() throws InterruptedException {
        killAll();
        state.awaitQuiet(GOODBYE_MILLIS);
        tasks.timers().stop();
    }

    /// Gives the machine's RAM back to the host, after [#close]: nobody may look into the guest's
    /// memory any more. While a thread is left that could not be ended, RAM is left too.
    public void discard() {
        if (tasks.hostThreads() == 0) {
            memory.swap().close();
            memory.allocator().memory().close();
        }
    }

    /// What a task's thread does: the program, then guest code until the end.
    private final class Runner implements GuestRunner {

        private final Decoder decoder;
        private final Steps steps;

        Runner(Decoder decoder, Steps steps) {
            this.decoder = decoder;
            this.steps = steps;
        }

        @Override
        public void run(Task task) {
            if (!task.begin()) {
                return;
            }
            Traps traps = new Traps(task, port, faultEntry, dispatcher, memory, oomKiller);
            Interpreter interpreter = new Interpreter(code, decoder, steps);
            tasks.hooks().started(task);
            options.loops().apply(task).run(task.cpu(), interpreter, traps);
        }

        @Override
        public void crashed(KernelThread thread, Throwable cause) {
            state.crashed(cause);
        }
    }

    /// What a session leader's end means to its terminal.
    private final class SessionEnds implements TaskHooks {

        @Override
        public void exited(Task task, @Nullable Integer status) {
            if (status != null && task.session() == task.pid()) {
                vfs.terminals().sessionEnded(task.session());
            }
        }
    }
}
