package faultline.cli.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the user sees of a bug of ours: one line, and a file that can be pasted into an issue.
public final class CrashReport {

    private CrashReport() {}

    /// Reports `cause` on standard error; returns the exit status. Must not fail itself, also when
    /// memory is short.
    public static int print(List<String> commandLine, Throwable cause) {
        Path file = null;
        try {
            file = Files.createTempFile("faultline-report-", ".txt");
            Files.writeString(file, text(commandLine, cause));
        } catch (IOException | RuntimeException | OutOfMemoryError _) {
            file = null;
        }
        say(cause, file);
        return Exit.BUG;
    }

    private static void say(Throwable cause, @Nullable Path file) {
        System.err.println("faultline: this is a bug in Faultline: " + cause
                + (file == null ? "" : "; please report it with " + file));
        if (file == null) {
            cause.printStackTrace(System.err);
        }
    }

    /// The report: what ran where, and how it failed.
    public static String text(List<String> commandLine, Throwable cause) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println("faultline " + Version.NUMBER);
        out.println("command line: faultline " + String.join(" ", commandLine));
        out.println("java: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        out.println("host: " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + Quantities.bytes(Runtime.getRuntime().maxMemory()) + " heap");
        out.println();
        cause.printStackTrace(out);
        out.flush();
        return text.toString();
    }
}
