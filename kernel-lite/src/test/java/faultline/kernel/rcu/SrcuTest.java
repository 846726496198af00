package faultline.kernel.rcu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.VcpuSet;
import faultline.core.step.DirectedSchedule;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.core.step.Step;
import faultline.core.step.Steps;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// For whom a grace period waits, step by step and under schedules that switch anywhere.
@Timeout(60)
class SrcuTest {

    private enum TestStep implements Step {
        READING,
        REPLACED,
        DONE
    }

    /// An object that is poisoned when it is freed.
    private static final class Node {
        volatile boolean freed;
    }

    /// Threads that a test directs, over what readers find published.
    private static final class Directed implements AutoCloseable {
        final DirectedSchedule schedule = new DirectedSchedule();
        final Steps steps = new Steps(schedule);
        final VcpuSet vcpus = new ToyMachine(4, 64, schedule, true).vcpus();
        final Srcu srcu = new Srcu(4, steps);
        final AtomicReference<Node> published = new AtomicReference<>(new Node());
        final List<TestThread> threads = new ArrayList<>();

        private final class Worker extends TestThread {
            private final Runnable body;

            Worker(String name, int cpu, Runnable body) {
                super(schedule, name, vcpus.get(cpu));
                this.body = body;
            }

            @Override
            protected void body() {
                body.run();
                steps.at(TestStep.DONE, 0);
            }

            @Override
            public boolean signalPending() {
                return false;
            }

            @Override
            public boolean fatalSignalPending() {
                return false;
            }
        }

        private Actor launch(String name, Runnable body) {
            Worker worker = new Worker(name, threads.size(), body);
            threads.add(worker);
            worker.launch();
            return schedule.actor(name);
        }

        Actor reader(String name) {
            return launch(name, () -> read(this.srcu, steps, published));
        }

        /// Replaces what is published, waits and frees it, so many times.
        Actor updater(String name, int times) {
            return launch(name, () -> {
                for (int i = 0; i < times; i++) {
                    Node old = published.getAndSet(new Node());
                    steps.at(TestStep.REPLACED, i);
                    srcu.synchronize();
                    old.freed = true;
                    steps.at(TestStep.DONE, i);
                }
            });
        }

        void finish() {
            schedule.runAll();
            TestThread.join(threads);
        }

        @Override
        public void close() {
            schedule.close();
        }
    }

    private static void read(Srcu srcu, Steps steps, AtomicReference<Node> published) {
        int section = srcu.readLock(KernelThread.current().vcpu());
        Node node = published.get();
        int inner = srcu.readLock(KernelThread.current().vcpu());
        steps.at(TestStep.READING, 0);
        srcu.readUnlock(KernelThread.current().vcpu(), inner);
        steps.at(TestStep.READING, 1);
        assertThat(node.freed).isFalse();
        srcu.readUnlock(KernelThread.current().vcpu(), section);
    }

    @Test
    void aSectionOfBeforeTheFlipIsWaitedForAndOneOfAfterItIsNot() {
        try (Directed machine = new Directed()) {
            Actor before = machine.reader("before");
            Actor after = machine.reader("after");
            Actor w = machine.updater("W", 1);
            before.runTo(TestStep.READING);
            w.runUntilBlocked(RcuStep.SRCU_END);
            after.runTo(TestStep.READING);
            w.runAndStayBlocked();
            before.runTo(TestStep.DONE);
            w.runTo(TestStep.DONE);
            // It reads what was published afterwards, and reads on.
            after.runTo(TestStep.READING);
            machine.finish();
        }
    }

    /// A reader has chosen its bank and sleeps over a whole grace period; it is counted in a bank that is
    /// not in use any more. The next grace period changes banks only when that is empty.
    @Test
    void aSectionCountedBehindTheFlipIsWaitedForByTheNextGracePeriod() {
        try (Directed machine = new Directed()) {
            Actor late = machine.reader("late");
            Actor w = machine.updater("W", 2);
            late.runTo(RcuStep.SRCU_READ_COUNT);
            w.runTo(TestStep.DONE);
            late.runTo(TestStep.READING);
            w.runUntilBlocked(RcuStep.SRCU_FLIP);
            late.runTo(TestStep.DONE);
            w.runTo(TestStep.DONE);
            machine.finish();
        }
    }

    /// Whoever asks while a grace period is under way began too late for it.
    @Test
    void aGracePeriodUnderWayIsNotEnough() {
        try (Directed machine = new Directed()) {
            Actor first = machine.reader("first");
            Actor second = machine.reader("second");
            Actor w = machine.updater("W", 1);
            Actor x = machine.updater("X", 1);
            first.runTo(TestStep.READING);
            w.runUntilBlocked(RcuStep.SRCU_END);
            second.runTo(TestStep.READING);
            x.runUntilBlocked(RcuStep.SRCU_END);
            first.runTo(TestStep.DONE);
            w.runTo(TestStep.DONE);
            x.runAndStayBlocked();
            second.runTo(TestStep.DONE);
            x.runTo(TestStep.DONE);
            machine.finish();
        }
    }

    @Test
    void nothingIsFreedWhileAReaderMayHoldIt() {
        for (long seed = 0; seed < 200; seed++) {
            contest(new SeededSchedule(seed), 15, 6);
        }
    }

    @Test
    void nothingIsFreedWhileAReaderMayHoldItOnHostThreads() {
        contest(new ParallelSchedule(), 20_000, 2_000);
    }

    private static void contest(Schedule schedule, int reads, int updates) {
        Steps steps = new Steps(schedule);
        ToyMachine machine = new ToyMachine(3, 64, schedule, true);
        Srcu srcu = new Srcu(3, steps);
        AtomicReference<Node> published = new AtomicReference<>(new Node());
        AtomicReference<Node> called = new AtomicReference<>(new Node());
        ToyThread.Body reader = _ -> {
            for (int i = 0; i < reads; i++) {
                read(srcu, steps, published);
            }
        };
        machine.run(reader, reader, _ -> {
            for (int i = 0; i < updates; i++) {
                Node old = published.getAndSet(new Node());
                if (i % 2 == 0) {
                    srcu.call(() -> old.freed = true);
                    called.set(old);
                } else {
                    srcu.synchronize();
                    old.freed = true;
                }
            }
        });
        // The last grace period is over, and so is the callback's. Only now: another thread may still have been
        // running the callbacks of one when the next was over.
        assertThat(called.get().freed).isTrue();
    }
}
