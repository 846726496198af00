package faultline.kernel.boot;

import faultline.core.arch.CpuModel;
import faultline.core.debug.GuestLoop;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.task.Limits;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.root.PrivateRoot;
import faultline.kernel.vfs.tty.HostTerminal;
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
public record KernelOptions(
        KernelPort port,
        CpuModel model,
        int cpus,
        long memoryBytes,
        Schedule schedule,
        @Nullable Long seed,
        String faultDesign,
        UnaryOperator<FaultDesign> faultWrapper,
        boolean checks,
        int maxThreads,
        Limits limits,
        PrivateRoot.Layout layout,
        Streams streams,
        TaskHooks hooks,
        Function<Task, GuestLoop> loops,
        @Nullable Consumer<String> strace,
        @Nullable Consumer<String> notices,
        boolean waitForAll) {

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

    /// DESIGN 5: limits exist and have defaults.
    private static final int MAX_THREADS = 2048;

    /// The defaults for an architecture's first model: two vCPUs, 4 GiB, the classic fault path.
    public static KernelOptions of(KernelPort port, PrivateRoot.Layout layout) {
        return new KernelOptions(
                port,
                port.architecture().models().getFirst(),
                2,
                4 * GIB,
                new ParallelSchedule(),
                null,
                FaultDesigns.DEFAULT,
                UnaryOperator.identity(),
                false,
                MAX_THREADS,
                new Limits(),
                layout,
                Streams.ofHost(),
                TaskHooks.NONE,
                task -> GuestLoop.PLAIN,
                null,
                null,
                true);
    }

    public KernelOptions withModel(CpuModel to) {
        return new KernelOptions(
                port,
                to,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    public KernelOptions withMachine(int vcpus, long memory) {
        return new KernelOptions(
                port,
                model,
                vcpus,
                memory,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    public KernelOptions withSchedule(Schedule to, @Nullable Long newSeed) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                to,
                newSeed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    /// `wrapper` goes around the design: a debugger's memory of faults.
    public KernelOptions withFaultDesign(String name, UnaryOperator<FaultDesign> wrapper) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                name,
                wrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    /// `check` poisons freed frames and looks at them again before they are used.
    public KernelOptions withChecks(boolean check) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                check,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    public KernelOptions withLimits(Limits to, int threads) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                threads,
                to,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    public KernelOptions withStreams(Streams to) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                to,
                hooks,
                loops,
                strace,
                notices,
                waitForAll);
    }

    public KernelOptions withHooks(TaskHooks to, Function<Task, GuestLoop> newLoops) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                to,
                newLoops,
                strace,
                notices,
                waitForAll);
    }

    /// Lines of `--strace`, and lines about system calls that are not implemented; null for none.
    public KernelOptions withReports(@Nullable Consumer<String> straceLines, @Nullable Consumer<String> noticeLines) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                straceLines,
                noticeLines,
                waitForAll);
    }

    public KernelOptions withWaitForAll(boolean all) {
        return new KernelOptions(
                port,
                model,
                cpus,
                memoryBytes,
                schedule,
                seed,
                faultDesign,
                faultWrapper,
                checks,
                maxThreads,
                limits,
                layout,
                streams,
                hooks,
                loops,
                strace,
                notices,
                all);
    }
}
