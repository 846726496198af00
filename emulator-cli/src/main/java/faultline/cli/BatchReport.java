package faultline.cli;

import faultline.cli.run.End;
import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.cli.run.StandardStreams;

/// What `batch` prints: a line for each program as it ends, at a terminal below them how far it is,
/// and the sum. Threads may call it at will.
final class BatchReport {

    /// A command line and where it stands in the list.
    record Line(int number, String command) {}

    private static final String ERASE_LINE = "\r\033[K";
    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[m";

    private final int total;
    private final boolean json;
    private final boolean colour;
    private final boolean progress = StandardStreams.isTerminal(StandardStreams.ERROR);
    private int ended;
    private int succeeded;
    private boolean crashed;

    BatchReport(int total, boolean json) {
        this.total = total;
        this.json = json;
        this.colour = !json && StandardStreams.isTerminal(StandardStreams.OUTPUT) && System.getenv("NO_COLOR") == null;
        showProgress();
    }

    /// A program has ended after so many nanoseconds.
    synchronized void ended(Line line, End end, long nanos) {
        ended++;
        if (end.status() == Exit.OK) {
            succeeded++;
        }
        crashed |= end instanceof End.Crashed;
        eraseProgress();
        System.out.println(json ? object(line, end, nanos) : text(line, end, nanos));
        System.out.flush();
        showProgress();
    }

    private String text(Line line, End end, long nanos) {
        String text = "%-12s %8.3f s  %s".formatted(end.verdict(), nanos / 1e9, line.command());
        if (!end.cause().isEmpty()) {
            text += "  # " + end.cause();
        }
        return colour && end.status() != Exit.OK ? RED + text + PLAIN : text;
    }

    private static String object(Line line, End end, long nanos) {
        Json object = Json.object()
                .put("line", line.number())
                .put("command", line.command())
                .put("verdict", end.verdict())
                .put("status", end.status());
        if (!end.cause().isEmpty()) {
            object.put("cause", end.cause());
        }
        return object.put("nanoseconds", nanos).compact();
    }

    private void showProgress() {
        if (progress) {
            System.err.print(ended + " of " + total + " ended, " + (ended - succeeded) + " not with 0");
            System.err.flush();
        }
    }

    private void eraseProgress() {
        if (progress) {
            System.err.print(ERASE_LINE);
            System.err.flush();
        }
    }

    /// Prints the sum over the programs that have ended.
    synchronized void sum() {
        eraseProgress();
        if (!json) {
            System.err.printf("%d of %d exited with 0%n", succeeded, ended);
        }
        if (ended < total) {
            System.err.printf("interrupted: %d of %d have not ended%n", total - ended, total);
        }
    }

    /// What `batch` exits with.
    synchronized int status() {
        return crashed ? Exit.BUG : succeeded == total ? Exit.OK : 1;
    }
}
