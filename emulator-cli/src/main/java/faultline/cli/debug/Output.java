package faultline.cli.debug;

import java.io.PrintWriter;

/// Where the debugger prints: whole lines, from any thread, and never into a line that the guest
/// has begun.
final class Output {

    private final PrintWriter writer;

    // Guarded by this monitor.
    private boolean raw;
    private boolean inGuestLine;

    Output(PrintWriter writer) {
        this.writer = writer;
    }

    synchronized void line(String text) {
        String end = raw ? "\r\n" : "\n";
        if (inGuestLine) {
            inGuestLine = false;
            writer.print(end);
        }
        writer.print(raw ? text.replace("\n", end) : text);
        writer.print(end);
        writer.flush();
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is of a library that is not here
    void format(String format, Object... values) {
        line(format.formatted(values));
    }

    /// Whether the terminal no longer turns a newline into a new line.
    synchronized void setRaw(boolean to) {
        raw = to;
    }

    /// The guest has written to the same terminal; `last` was its last byte.
    synchronized void guestWrote(byte last) {
        inGuestLine = last != '\n';
    }
}
