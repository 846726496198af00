package faultline.kernel.vfs.host;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.mem.MemoryDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of the overlay: names made or changed here, then those of the host that no whiteout hides.
///
/// A directory that is renamed takes its host directory along: the inode knows where it reads from.
final class OverlayDirectory extends MemoryDirectory implements LowerBacked {

    private final OverlayFileSystem fileSystem;
    private final @Nullable HostPlace place;

    // Guarded by this monitor.
    private final Set<String> whiteouts = new HashSet<>();
    private @Nullable HostAttributes known;
    private boolean detached;

    /// A directory of the host.
    OverlayDirectory(OverlayFileSystem fileSystem, HostPlace place, HostAttributes attributes) {
        super(
                fileSystem,
                attributes.inode(),
                fileSystem.caches(),
                attributes.mode(),
                new Credentials(attributes.uid(), attributes.gid(), new int[0]));
        this.fileSystem = fileSystem;
        this.place = place;
        this.known = attributes;
        adopt(attributes);
    }

    /// A new directory, in memory only.
    OverlayDirectory(OverlayFileSystem fileSystem, int mode, Credentials owner) {
        super(fileSystem, fileSystem.upperInode(), fileSystem.caches(), mode, owner);
        this.fileSystem = fileSystem;
        this.place = null;
    }

    private void adopt(HostAttributes attributes) {
        setAttributes(attributes.mode(), attributes.uid(), attributes.gid(), attributes.links());
        setAllTimes(attributes.accessed(), attributes.modified(), attributes.changed());
    }

    @Override
    public synchronized void refresh() {
        if (place != null && !detached) {
            HostAttributes now = place.attributes();
            if (now != null) {
                known = now;
                adopt(now);
            }
        }
    }

    @Override
    public synchronized boolean isGone() {
        if (place == null || detached || known == null) {
            return false;
        }
        HostAttributes now = place.attributes();
        return now == null || !now.key().equals(known.key());
    }

    @Override
    public synchronized @Nullable Inode lookup(String name) {
        Inode here = super.lookup(name);
        if (here != null && !(here instanceof LowerBacked lower && lower.isGone())) {
            return here;
        }
        if (here != null) {
            drop(name);
        }
        return place == null || whiteouts.contains(name) ? null : lookupLower(place, name);
    }

    private @Nullable Inode lookupLower(HostPlace directory, String name) {
        HostPlace child = directory.child(name);
        if (child == null) {
            return null;
        }
        HostAttributes attributes = child.attributes();
        if (attributes == null) {
            return null;
        }
        Inode found = fileSystem.inodeFor(child, attributes);
        if (found instanceof LowerBacked lower && lower.isGone()) {
            // The host reused the number of a file that was removed.
            fileSystem.forget(attributes);
            found = fileSystem.inodeFor(child, attributes);
        }
        put(name, found);
        return found;
    }

    @Override
    public synchronized List<Entry> list() {
        if (place == null) {
            return super.list();
        }
        List<Entry> list = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        for (String name : place.names()) {
            if (super.lookup(name) != null || whiteouts.contains(name)) {
                continue;
            }
            HostPlace child = place.child(name);
            HostAttributes attributes = child == null ? null : child.attributes();
            if (attributes != null && listed.add(name)) {
                list.add(new Entry(name, attributes.inode(), attributes.mode() & FileMode.S_IFMT));
            }
        }
        for (Entry entry : super.list()) {
            if (lookup(entry.name()) != null) {
                list.add(entry);
            }
        }
        // One order, whether an entry has been touched or not.
        list.sort((one, other) -> one.name().compareTo(other.name()));
        return list;
    }

    @Override
    public long size() {
        synchronized (this) {
            return known != null && !detached ? known.size() : 4096;
        }
    }

    @Override
    public long blocks() {
        return (size() + 4095) / 4096 * 8;
    }

    @Override
    protected Inode makeFile(int permissions, Credentials owner) {
        return new OverlayFile(fileSystem, permissions, owner);
    }

    @Override
    protected Inode makeDirectory(int mode, Credentials owner) {
        return new OverlayDirectory(fileSystem, mode, owner);
    }

    @Override
    protected long newInode() {
        return fileSystem.upperInode();
    }

    @Override
    protected synchronized void remove(String name) {
        HostPlace below = place == null ? null : place.child(name);
        if (below != null && below.attributes() != null) {
            whiteouts.add(name);
        }
        drop(name);
    }

    @Override
    protected void changed() {
        detach();
        super.changed();
    }

    private synchronized void detach() {
        detached = true;
    }

    @Override
    public void setPermissions(int permissions) {
        detach();
        super.setPermissions(permissions);
    }

    @Override
    public void setOwner(int newUid, int newGid) {
        detach();
        super.setOwner(newUid, newGid);
    }

    @Override
    public void setTimes(@Nullable Instant access, @Nullable Instant modification) {
        detach();
        super.setTimes(access, modification);
    }
}
