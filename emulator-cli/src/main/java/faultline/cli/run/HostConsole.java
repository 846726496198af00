package faultline.cli.run;

import faultline.kernel.boot.KernelOptions;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The standard streams for a guest: the terminal in raw mode where standard input is one, plain
/// streams otherwise.
///
/// A run in the background of a shell leaves the terminal alone: changing its mode would stop it.
final class HostConsole implements AutoCloseable {

    private final @Nullable RawTerminal terminal;
    private final KernelOptions.Streams streams;

    private HostConsole(@Nullable RawTerminal terminal) {
        this.terminal = terminal;
        boolean raw = terminal != null;
        this.streams = new KernelOptions.Streams(
                raw ? null : HostStream.input(),
                raw && StandardStreams.isTerminal(StandardStreams.OUTPUT) ? null : HostStream.output(),
                raw && StandardStreams.isTerminal(StandardStreams.ERROR) ? null : HostStream.error(),
                terminal);
    }

    static HostConsole open() throws IOException {
        return new HostConsole(
                StandardStreams.isTerminal(StandardStreams.INPUT) && isForeground() ? RawTerminal.open() : null);
    }

    KernelOptions.Streams streams() {
        return streams;
    }

    /// Shows a line of ours, whatever mode the terminal is in.
    void show(String line) {
        if (terminal != null && terminal.isRaw()) {
            System.err.print(line.replace("\n", "\r\n") + "\r\n");
            System.err.flush();
        } else {
            System.err.println(line);
        }
    }

    /// Gives the terminal back as it was.
    @Override
    public void close() {
        if (terminal != null) {
            terminal.restore();
        }
    }

    /// Whether our process group is the terminal's foreground one (`pgrp` and `tpgid` of proc(5)'s
    /// stat).
    private static boolean isForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // The name in parentheses may hold blanks.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[2].equals(fields[5]);
        } catch (IOException _) {
            return false;
        }
    }
}
