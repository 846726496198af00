package faultline.kernel.mm;

import faultline.core.step.Schedule;
import faultline.kernel.check.Violation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Two threads of one address space, the one and the other in turn; what checks find is kept.
final class Turns {

    private final ToyMachine machine;
    private final Schedule schedule;
    private final AtomicInteger turn = new AtomicInteger();

    Turns(ToyMachine machine) {
        this.machine = machine;
        this.schedule = machine.schedule();
        machine.kernel().oracle().keepOnly();
    }

    /// Runs `one` as `toy-0` and `other` as `toy-1`, which begins at turn 1.
    List<Violation> run(ToyThread.Body one, ToyThread.Body other) {
        Mm mm = machine.newMm();
        // A user each, and one more, which ends it when both are done.
        mm.get();
        mm.get();
        machine.run(
                self -> {
                    self.use(mm);
                    one.run(self);
                    pass(Integer.MAX_VALUE);
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    await(1);
                    other.run(self);
                    mm.put();
                });
        machine.run(self -> {
            self.use(mm);
            mm.put();
        });
        return machine.kernel().oracle().violations();
    }

    /// Gives the turn away and waits until it comes back.
    void handOver(int to, int back) {
        pass(to);
        await(back);
    }

    void pass(int to) {
        turn.set(to);
    }

    private void await(int mine) {
        while (turn.get() < mine) {
            schedule.spin();
        }
    }

    /// Ends grace periods as long as there are callbacks.
    void quiesce() {
        for (int i = 0; i < 3; i++) {
            machine.kernel().rcu().quiesce();
        }
    }
}
