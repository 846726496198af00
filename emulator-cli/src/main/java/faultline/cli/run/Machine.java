package faultline.cli.run;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.VcpuSet;
import faultline.core.debug.GuestLoop;
import faultline.core.engine.CodeCache;
import faultline.core.mem.RamRefused;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.boot.Kernel;
import faultline.kernel.boot.KernelOptions;
import faultline.kernel.elf.ElfException;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.NumaNodes;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.task.Limits;
import faultline.kernel.task.Resource;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.vfs.root.PrivateRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The kernel and its machine, put together from a command line for one run of one program.
public final class Machine {

    private final RunOptions options;
    private final ProgramFile file;
    private final KernelPort port;
    private final CpuModel model;
    private final ProcessFaults processes = new ProcessFaults();
    private final Kernel kernel;
    private final Schedule schedule;

    private Machine(RunOptions options, ProgramFile file, UnaryOperator<KernelOptions> attach) {
        this.options = options;
        this.file = file;
        this.port = Ports.of(file.target(), file.name());
        this.model = Ports.model(port, options.cpu);
        this.schedule = options.seed == null ? new ParallelSchedule() : new SeededSchedule(options.seed);
        if (options.checks) {
            KernelAssertions.enable();
        }
        try {
            this.kernel = new Kernel(attach.apply(kernelOptions()));
        } catch (IOException e) {
            throw Refusal.cannotRun(HostErrors.full(e));
        } catch (RamRefused e) {
            throw Refusal.usage("--memory " + Quantities.bytes(options.memory) + ": " + e.getMessage());
        }
    }

    /// A machine whose guest owns the standard streams; `terminal` stands for those of them that
    /// are one.
    static Machine forRun(
            RunOptions options,
            ProgramFile file,
            KernelOptions.Streams streams,
            TaskHooks hooks,
            @Nullable Consumer<String> strace,
            Consumer<String> trace,
            @Nullable Consumer<String> notices) {
        return new Machine(
                options,
                file,
                kernel -> kernel.withStreams(streams)
                        .withHooks(hooks, _ -> GuestLoop.PLAIN)
                        .withReports(strace, notices)
                        .withTrace(options.trace.events(), trace));
    }

    /// A machine whose faults pass through `faults` on their way to the design.
    static Machine forMeasuring(
            RunOptions options,
            ProgramFile file,
            KernelOptions.Streams streams,
            TaskHooks hooks,
            UnaryOperator<FaultDesign> faults) {
        return new Machine(
                options,
                file,
                kernel -> kernel.withStreams(streams)
                        .withHooks(hooks, _ -> GuestLoop.PLAIN)
                        .withFaultDesign(options.faultDesign, faults));
    }

    /// A machine whose threads a debugger holds.
    public static Machine forDebugger(
            RunOptions options,
            ProgramFile file,
            KernelOptions.Streams streams,
            TaskHooks hooks,
            Function<Task, GuestLoop> loops,
            UnaryOperator<FaultDesign> faults,
            Consumer<String> reports) {
        if (options.trace.file() != null) {
            throw Refusal.usage("--trace: the debugger shows the lines where those of --strace go; leave the file out");
        }
        return new Machine(
                options,
                file,
                kernel -> kernel.withStreams(streams)
                        .withHooks(hooks, loops)
                        .withFaultDesign(options.faultDesign, faults)
                        .withReports(
                                options.strace ? reports : null, options.strace || options.verbose ? reports : null)
                        .withTrace(options.trace.events(), reports)
                        .withWaitForAll(false));
    }

    private KernelOptions kernelOptions() {
        requireDesign("--fault-design", options.faultDesign);
        TableFreeing freeing = options.tableFreeing == null ? port.tableFreeing() : options.tableFreeing;
        if (options.knobs.reclaimsTables() && freeing != TableFreeing.RCU_ALL) {
            throw Refusal.usage("--knob pt-reclaim=on needs --pt-free " + TableFreeing.RCU_ALL + ", not " + freeing);
        }
        if (options.nodes > 1 && options.memory / options.nodes < leastOfNode()) {
            throw Refusal.usage("--numa " + options.nodes + ": " + options.memory
                    + " bytes of memory are too few; needs " + leastOfNode() + " for each node");
        }
        Limits limits = new Limits();
        limits.set(Resource.NOFILE, options.files, options.files);
        limits.set(Resource.STACK, options.stack, Limits.INFINITY);
        return KernelOptions.of(port, layout())
                .withModel(model)
                .withMmu(Ports.mmu(port, options.mmu, options.pageSize))
                .withStackGrowth(Ports.stackGrowth(port, options.stackGrowth))
                .withTlb(asidBits(), freeing)
                .withMachine(options.cpus, options.memory)
                .withSwap(options.swap)
                .withNodes(options.nodes)
                .withHugePages(options.hugePages)
                .withMerging(options.merging)
                .withSchedule(schedule, options.seed)
                .withFaultDesign(options.faultDesign, UnaryOperator.identity())
                .withKnobs(options.knobs)
                .withDisk(new DiskTiming(options.diskLatency, options.diskQueue))
                .withObserver(options.stats ? processes : TaskHooks.NONE)
                .withChecks(options.checks)
                .withLimits(limits, options.threads);
    }

    private long leastOfNode() {
        return NumaNodes.LEAST_FRAMES
                << Ports.mmu(port, options.mmu, options.pageSize).pages().shift();
    }

    /// Refuses a name that no fault design has; `option` is for the message.
    public static void requireDesign(String option, String name) {
        if (!FaultDesigns.accepted().contains(name)) {
            throw Refusal.usage(option + " " + name + ": there are " + String.join(", ", FaultDesigns.accepted()));
        }
    }

    private int asidBits() {
        int bits = options.asidBits < 0 ? port.asidBits() : options.asidBits;
        String name = port.architecture().name();
        if (bits > port.asidBits()) {
            throw Refusal.usage("--asid-bits " + bits + ": " + name + " has at most " + port.asidBits());
        }
        if (bits > 0 && (1 << bits) - 1 <= options.cpus) {
            throw Refusal.usage("--asid-bits " + bits + ": too few for " + options.cpus
                    + " processors; needs one for each, one more, and 0");
        }
        return bits;
    }

    private PrivateRoot.Layout layout() {
        List<PrivateRoot.Bind> binds = new ArrayList<>();
        for (RunOptions.Bind bind : options.binds) {
            Path host = Path.of(bind.host()).toAbsolutePath().normalize();
            if (!Files.exists(host)) {
                throw Refusal.usage("--bind " + bind.host() + ": no such file or directory");
            }
            String guest = bind.guest().startsWith("/") ? bind.guest() : host.toString();
            binds.add(new PrivateRoot.Bind(host, guest, bind.writable()));
        }
        byte[] shipped = file.shipped();
        return new PrivateRoot.Layout(
                root(),
                file.path() == null ? null : file.path().toAbsolutePath().normalize(),
                shipped == null ? null : new PrivateRoot.Shipped(file.name(), shipped),
                currentDirectory(),
                binds,
                HostUser.credentials(),
                System.getProperty("user.name", "user"),
                System.getProperty("user.home", "/"));
    }

    private @Nullable Path root() {
        String root = options.root;
        if (root == null) {
            return null;
        }
        if (!Files.isDirectory(Path.of(root))) {
            throw Refusal.usage("-L " + root + ": no such directory");
        }
        return Path.of(root).toAbsolutePath().normalize();
    }

    private Path currentDirectory() {
        String cwd = options.cwd;
        Path directory = Path.of(cwd == null ? "" : cwd).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw Refusal.usage("--cwd " + cwd + ": no such directory");
        }
        return directory;
    }

    /// Loads the program and starts it. Refuses one that cannot be run.
    public void start() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(bytes(options.argv0 == null ? file.name() : options.argv0));
        options.arguments.forEach(argument -> arguments.add(bytes(argument)));
        List<byte[]> environment = options.environment(System.getenv()).stream()
                .map(Machine::bytes)
                .toList();
        try {
            var _ = kernel.spawn(guestPath(), arguments, environment);
        } catch (ElfException e) {
            throw Refusal.cannotRun(String.valueOf(e.getMessage()));
        } catch (ErrnoException e) {
            throw Refusal.cannotRun(
                    file.name() + ": " + (e.errno() == Errno.ENOENT ? noInterpreter() : reason(e.errno())));
        } catch (IOException e) {
            throw Refusal.cannotRun(HostErrors.full(e));
        }
    }

    /// The one thing that can be missing of a program that was found.
    private String noInterpreter() {
        String interpreter = "its interpreter " + file.interpreter();
        return options.root == null
                ? interpreter + " is not in the guest's root; give one that has it with -L, -L / for this machine's own"
                : interpreter + " is not in " + options.root + " (-L)";
    }

    private static String reason(Errno errno) {
        return switch (errno) {
            case ENOEXEC -> "is neither an ELF file nor a script";
            case ENOMEM -> "does not fit the guest's memory; see --memory";
            case E2BIG -> "the arguments and the environment are too long";
            case EACCES -> "permission denied";
            default -> "cannot be started: " + errno;
        };
    }

    private String guestPath() {
        Path path = file.path();
        return path == null
                ? PrivateRoot.SHIPPED + "/" + file.name()
                : new String(bytes(path.toAbsolutePath().normalize().toString()), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Waits for the end of everything the program started; returns its wait status.
    public int await() throws InterruptedException {
        return kernel.waitForEnd();
    }

    /// Ends the guest, whatever it is doing, and waits for its threads.
    public void kill() throws InterruptedException {
        kernel.close();
    }

    /// Gives the ended guest's RAM back to the host: for who runs one machine after the other. A
    /// machine that is the process's only one need not.
    public void discard() {
        kernel.discard();
    }

    /// Ends every process; [#await] returns then. Any thread.
    void killAll() {
        kernel.killAll();
    }

    /// Writes another address space's memory as a debugger does. On a guest thread that stands
    /// still.
    public int write(Mm mm, long address, byte[] bytes) {
        return new Gup(new faultline.kernel.mm.fault.FaultHandler(kernel.memory()))
                .write(mm, address, bytes, 0, bytes.length, true);
    }

    Schedule schedule() {
        return schedule;
    }

    /// The processes that have ended; only with `--stats`.
    ProcessFaults processes() {
        return processes;
    }

    Kernel kernel() {
        return kernel;
    }

    public FaultEntry faultEntry() {
        return kernel.faultEntry();
    }

    public KernelPort port() {
        return port;
    }

    public CpuModel model() {
        return model;
    }

    public VcpuSet vcpus() {
        return kernel.memory().vcpus();
    }

    public CodeCache code() {
        return kernel.code();
    }
}
