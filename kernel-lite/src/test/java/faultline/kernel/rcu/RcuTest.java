package faultline.kernel.rcu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.core.step.Step;
import faultline.core.step.Steps;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.ToyThread;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RcuTest {

    private enum TestStep implements Step {
        READING
    }

    /// An object that is poisoned when it is freed.
    private static final class Node {
        volatile boolean freed;
    }

    @Test
    void nothingIsFreedWhileAReaderMayHoldIt() {
        for (long seed = 0; seed < 200; seed++) {
            SeededSchedule schedule = new SeededSchedule(seed);
            Steps steps = new Steps(schedule);
            ToyMachine machine = new ToyMachine(3, 64, schedule, true);
            Rcu rcu = new Rcu(3, steps);
            AtomicReference<Node> published = new AtomicReference<>(new Node());
            AtomicBoolean allFreed = new AtomicBoolean(true);
            ToyThread.Body reader = self -> {
                for (int i = 0; i < 15; i++) {
                    rcu.readLock(self.vcpu());
                    Node node = published.get();
                    rcu.readLock(self.vcpu());
                    steps.at(TestStep.READING, i);
                    rcu.readUnlock(self.vcpu());
                    steps.at(TestStep.READING, i);
                    assertThat(node.freed).isFalse();
                    rcu.readUnlock(self.vcpu());
                }
            };
            machine.run(reader, reader, _ -> {
                for (int i = 0; i < 6; i++) {
                    Node old = published.getAndSet(new Node());
                    rcu.call(() -> old.freed = true);
                    if (i == 3) {
                        rcu.synchronize();
                        allFreed.set(old.freed);
                    }
                }
            });
            assertThat(allFreed).isTrue();
            rcu.quiesce();
            rcu.quiesce();
            assertThat(rcu.gracePeriods()).isGreaterThanOrEqualTo(2);
        }
    }
}
