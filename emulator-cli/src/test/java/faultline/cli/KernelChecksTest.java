package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.cli.run.Ports;
import faultline.core.debug.GuestLoop;
import faultline.kernel.boot.KernelCrash;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What checks see of a whole machine: the way back from a system call, and the end.
@Timeout(120)
final class KernelChecksTest {

    @TempDir
    private Path directory;

    /// Runs a guest whose first clone does something more.
    private void run(Consumer<Task> inClone) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        TaskHooks hooks = new TaskHooks() {
            @Override
            public void cloned(Task parent, Task child) {
                if (done.compareAndSet(false, true)) {
                    inClone.accept(parent);
                }
            }
        };
        GuestRun run = GuestRun.of(
                directory,
                Ports.named("x86"),
                "cow",
                List.of(),
                options -> options.withHooks(hooks, _ -> GuestLoop.PLAIN));
        assertThat(run.status()).isZero();
        assertThat(done).isTrue();
    }

    @Test
    void aMachineThatDoesNothingMoreEnds() throws Exception {
        run(_ -> {});
    }

    @Test
    void aSystemCallThatKeepsALockIsToldOf() {
        assertThatThrownBy(() -> run(task -> task.mm().mmapLock().readLock()))
                .isInstanceOf(KernelCrash.class)
                .hasMessageContaining("goes back from a system call with MMAP semaphore 0x1");
    }

    @Test
    void aSystemCallThatStaysInAReadSectionIsToldOf() {
        assertThatThrownBy(() -> run(task -> task.mm().kernel().rcu().readLock(task.vcpu())))
                .isInstanceOf(KernelCrash.class)
                .hasMessageContaining("goes back from a system call in a read section");
    }

    @Test
    void aFrameThatNobodyFreesIsToldOfAtTheEnd() {
        assertThatThrownBy(() -> run(task ->
                        assertThat(task.mm().kernel().allocator().alloc()).isNotNull()))
                .isInstanceOf(KernelCrash.class)
                .hasMessageContaining("left over: page 0x");
    }
}
