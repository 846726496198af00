package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The streams of a run that nobody watches: nothing on standard input, and both outputs in one file.
final class FileStreams {

    static final Path NOTHING = Path.of("/dev/null");

    private FileStreams() {}

    static FileChannel openNothing() throws IOException {
        return FileChannel.open(NOTHING);
    }

    /// Opens a file that is overwritten, and made if need be.
    static FileChannel openOutput(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    static Streams of(FileChannel in, FileChannel out) {
        return new Streams(HostStream.of(0, in), HostStream.of(1, out), HostStream.of(2, out), null);
    }
}
