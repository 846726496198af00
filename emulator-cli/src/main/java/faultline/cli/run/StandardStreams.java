package faultline.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What our own standard streams are.
public final class StandardStreams {

    public static final int INPUT = 0;
    public static final int OUTPUT = 1;
    public static final int ERROR = 2;

    private StandardStreams() {}

    /// Looks at where the descriptor leads: a native `isatty` would cost a linker at start-up.
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }
}
