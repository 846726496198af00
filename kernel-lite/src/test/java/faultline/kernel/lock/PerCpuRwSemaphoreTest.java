package faultline.kernel.lock;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.core.step.Step;
import faultline.core.step.Steps;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Readers together, writers alone, and nobody who waits is forgotten.
@Timeout(60)
class PerCpuRwSemaphoreTest {

    private enum TestStep implements Step {
        INSIDE
    }

    @Test
    void readersAreInTogetherAndWritersAlone() {
        AtomicInteger together = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        for (long seed = 0; seed < 200; seed++) {
            contest(new SeededSchedule(seed), 8, together, refused);
        }
        assertThat(together.get()).isEqualTo(2);
        assertThat(refused.get()).isPositive();
    }

    @Test
    void readersAreInTogetherAndWritersAloneOnHostThreads() {
        contest(new ParallelSchedule(), 20_000, new AtomicInteger(), new AtomicInteger());
    }

    private static void contest(Schedule schedule, int rounds, AtomicInteger together, AtomicInteger refused) {
        Steps steps = new Steps(schedule);
        PerCpuRwSemaphore lock = new PerCpuRwSemaphore(steps, LockRank.MMU_NOTIFIER, 1, 4);
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        ToyThread.Body reader = _ -> {
            for (int i = 0; i < rounds; i++) {
                if (!lock.tryReadLock()) {
                    refused.incrementAndGet();
                    schedule.spin();
                    continue;
                }
                together.accumulateAndGet(readers.incrementAndGet(), Math::max);
                steps.at(TestStep.INSIDE, 0);
                assertThat(writers).hasValue(0);
                readers.decrementAndGet();
                lock.readUnlock();
            }
        };
        ToyThread.Body writer = _ -> {
            for (int i = 0; i < rounds; i++) {
                lock.writeLock();
                assertThat(writers.incrementAndGet()).isEqualTo(1);
                assertThat(readers).hasValue(0);
                steps.at(TestStep.INSIDE, 0);
                assertThat(readers).hasValue(0);
                writers.decrementAndGet();
                lock.writeUnlock();
            }
        };
        new ToyMachine(4, 64, schedule, true).run(reader, reader, writer, writer);
    }
}
