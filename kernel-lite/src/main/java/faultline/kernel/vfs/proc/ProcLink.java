package faultline.kernel.vfs.proc;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.VfsPath;
import org.jspecify.annotations.Nullable;

/// A link of `/proc`: to a text, or straight to a place that may have no name any more (`exe`, `fd/3`).
final class ProcLink extends Inode {

    /// What `lstat` shows as the size of a link that jumps.
    private static final long JUMP_SIZE = 64;

    /// Finds the place; null when it is gone.
    @FunctionalInterface
    interface Place {
        @Nullable
        VfsPath find();
    }

    private final @Nullable String text;
    private final @Nullable Place place;

    private ProcLink(
            FileSystem fileSystem, int permissions, Credentials owner, @Nullable String text, @Nullable Place place) {
        super(fileSystem, fileSystem.nextInode(), FileMode.S_IFLNK | permissions, owner);
        this.text = text;
        this.place = place;
    }

    static ProcLink to(FileSystem fileSystem, String text) {
        return new ProcLink(fileSystem, 0777, Credentials.ROOT, text, null);
    }

    static ProcLink jump(FileSystem fileSystem, int permissions, Credentials owner, Place place) {
        return new ProcLink(fileSystem, permissions, owner, null, place);
    }

    private VfsPath place(Place finder) {
        VfsPath found = finder.find();
        if (found == null) {
            throw Errno.ENOENT.exception();
        }
        return found;
    }

    @Override
    public String readLink() {
        if (place != null) {
            return place(place).text(Caller.current().fs().root());
        }
        if (text == null) {
            throw Errno.EINVAL.exception();
        }
        return text;
    }

    @Override
    public @Nullable VfsPath jump() {
        return place == null ? null : place(place);
    }

    @Override
    public long size() {
        return place == null ? 0 : JUMP_SIZE;
    }
}
