package faultline.kernel.lock;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KernelThreadTest {

    /// One thread runs at a time: whoever is woken has not run when its waker looks.
    @Test
    void aThreadThatWasWokenSleepsNoMoreBeforeItRuns() {
        SeededSchedule schedule = new SeededSchedule(1);
        AtomicReference<ToyThread> sleeper = new AtomicReference<>();
        AtomicBoolean go = new AtomicBoolean();
        new ToyMachine(2, 64, schedule, true)
                .run(
                        self -> {
                            assertThat(self.isAsleep()).isFalse();
                            sleeper.set(self);
                            while (!go.get()) {
                                self.block(Long.MAX_VALUE);
                            }
                            assertThat(self.isAsleep()).isFalse();
                        },
                        _ -> {
                            while (sleeper.get() == null || !sleeper.get().isAsleep()) {
                                schedule.spin();
                            }
                            go.set(true);
                            sleeper.get().wake();
                            assertThat(sleeper.get().isAsleep()).isFalse();
                        });
    }
}
