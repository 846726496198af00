package faultline.kernel.vfs.host;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/// A standard stream of the emulator's own process, as bytes. Its reads and writes block on the
/// host.
public final class HostStream {

    /// What a stream is when the host cannot say: a pipe.
    private static final int UNKNOWN_MODE = 0010600;

    private final int number;
    private final FileChannel channel;
    private final Path link;

    /// The descriptors are the process's own and stay open: closing one would hand its number to
    /// somebody else.
    private HostStream(int number, FileChannel channel) {
        this(number, channel, Path.of("/proc/self/fd/" + number));
    }

    private HostStream(int number, FileChannel channel, Path link) {
        this.number = number;
        this.channel = channel;
        this.link = link;
    }

    // The streams are the process's own and must never be closed, so nothing owns them.
    @SuppressWarnings("resource")
    public static HostStream input() {
        return new HostStream(0, new FileInputStream(FileDescriptor.in).getChannel());
    }

    @SuppressWarnings("resource")
    public static HostStream output() {
        return new HostStream(1, new FileOutputStream(FileDescriptor.out).getChannel());
    }

    @SuppressWarnings("resource")
    public static HostStream error() {
        return new HostStream(2, new FileOutputStream(FileDescriptor.err).getChannel());
    }

    /// An open file of the host in place of a stream; who opened the channel closes it.
    public static HostStream of(int number, FileChannel channel, Path file) {
        return new HostStream(number, channel, file.toAbsolutePath());
    }

    /// A stream over any channel, for embedders and tests.
    public static HostStream of(int number, FileChannel channel) {
        return new HostStream(number, channel);
    }

    /// A file of the host in place of a stream: what a shell's `<` and `>` do. It stays open.
    @SuppressWarnings("resource")
    public static HostStream file(int number, Path file, OpenOption... how) throws IOException {
        return new HostStream(number, FileChannel.open(file, how), file.toAbsolutePath());
    }

    /// 0, 1 or 2.
    int number() {
        return number;
    }

    /// What the host's `fstat` says; a bare pipe where the host has no `/proc`.
    HostAttributes attributes() {
        try {
            return HostAttributes.follow(link);
        } catch (IOException noProc) {
            return HostAttributes.ofMode(UNKNOWN_MODE);
        }
    }

    /// What the host calls it: a path, or `pipe:[7]`.
    String name() {
        try {
            Path target = Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : link;
            return HostPlace.encode(target.toString());
        } catch (IOException noProc) {
            return "pipe:[" + number + "]";
        }
    }

    /// Reads at the host's own file offset; -1 at the end.
    int read(byte[] to, int at, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(to, at, length));
    }

    /// Writes at the host's own file offset.
    void write(byte[] from, int at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(from, at, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    int readAt(long offset, byte[] to, int at, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(to, at, length), offset);
    }

    int writeAt(long offset, byte[] from, int at, int length) throws IOException {
        return channel.write(ByteBuffer.wrap(from, at, length), offset);
    }

    long position() throws IOException {
        return channel.position();
    }

    void position(long to) throws IOException {
        channel.position(to);
    }

    long size() throws IOException {
        return channel.size();
    }

    void truncate(long size) throws IOException {
        channel.truncate(size);
    }
}
