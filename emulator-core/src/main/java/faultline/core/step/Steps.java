package faultline.core.step;

/// The machine's step bus: what every lock, counter and table access calls.
///
/// `steps.at(MmStep.PTE_STORE, va)` is one load and one untaken branch when nobody listens.
public final class Steps {

    private final boolean listening;
    private final Schedule schedule;

    public Steps(Schedule schedule) {
        this.schedule = schedule;
        this.listening = schedule.listens();
    }

    /// Passes a step.
    public void at(Step step, long object) {
        if (listening) {
            schedule.at(step, object);
        }
    }

    public Schedule schedule() {
        return schedule;
    }
}
