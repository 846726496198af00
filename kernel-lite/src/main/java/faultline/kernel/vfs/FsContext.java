package faultline.kernel.vfs;

/// Root, current directory and umask of a process, or of several that share them (CLONE_FS): `fs_struct`.
public final class FsContext {

    private final Namespace namespace;

    // Guarded by this monitor.
    private VfsPath root;
    private VfsPath current;
    private int umask;

    public FsContext(Namespace namespace, VfsPath root, VfsPath current, int umask) {
        this.namespace = namespace;
        this.root = root;
        this.current = current;
        this.umask = umask;
    }

    /// The tree its paths are in.
    public Namespace namespace() {
        return namespace;
    }

    public synchronized VfsPath root() {
        return root;
    }

    public synchronized VfsPath current() {
        return current;
    }

    public synchronized int umask() {
        return umask;
    }

    /// Sets the umask; returns the one before.
    public synchronized int setUmask(int mask) {
        int before = umask;
        umask = mask & 0777;
        return before;
    }

    /// chdir: `directory` has been looked up and may be searched.
    public synchronized void changeDirectory(VfsPath directory) {
        current = directory;
    }

    /// chroot.
    public synchronized void changeRoot(VfsPath directory) {
        root = directory;
    }

    /// For fork without CLONE_FS.
    public synchronized FsContext copy() {
        return new FsContext(namespace, root, current, umask);
    }
}
