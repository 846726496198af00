package faultline.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Scripts over two threads that write down what they pass.
@Timeout(60)
final class DirectedScheduleTest {

    private enum Mark implements Step {
        ONE,
        TWO,
        THREE
    }

    private final DirectedSchedule schedule = new DirectedSchedule();
    private final Steps steps = new Steps(schedule);
    private final List<String> passed = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void leave() {
        schedule.close();
    }

    private DirectedSchedule.Actor launch(String name, Runnable body) {
        thread(name, body).launch();
        return schedule.actor(name);
    }

    private HostThread thread(String name, Runnable body) {
        return new HostThread(schedule, name) {
            @Override
            protected void carry() {
                body.run();
            }
        };
    }

    private void pass(String who, Mark mark, long object) {
        steps.at(mark, object);
        passed.add(who + mark);
    }

    private DirectedSchedule.Actor launchWalker(String name) {
        return launch(name, () -> {
            pass(name, Mark.ONE, 1);
            pass(name, Mark.TWO, 2);
            pass(name, Mark.TWO, 3);
            pass(name, Mark.THREE, 4);
        });
    }

    @Test
    void nobodyRunsUnlessTheScriptSaysSo() {
        DirectedSchedule.Actor a = launchWalker("a");
        DirectedSchedule.Actor b = launchWalker("b");
        a.runTo(Mark.TWO);
        assertThat(passed).as("it stands before the step").containsExactly("aONE");
        b.runTo(Mark.TWO, 2);
        a.runToOn(Mark.TWO, 3);
        b.runToEnd();
        a.runToEnd();
        assertThat(passed).containsExactly("aONE", "bONE", "bTWO", "aTWO", "bTWO", "bTHREE", "aTWO", "aTHREE");
        assertThat(a.hasEnded()).isTrue();
    }

    @Test
    void aStepThatIsNotReachedFailsTheScript() {
        DirectedSchedule.Actor a = launchWalker("a");
        assertThatThrownBy(() -> a.runTo(Mark.TWO, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("schedule: a did not come to TWO; a has ended behind THREE 0x4");
    }

    @Test
    void whoSpinsIsBlockedUntilAnotherHasRun() {
        AtomicBoolean open = new AtomicBoolean();
        DirectedSchedule.Actor a = launch("a", () -> {
            pass("a", Mark.ONE, 1);
            while (!open.get()) {
                schedule.spin();
            }
            pass("a", Mark.TWO, 2);
        });
        DirectedSchedule.Actor b = launch("b", () -> {
            pass("b", Mark.ONE, 1);
            open.set(true);
        });
        a.runUntilBlocked(Mark.ONE);
        a.runAndStayBlocked();
        assertThatThrownBy(() -> a.runTo(Mark.TWO))
                .hasMessageContaining("a spins behind ONE 0x1; b stands at its start");
        b.runToEnd();
        a.runTo(Mark.TWO);
        assertThat(a.isBlocked()).isFalse();
        schedule.runAll();
        assertThat(passed).containsExactly("aONE", "bONE", "aTWO");
    }

    @Test
    void whoParksIsBlockedUntilItIsUnparked() {
        HostThread parked = thread("a", () -> {
            pass("a", Mark.ONE, 1);
            schedule.park((HostThread) Thread.currentThread(), Long.MAX_VALUE);
            pass("a", Mark.TWO, 2);
        });
        parked.launch();
        DirectedSchedule.Actor b = launch("b", () -> schedule.unpark(parked));
        DirectedSchedule.Actor a = schedule.actor("a");
        a.runUntilBlocked(Mark.ONE);
        b.runToEnd();
        a.runToEnd();
        assertThat(passed).containsExactly("aONE", "aTWO");
    }

    @Test
    void timePassesWhenAllElseIsStill() {
        DirectedSchedule.Actor a = launch("a", () -> {
            schedule.park((HostThread) Thread.currentThread(), 1_000_000);
            pass("a", Mark.ONE, 1);
        });
        schedule.runAll();
        assertThat(a.hasEnded()).isTrue();
        assertThat(schedule.nanoTime()).isGreaterThanOrEqualTo(1_000_000);
    }

    /// Each holds what the other waits for.
    @Test
    void aDeadlockIsFoundAndNamesWhereEachStands() {
        AtomicBoolean first = new AtomicBoolean();
        AtomicBoolean second = new AtomicBoolean();
        launch("a", () -> waitFor("a", first, second));
        launch("b", () -> waitFor("b", second, first));
        schedule.actor("a").runTo(Mark.ONE);
        schedule.actor("b").runTo(Mark.ONE);
        assertThatThrownBy(schedule::runAll)
                .isInstanceOf(DirectedSchedule.Deadlock.class)
                .hasMessage("schedule: deadlock; a spins behind ONE 0x1; b spins behind ONE 0x1");
    }

    private void waitFor(String who, AtomicBoolean held, AtomicBoolean wanted) {
        held.set(true);
        pass(who, Mark.ONE, 1);
        while (wanted.get()) {
            schedule.spin();
        }
        held.set(false);
    }

    @Test
    void threadsEndWhenTheDirectorLeaves() throws InterruptedException {
        HostThread stuck = thread("a", () -> {
            pass("a", Mark.ONE, 1);
            try {
                schedule.park((HostThread) Thread.currentThread(), Long.MAX_VALUE);
                pass("a", Mark.TWO, 2);
            } catch (Error e) {
                passed.add(String.valueOf(e.getMessage()));
            }
        });
        stuck.launch();
        schedule.actor("a").runUntilBlocked(Mark.ONE);
        schedule.close();
        stuck.join(10_000);
        assertThat(stuck.isAlive()).isFalse();
        assertThat(passed).containsExactly("aONE", "schedule: the director has left");
    }
}
