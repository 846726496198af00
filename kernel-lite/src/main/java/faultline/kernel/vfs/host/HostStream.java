package faultline.kernel.vfs.host;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A standard stream of the emulator's own process, as bytes. Its reads and writes block on the host.
public final class HostStream {

    /// What a stream is when the host cannot say: a pipe.
    private static final int UNKNOWN_MODE = 0010600;

    private final int number;
    private final FileChannel channel;

    /// The descriptors are the process's own and stay open: closing one would hand its number to somebody else.
    private HostStream(int number, FileChannel channel) {
        this.number = number;
        this.channel = channel;
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

    /// A stream over any channel, for embedders and tests.
    public static HostStream of(int number, FileChannel channel) {
        return new HostStream(number, channel);
    }

    /// 0, 1 or 2.
    int number() {
        return number;
    }

    private Path link() {
        return Path.of("/proc/self/fd/" + number);
    }

    /// What the host's `fstat` says; a bare pipe where the host has no `/proc`.
    HostAttributes attributes() {
        try {
            return HostAttributes.follow(link());
        } catch (IOException noProc) {
            return HostAttributes.ofMode(UNKNOWN_MODE);
        }
    }

    /// What the host calls it: a path, or `pipe:[7]`.
    String name() {
        try {
            return HostPlace.encode(Files.readSymbolicLink(link()).toString());
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
