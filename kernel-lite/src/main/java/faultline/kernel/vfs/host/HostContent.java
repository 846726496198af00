package faultline.kernel.vfs.host;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The contents of a regular file of the host. Its channel is open only while some guest has the file open.
final class HostContent {

    private final boolean mayWrite;

    // Guarded by this monitor.
    private HostPlace place;
    private @Nullable FileChannel channel;
    private boolean channelWrites;

    HostContent(HostPlace place, boolean mayWrite) {
        this.place = place;
        this.mayWrite = mayWrite;
    }

    synchronized HostPlace place() {
        return place;
    }

    /// The file has this name now.
    synchronized void moveTo(HostPlace to) {
        place = to;
    }

    /// EACCES when the host lets us read it no more than a path would.
    void requireReadable() {
        if (!Files.isReadable(place().path())) {
            throw Errno.EACCES.exception();
        }
    }

    private FileChannel channel(boolean forWriting) throws IOException {
        FileChannel open = channel;
        if (open != null && open.isOpen() && (channelWrites || !forWriting)) {
            return open;
        }
        Path path = place.verified();
        boolean writes = forWriting || mayWrite && Files.isWritable(path);
        Set<OpenOption> options = writes
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        close();
        open = FileChannel.open(path, options);
        channel = open;
        channelWrites = writes;
        return open;
    }

    /// Reads up to `length` bytes at `offset` to RAM; returns how many there were. EIO when the host fails.
    synchronized int read(long offset, PhysicalMemory ram, long pa, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try {
            FileChannel open = channel(false);
            while (buffer.hasRemaining()) {
                if (open.read(buffer, offset + buffer.position()) < 0) {
                    break;
                }
            }
        } catch (IOException failure) {
            throw Errno.EIO.exception();
        }
        ram.write(pa, buffer.array(), 0, buffer.position());
        return buffer.position();
    }

    synchronized void write(long offset, byte[] from, int at, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(from, at, length);
        try {
            FileChannel open = channel(true);
            long position = offset;
            while (buffer.hasRemaining()) {
                position += open.write(buffer, position);
            }
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    synchronized void resize(long size) {
        try {
            FileChannel open = channel(true);
            if (size < open.size()) {
                open.truncate(size);
            } else if (size > open.size()) {
                open.write(ByteBuffer.allocate(1), size - 1);
            }
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    /// Opens the file so that it stays reachable without its name.
    synchronized void hold() {
        try {
            channel(false);
        } catch (IOException unreadable) {
            // Nobody can read it by name either.
            close();
        }
    }

    synchronized void force() {
        try {
            channel(true).force(true);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    /// Lets go of the host's descriptor.
    synchronized void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException ignored) {
                // Everything was written before; there is nothing left to lose.
            }
        }
    }
}
