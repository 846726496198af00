package faultline.kernel.vfs.host;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DirectoryFile;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of the host that the guest changes. FIFOs and device nodes cannot be made in it: EPERM.
final class ThroughDirectory extends Inode implements HostNamed {

    private final ThroughFileSystem fileSystem;

    private volatile HostPlace place;
    private volatile long size;

    ThroughDirectory(ThroughFileSystem fileSystem, HostPlace place, HostAttributes attributes) {
        super(
                fileSystem,
                attributes.inode(),
                attributes.mode(),
                new Credentials(attributes.uid(), attributes.gid(), new int[0]));
        this.fileSystem = fileSystem;
        this.place = place;
        adopt(attributes);
    }

    private void adopt(HostAttributes attributes) {
        setAttributes(attributes.mode(), attributes.uid(), attributes.gid(), attributes.links());
        setAllTimes(attributes.accessed(), attributes.modified(), attributes.changed());
        size = attributes.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public HostPlace place() {
        return place;
    }

    @Override
    public void foundAt(HostPlace at, HostAttributes attributes) {
        place = at;
    }

    @Override
    public void movedTo(HostPlace at) {
        place = at;
    }

    @Override
    public void refresh() {
        HostAttributes now = place.attributes();
        if (now != null) {
            adopt(now);
        }
    }

    @Override
    public @Nullable Inode lookup(String name) {
        HostPlace child = place.child(name);
        HostAttributes attributes = child == null ? null : child.attributes();
        return child == null || attributes == null ? null : fileSystem.inodeFor(child, attributes);
    }

    @Override
    public List<Entry> list() {
        List<Entry> list = new ArrayList<>();
        for (String name : place.names()) {
            HostPlace child = place.child(name);
            HostAttributes attributes = child == null ? null : child.attributes();
            if (attributes != null) {
                list.add(new Entry(name, attributes.inode(), attributes.mode() & S_IFMT));
            }
        }
        return list;
    }

    private HostPlace childPlace(String name) {
        HostPlace child = place.child(name);
        if (child == null) {
            throw Errno.EINVAL.exception();
        }
        return child;
    }

    @Override
    public Inode create(String name, NewInode what) {
        HostPlace child = childPlace(name);
        try {
            Path path = child.verified();
            switch (what.mode() & S_IFMT) {
                case S_IFREG ->
                    Files.newByteChannel(
                                    path,
                                    Set.of(
                                            StandardOpenOption.CREATE_NEW,
                                            StandardOpenOption.WRITE,
                                            LinkOption.NOFOLLOW_LINKS))
                            .close();
                case S_IFDIR -> Files.createDirectory(path);
                case S_IFLNK -> Files.createSymbolicLink(path, Path.of(HostPlace.decode(what.target())));
                default -> throw Errno.EPERM.exception();
            }
            // The host's umask had a say; the guest's has been applied.
            HostChanges.permissions(child, what.mode() & 07777);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
        return found(name);
    }

    private Inode found(String name) {
        Inode made = lookup(name);
        if (made == null) {
            throw Errno.ENOENT.exception();
        }
        return made;
    }

    @Override
    public void link(String name, Inode target) {
        if (!(target instanceof HostNamed named)) {
            throw Errno.EPERM.exception();
        }
        try {
            Files.createLink(childPlace(name).verified(), named.place().verified());
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
        target.addLinks(1);
    }

    @Override
    public void unlink(String name, Inode target) {
        delete(name, target, 1);
    }

    @Override
    public void rmdir(String name, Inode target) {
        delete(name, target, target.nlink());
    }

    private void delete(String name, Inode target, int links) {
        HostPlace child = childPlace(name);
        HostAttributes attributes = child.attributes();
        keepContents(target);
        try {
            Files.delete(child.verified());
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
        if (attributes != null && (attributes.links() <= 1 || target.isDirectory())) {
            fileSystem.forget(attributes);
        }
        target.unlinked(links);
    }

    /// A file that is still open must not lose what it can no longer open by name.
    private static void keepContents(Inode target) {
        if (target instanceof ThroughFile file) {
            file.holdOpen();
        }
    }

    @Override
    public void rename(String name, Inode moved, Inode toDirectory, String toName, @Nullable Inode replaced) {
        HostPlace from = childPlace(name);
        HostPlace to = ((ThroughDirectory) toDirectory).childPlace(toName);
        if (replaced != null) {
            keepContents(replaced);
        }
        HostAttributes overwritten = to.attributes();
        try {
            Files.move(from.verified(), to.verified(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
        if (replaced != null) {
            if (overwritten != null && (overwritten.links() <= 1 || replaced.isDirectory())) {
                fileSystem.forget(overwritten);
            }
            replaced.unlinked(replaced.isDirectory() ? replaced.nlink() : 1);
        }
        HostAttributes attributes = to.attributes();
        if (moved instanceof HostNamed named && attributes != null) {
            named.foundAt(to, attributes);
            fileSystem.rebase(from, to);
        }
    }

    @Override
    public void setPermissions(int permissions) {
        HostChanges.permissions(place, permissions);
        super.setPermissions(permissions);
    }

    @Override
    public void setOwner(int newUid, int newGid) {
        HostChanges.owner(place, newUid, newGid);
        super.setOwner(newUid, newGid);
    }

    @Override
    public void setTimes(@Nullable Instant access, @Nullable Instant modification) {
        HostChanges.times(place, access, modification);
        super.setTimes(access, modification);
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new DirectoryFile(path, flags);
    }
}
