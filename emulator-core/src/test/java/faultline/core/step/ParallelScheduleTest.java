package faultline.core.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ParallelScheduleTest {

    private final ParallelSchedule schedule = new ParallelSchedule();

    @Test
    void anUnparkSurvivesAWaitForAHostLock() throws InterruptedException {
        HostThread thread = new HostThread(schedule, "parker") {
            @Override
            protected void carry() {
                schedule.unpark(this);
                // What a contended lock of java.util.concurrent does before the thread gets to park.
                LockSupport.park(this);
                schedule.park(this, Long.MAX_VALUE);
            }
        };
        thread.launch();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void aDeadlineEndsAParkThatNobodyEnds() throws InterruptedException {
        HostThread thread = new HostThread(schedule, "sleeper") {
            @Override
            protected void carry() {
                schedule.park(this, schedule.nanoTime() + 1_000_000);
            }
        };
        thread.launch();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
