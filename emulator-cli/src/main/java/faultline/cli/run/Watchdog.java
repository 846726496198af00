package faultline.cli.run;

/// Ends a guest whose time is up.
final class Watchdog implements AutoCloseable {

    private final Thread thread;
    private volatile boolean fired;

    private Watchdog(Machine machine, long nanos) {
        thread = new Thread(
                () -> {
                    try {
                        Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
                        fired = true;
                        machine.killAll();
                    } catch (InterruptedException _) {
                        // The guest has ended by itself.
                    }
                },
                "watchdog");
        thread.setDaemon(true);
    }

    /// Watches a guest that has just been started; 0 nanoseconds are no limit.
    static Watchdog over(Machine machine, long nanos) {
        Watchdog watchdog = new Watchdog(machine, nanos);
        if (nanos > 0) {
            watchdog.thread.start();
        }
        return watchdog;
    }

    /// Whether the guest's end was this one's doing.
    boolean fired() {
        return fired;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
