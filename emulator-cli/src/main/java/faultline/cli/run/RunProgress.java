package faultline.cli.compare;

import faultline.cli.run.StandardStreams;

/// Which run it is, on a line of the terminal that the next one replaces; nothing elsewhere.
final class RunProgress implements AutoCloseable {

    private static final String ERASE_LINE = "\r\033[K";

    private final boolean shown = StandardStreams.isTerminal(StandardStreams.ERROR);
    private final int total;
    private int begun;

    RunProgress(int total) {
        this.total = total;
    }

    void begin(String design) {
        begun++;
        show("run " + begun + " of " + total + ": " + design);
    }

    @Override
    public void close() {
        show("");
    }

    private void show(String text) {
        if (shown) {
            System.err.print(ERASE_LINE + text);
            System.err.flush();
        }
    }
}
