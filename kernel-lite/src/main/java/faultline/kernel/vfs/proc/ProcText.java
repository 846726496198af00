package faultline.kernel.vfs.proc;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A file whose contents are made when it is read from the start; its size is 0, as in Linux.
final class ProcText extends Inode {

    /// Makes the contents.
    @FunctionalInterface
    interface Source {
        byte[] bytes();
    }

    /// Makes the contents as text of ASCII or bytes-as-chars.
    @FunctionalInterface
    interface TextSource {
        String text();
    }

    /// Takes what is written.
    @FunctionalInterface
    interface Target {
        void write(String text);
    }

    private final Source source;
    private final @Nullable Target target;

    private ProcText(
            FileSystem fileSystem, int permissions, Credentials owner, Source source, @Nullable Target target) {
        super(fileSystem, fileSystem.nextInode(), FileMode.S_IFREG | permissions, owner);
        this.source = source;
        this.target = target;
    }

    static ProcText of(FileSystem fileSystem, Credentials owner, TextSource source) {
        return bytes(fileSystem, 0444, owner, () -> source.text().getBytes(StandardCharsets.ISO_8859_1));
    }

    static ProcText bytes(FileSystem fileSystem, int permissions, Credentials owner, Source source) {
        return new ProcText(fileSystem, permissions, owner, source, null);
    }

    static ProcText writable(FileSystem fileSystem, Credentials owner, TextSource source, Target target) {
        return writable(fileSystem, 0644, owner, source, target);
    }

    static ProcText writable(
            FileSystem fileSystem, int permissions, Credentials owner, TextSource source, Target target) {
        return new ProcText(
                fileSystem, permissions, owner, () -> source.text().getBytes(StandardCharsets.ISO_8859_1), target);
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new File(path, flags, source, target);
    }

    /// O_TRUNC and truncate do nothing here.
    @Override
    public void truncate(long size) {}

    private static final class File extends OpenFile {

        private final Source source;
        private final @Nullable Target target;

        // Guarded by this monitor.
        private byte @Nullable [] contents;

        File(VfsPath path, int flags, Source source, @Nullable Target target) {
            super(path, flags);
            this.source = source;
            this.target = target;
        }

        @Override
        public boolean isSeekable() {
            return true;
        }

        @Override
        public int readAt(long offset, byte[] to, int at, int length) {
            byte[] bytes = contents(offset == 0);
            if (offset >= bytes.length) {
                return 0;
            }
            int count = (int) Math.min(length, bytes.length - offset);
            System.arraycopy(bytes, (int) offset, to, at, count);
            return count;
        }

        /// The source may take locks and steps, so no monitor is held while it works.
        private byte[] contents(boolean fresh) {
            synchronized (this) {
                byte[] known = contents;
                if (known != null && !fresh) {
                    return known;
                }
            }
            byte[] made = source.bytes();
            keep(made);
            return made;
        }

        private synchronized void keep(byte[] made) {
            heap().charge(made.length, Errno.ENOMEM);
            heap().release(contents == null ? 0 : contents.length);
            contents = made;
        }

        private KernelHeap heap() {
            return inodeObject().fileSystem().heap();
        }

        @Override
        protected synchronized void release() {
            heap().release(contents == null ? 0 : contents.length);
            contents = null;
        }

        @Override
        public int writeAt(long offset, byte[] from, int at, int length) {
            if (target == null) {
                throw Errno.EIO.exception();
            }
            target.write(new String(from, at, length, StandardCharsets.ISO_8859_1));
            return length;
        }

        @Override
        protected int append(byte[] from, int at, int length) {
            return writeAt(0, from, at, length);
        }
    }
}
