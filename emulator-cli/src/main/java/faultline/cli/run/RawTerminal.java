package faultline.cli.run;

import faultline.kernel.vfs.tty.HostTerminal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/// The terminal that standard input is, in raw mode until the end.
///
/// `stty` changes the mode: one process of a millisecond, where a terminal library would cost more
/// than the rest of the start. A shutdown hook restores it on every way out of the JVM that Java
/// sees.
final class RawTerminal implements HostTerminal {

    private static final Size UNKNOWN = new Size(24, 80, 0, 0);
    private static final int BUFFER_BYTES = 4096;

    private final String saved;
    private final AtomicBoolean raw = new AtomicBoolean(true);
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final Thread hook = new Thread(this::restore, "restore-terminal");
    private volatile Size size;

    private RawTerminal(String saved, Size size) {
        this.saved = saved;
        this.size = size;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Puts the terminal into raw mode; null when it cannot be.
    static @Nullable RawTerminal open() {
        List<String> said = stty("stty -g && stty size && stty raw -echo");
        return said.size() < 2 ? null : new RawTerminal(said.get(0), size(said.get(1)));
    }

    private static Size size(String text) {
        String[] words = text.split(" ");
        try {
            int rows = Integer.parseInt(words[0]);
            int columns = words.length > 1 ? Integer.parseInt(words[1]) : 0;
            return rows > 0 && columns > 0 ? new Size(rows, columns, 0, 0) : UNKNOWN;
        } catch (NumberFormatException _) {
            return UNKNOWN;
        }
    }

    /// What `stty` prints, line by line; nothing when it fails.
    private static List<String> stty(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return process.waitFor() == 0 ? text.lines().toList() : List.of();
        } catch (IOException _) {
            return List.of();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    boolean isRaw() {
        return raw.get();
    }

    /// Puts the mode back. Nothing happens the second time.
    void restore() {
        if (raw.compareAndSet(true, false)) {
            List<String> _ = stty("stty " + saved);
        }
    }

    @Override
    public void start(Listener listener) {
        Thread reader = new Thread(() -> read(listener), "terminal");
        reader.setDaemon(true);
        reader.start();
        Signals.register("WINCH", () -> {
            List<String> said = stty("stty size");
            if (!said.isEmpty()) {
                size = size(said.getFirst());
                listener.resized(size);
            }
        });
    }

    // The descriptor is the process's own and stays open.
    @SuppressWarnings("resource")
    private static void read(Listener listener) {
        InputStream in = new FileInputStream(FileDescriptor.in);
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            int length;
            while ((length = in.read(buffer)) >= 0) {
                listener.input(buffer, 0, length);
            }
        } catch (IOException _) {
            // The terminal is gone, which the listener is told.
        }
        listener.hangUp();
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
        out.write(from, at, length);
    }

    @Override
    public Size size() {
        return size;
    }
}
