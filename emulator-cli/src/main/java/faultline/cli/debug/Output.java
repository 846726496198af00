package faultline.cli.debug;

import java.io.PrintWriter;

/// Where the debugger prints: whole lines, from any thread.
final class Output {

    private final PrintWriter writer;

    Output(PrintWriter writer) {
        this.writer = writer;
    }

    synchronized void line(String text) {
        writer.println(text);
        writer.flush();
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is of a library that is not here
    void format(String format, Object... values) {
        line(format.formatted(values));
    }
}
