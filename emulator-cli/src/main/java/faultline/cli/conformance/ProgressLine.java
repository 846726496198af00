package faultline.cli.conformance;

import faultline.cli.run.StandardStreams;
import faultline.core.conformance.Progress;

/// How far a run is, on a line of the terminal that the next one replaces; nothing elsewhere.
public final class ProgressLine implements Progress, AutoCloseable {

    private static final long INTERVAL = 200_000_000L;
    private static final String CLEAR = "\r\u001b[K";

    private final boolean shown = StandardStreams.isTerminal(StandardStreams.ERROR);
    private long last = System.nanoTime();
    private boolean written;

    @Override
    public void at(long done, long all, long failed) {
        long now = System.nanoTime();
        if (shown && now - last >= INTERVAL) {
            last = now;
            written = true;
            String of = all == 0 ? "" : " of " + all;
            System.err.print(CLEAR + done + of + " cases" + (failed == 0 ? "" : ", " + failed + " differ"));
            System.err.flush();
        }
    }

    @Override
    public void close() {
        if (written) {
            System.err.print(CLEAR);
            System.err.flush();
        }
    }
}
