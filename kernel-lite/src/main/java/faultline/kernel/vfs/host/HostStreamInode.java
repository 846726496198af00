package faultline.kernel.vfs.host;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;
import java.io.IOException;

/// The inode of a standard stream: shows the kind and attributes of the host's file.
public final class HostStreamInode extends Inode {

    private final HostStream stream;
    private final HostInput input;
    private volatile HostAttributes known;

    private HostStreamInode(PseudoFileSystem fileSystem, HostStream stream, HostAttributes attributes) {
        super(
                fileSystem,
                attributes.inode(),
                attributes.mode(),
                new Credentials(attributes.uid(), attributes.gid(), new int[0]));
        this.stream = stream;
        this.input = new HostInput(stream);
        this.known = attributes;
    }

    /// Opens a standard stream with an access mode.
    public static OpenFile open(PseudoFileSystem fileSystem, HostStream stream, int access) {
        HostStreamInode inode = new HostStreamInode(fileSystem, stream, stream.attributes());
        inode.refresh();
        return inode.open(fileSystem.path(stream.name(), inode), access);
    }

    @Override
    public void refresh() {
        HostAttributes now = stream.attributes();
        known = now;
        setAttributes(now.mode(), now.uid(), now.gid(), now.links());
        setAllTimes(now.accessed(), now.modified(), now.changed());
    }

    @Override
    public long size() {
        refresh();
        return known.size();
    }

    @Override
    public long rdev() {
        return known.rdev();
    }

    /// Also through `/dev/stdin` and `/proc/self/fd/0`: the same stream again.
    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new HostStreamFile(path, flags, stream, input);
    }

    @Override
    public void truncate(long size) {
        if (!isRegular()) {
            throw Errno.EINVAL.exception();
        }
        try {
            stream.truncate(size);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    /// The host's file keeps its own rights and times.
    @Override
    public void touchModified() {}

    @Override
    public void touchAccessed() {}
}
