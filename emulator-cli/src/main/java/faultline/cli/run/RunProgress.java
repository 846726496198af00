package faultline.cli.run;

/// Which run it is, on a line of the terminal that the next one replaces; nothing elsewhere.
public final class RunProgress implements AutoCloseable {

    private static final String ERASE_LINE = "\r\033[K";

    private final boolean shown = StandardStreams.isTerminal(StandardStreams.ERROR);
    private final int total;
    private int begun;

    public RunProgress(int total) {
        this.total = total;
    }

    /// The next one begins.
    public void begin(String what) {
        begun++;
        show("run " + begun + " of " + total + ": " + what);
    }

    /// Clears the line, for what is to stay.
    public void clear() {
        show("");
    }

    @Override
    public void close() {
        clear();
    }

    private void show(String text) {
        if (shown) {
            System.err.print(ERASE_LINE + text);
            System.err.flush();
        }
    }
}
