package faultline.kernel.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.HostThread;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.core.step.Step;
import faultline.core.step.Steps;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LockTest {

    private static final int SEEDS = 200;

    private enum TestStep implements Step {
        INSIDE,
        HERE
    }

    private interface Scenario {
        void run(ToyMachine machine, Steps steps);
    }

    private static void forEverySeed(int threads, Scenario scenario) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Schedule schedule = new SeededSchedule(seed);
            try {
                scenario.run(new ToyMachine(threads, 64, schedule, true), new Steps(schedule));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void aSpinLockLetsOneThreadIn() {
        forEverySeed(3, (machine, steps) -> {
            SpinLock lock = new SpinLock(steps, LockRank.PTE, 1);
            int[] count = new int[1];
            ToyThread.Body body = _ -> {
                for (int i = 0; i < 10; i++) {
                    lock.lock();
                    int seen = count[0];
                    steps.at(TestStep.INSIDE, 0);
                    count[0] = seen + 1;
                    lock.unlock();
                }
            };
            machine.run(body, body, body);
            assertThat(count[0]).isEqualTo(30);
        });
    }

    @Test
    void aSemaphoreLetsReadersInTogetherAndWritersAlone() {
        AtomicInteger together = new AtomicInteger();
        forEverySeed(4, (machine, steps) -> {
            RwSemaphore lock = new RwSemaphore(steps, LockRank.MMAP, 1);
            AtomicInteger readers = new AtomicInteger();
            AtomicInteger writers = new AtomicInteger();
            ToyThread.Body reader = _ -> {
                for (int i = 0; i < 8; i++) {
                    lock.readLock();
                    together.accumulateAndGet(readers.incrementAndGet(), Math::max);
                    steps.at(TestStep.INSIDE, 0);
                    assertThat(writers).hasValue(0);
                    readers.decrementAndGet();
                    lock.readUnlock();
                }
            };
            ToyThread.Body writer = _ -> {
                for (int i = 0; i < 8; i++) {
                    lock.writeLock();
                    assertThat(writers.incrementAndGet()).isEqualTo(1);
                    assertThat(readers).hasValue(0);
                    steps.at(TestStep.INSIDE, 0);
                    writers.decrementAndGet();
                    // As a reader from here on: nobody writes until it is given back.
                    lock.downgrade();
                    readers.incrementAndGet();
                    steps.at(TestStep.INSIDE, 0);
                    assertThat(writers).hasValue(0);
                    readers.decrementAndGet();
                    lock.readUnlock();
                }
            };
            machine.run(reader, writer, reader, writer);
            assertThat(lock.tryWriteLock()).isTrue();
        });
        assertThat(together.get()).isGreaterThan(1);
    }

    @Test
    void aReaderThatComesAfterAWaitingWriterWaitsBehindIt() {
        forEverySeed(3, (machine, steps) -> {
            RwSemaphore lock = new RwSemaphore(steps, LockRank.MMAP, 1);
            List<String> order = new ArrayList<>();
            AtomicInteger stage = new AtomicInteger();
            machine.run(
                    _ -> {
                        lock.readLock();
                        stage.set(1);
                        // Both others are in the queue once it is contended and the late reader has failed to try.
                        while (stage.get() < 2) {
                            steps.schedule().spin();
                        }
                        lock.readUnlock();
                    },
                    _ -> {
                        while (stage.get() < 1) {
                            steps.schedule().spin();
                        }
                        lock.writeLock();
                        order.add("writer");
                        lock.writeUnlock();
                    },
                    _ -> {
                        while (!lock.isContended()) {
                            steps.schedule().spin();
                        }
                        assertThat(lock.tryReadLock()).isFalse();
                        stage.set(2);
                        lock.readLock();
                        order.add("reader");
                        lock.readUnlock();
                    });
            assertThat(order).containsExactly("writer", "reader");
        });
    }

    /// The reader goes as soon as the writer spins. On a host so busy that this takes longer than writers spin it has
    /// slept, and the next round shows it.
    @Test
    void aWriterStaysOnItsVcpuForAShortReader() {
        long end = System.nanoTime() + 20_000_000_000L;
        boolean slept;
        do {
            WatchedSchedule schedule = new WatchedSchedule();
            RwSemaphore lock = new RwSemaphore(new Steps(schedule), LockRank.MMAP, 1);
            CountDownLatch read = new CountDownLatch(1);
            new ToyMachine(2, 64, schedule, true)
                    .run(
                            _ -> {
                                lock.readLock();
                                read.countDown();
                                while (schedule.spins.get() == 0) {
                                    assertThat(System.nanoTime()).isLessThan(end);
                                    Thread.onSpinWait();
                                }
                                lock.readUnlock();
                            },
                            _ -> {
                                read.await();
                                lock.writeLock();
                                lock.writeUnlock();
                            });
            slept = schedule.parks.get() != 0;
        } while (slept && System.nanoTime() < end);
        assertThat(slept).isFalse();
    }

    /// Threads run as the host lets them; what they wait for is counted.
    private static final class WatchedSchedule implements Schedule {
        private final Schedule parallel = new ParallelSchedule();
        final AtomicInteger spins = new AtomicInteger();
        final AtomicInteger parks = new AtomicInteger();

        @Override
        public String name() {
            return parallel.name();
        }

        @Override
        public boolean listens() {
            return parallel.listens();
        }

        @Override
        public void register(HostThread thread) {
            parallel.register(thread);
        }

        @Override
        public void begin(HostThread thread) {
            parallel.begin(thread);
        }

        @Override
        public void end(HostThread thread) {
            parallel.end(thread);
        }

        @Override
        public void at(Step step, long object) {
            parallel.at(step, object);
        }

        @Override
        public void park(HostThread self, long deadline) {
            parks.incrementAndGet();
            parallel.park(self, deadline);
        }

        @Override
        public void unpark(HostThread thread) {
            parallel.unpark(thread);
        }

        @Override
        public void spin() {
            spins.incrementAndGet();
            parallel.spin();
        }

        @Override
        public long nanoTime() {
            return parallel.nanoTime();
        }
    }

    @Test
    void aFatalSignalEndsAKillableWait() {
        forEverySeed(2, (machine, steps) -> {
            RwSemaphore lock = new RwSemaphore(steps, LockRank.MMAP, 1);
            ToyThread[] waiter = new ToyThread[1];
            AtomicInteger stage = new AtomicInteger();
            machine.run(
                    _ -> {
                        lock.writeLock();
                        stage.set(1);
                        while (!lock.isContended()) {
                            steps.schedule().spin();
                        }
                        waiter[0].fatalSignal = true;
                        waiter[0].wake();
                        while (stage.get() < 2) {
                            steps.schedule().spin();
                        }
                        lock.writeUnlock();
                    },
                    self -> {
                        waiter[0] = self;
                        while (stage.get() < 1) {
                            steps.schedule().spin();
                        }
                        assertThat(lock.readLockKillable()).isFalse();
                        stage.set(2);
                    });
            assertThat(lock.isContended()).isFalse();
            assertThat(lock.tryWriteLock()).isTrue();
        });
    }

    @Test
    void noWakeIsLost() {
        forEverySeed(3, (machine, steps) -> {
            WaitQueue queue = new WaitQueue(steps, 1);
            AtomicInteger tokens = new AtomicInteger();
            ToyThread.Body consumer = _ -> {
                for (int i = 0; i < 5; i++) {
                    WaitQueue.Woken woken = queue.await(
                            () -> tokens.getAndUpdate(t -> Math.max(0, t - 1)) > 0,
                            WaitQueue.Sleep.UNINTERRUPTIBLE,
                            Long.MAX_VALUE);
                    assertThat(woken).isEqualTo(WaitQueue.Woken.CONDITION);
                }
            };
            machine.run(consumer, consumer, _ -> {
                for (int i = 0; i < 10; i++) {
                    steps.at(TestStep.HERE, i);
                    tokens.incrementAndGet();
                    queue.wake(1);
                }
            });
            assertThat(tokens).hasValue(0);
            assertThat(queue.isEmpty()).isTrue();
        });
    }

    @Test
    void aWaitEndsAtItsDeadline() {
        SeededSchedule schedule = new SeededSchedule(1);
        new ToyMachine(1, 64, schedule, true).run(_ -> {
            WaitQueue queue = new WaitQueue(new Steps(schedule), 1);
            long deadline = schedule.nanoTime() + 5_000_000;
            assertThat(queue.await(() -> false, WaitQueue.Sleep.INTERRUPTIBLE, deadline))
                    .isEqualTo(WaitQueue.Woken.TIMEOUT);
            assertThat(schedule.nanoTime()).isGreaterThanOrEqualTo(deadline);
        });
    }

    @Test
    void aSequenceCounterTellsReadersOfAWriter() {
        forEverySeed(2, (machine, steps) -> {
            SeqCount counter = new SeqCount(steps, 1);
            int[] pair = new int[2];
            machine.run(
                    _ -> {
                        for (int i = 1; i < 10; i++) {
                            counter.beginWrite();
                            pair[0] = i;
                            steps.at(TestStep.INSIDE, i);
                            pair[1] = i;
                            counter.endWrite();
                        }
                    },
                    _ -> {
                        for (int i = 0; i < 20; i++) {
                            long seen = counter.beginRead();
                            int first = pair[0];
                            steps.at(TestStep.HERE, i);
                            int second = pair[1];
                            if (!counter.retry(seen)) {
                                assertThat(second).isEqualTo(first);
                            }
                        }
                    });
        });
    }

    @Test
    void takingLocksInTheWrongOrderIsFound() {
        onOneThread(steps -> {
            SpinLock pte = new SpinLock(steps, LockRank.PTE, 1);
            RwSemaphore mmap = new RwSemaphore(steps, LockRank.MMAP, 2);
            pte.lock();
            assertThatThrownBy(mmap::readLock)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("MMAP")
                    .hasMessageContaining("PTE lock 0x1");
            pte.unlock();
        });
    }

    @Test
    void twoLocksOfOneRankNeedTheNestedForm() {
        onOneThread(steps -> {
            SpinLock one = new SpinLock(steps, LockRank.PTE, 1);
            SpinLock other = new SpinLock(steps, LockRank.PTE, 2);
            one.lock();
            assertThatThrownBy(other::lock).isInstanceOf(IllegalStateException.class);
            other.lockNested();
            other.unlock();
            one.unlock();
            assertThatThrownBy(one::unlock).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void blockingWithASpinLockHeldIsFound() {
        onOneThread(steps -> {
            SpinLock pte = new SpinLock(steps, LockRank.PTE, 1);
            pte.lock();
            assertThatThrownBy(() -> KernelThread.current().block(0)).isInstanceOf(IllegalStateException.class);
            pte.unlock();
        });
    }

    private interface OneThread {
        void run(Steps steps);
    }

    private static void onOneThread(OneThread body) {
        Schedule schedule = new ParallelSchedule();
        new ToyMachine(1, 64, schedule, true).run(_ -> body.run(new Steps(schedule)));
    }
}
