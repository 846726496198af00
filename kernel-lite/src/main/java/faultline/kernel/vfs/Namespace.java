package faultline.kernel.vfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tree of mounts that paths are looked up in, and the one lock under which names change.
///
/// Mounts are made while the machine is put together and read without a lock afterwards. The tree lock is a plain
/// monitor: its holder looks names up and changes directories, and never waits for a task, touches user memory or
/// passes a step.
public final class Namespace {

    private final Object treeLock = new Object();

    // Replaced as a whole under treeLock; pairs with the volatile reads in walks.
    private volatile List<Mount> mounts = List.of();
    private volatile Map<Dentry, Mount> byMountPoint = Map.of();

    private final Devices devices = new Devices();

    /// The drivers of device nodes.
    public Devices devices() {
        return devices;
    }

    /// The monitor that guards which names exist.
    Object treeLock() {
        return treeLock;
    }

    /// Mounts the root of the tree.
    public VfsPath mountRoot(FileSystem fileSystem, String source) {
        if (!mounts.isEmpty()) {
            throw new IllegalStateException("vfs: the root is mounted already");
        }
        Mount mount = new Mount(fileSystem, Dentry.root("", fileSystem.root()), null, source, false);
        mounts = List.of(mount);
        return new VfsPath(mount, mount.root());
    }

    /// Mounts a file system, or one file of it when `root` is that file, over `at`.
    public Mount mount(FileSystem fileSystem, Inode root, VfsPath at, String source, boolean readOnly) {
        synchronized (treeLock) {
            Mount mount = new Mount(fileSystem, Dentry.root("", root), at, source, readOnly);
            List<Mount> grown = new ArrayList<>(mounts);
            grown.add(mount);
            Map<Dentry, Mount> points = new HashMap<>(byMountPoint);
            points.put(at.dentry(), mount);
            mounts = List.copyOf(grown);
            byMountPoint = Map.copyOf(points);
            return mount;
        }
    }

    /// All mounts, the root first.
    public List<Mount> mounts() {
        return mounts;
    }

    /// The top of the tree.
    public VfsPath root() {
        Mount mount = mounts.getFirst();
        return new VfsPath(mount, mount.root());
    }

    /// What is seen at a place: the root of the file system mounted there, or the place itself.
    VfsPath crossMounts(VfsPath path) {
        VfsPath at = path;
        Map<Dentry, Mount> points = byMountPoint;
        for (Mount mount = points.get(at.dentry()); mount != null; mount = points.get(at.dentry())) {
            VfsPath under = mount.at();
            if (under == null || under.mount() != at.mount()) {
                break;
            }
            at = new VfsPath(mount, mount.root());
        }
        return at;
    }

    boolean isMountPoint(Dentry dentry) {
        return byMountPoint.containsKey(dentry);
    }

    /// Looks a path up for the kernel itself, from the top and with all rights.
    public VfsPath lookup(String path) {
        return new PathWalk(this, root(), root(), Credentials.ROOT).resolve(path, true);
    }

    /// As [#lookup]; null when it does not exist.
    public @Nullable VfsPath find(String path) {
        try {
            return lookup(path);
        } catch (faultline.kernel.ErrnoException notThere) {
            return null;
        }
    }
}
