package faultline.kernel.vfs;

import faultline.kernel.KernelHeap;

/// A file system that is mounted nowhere: pipes, sockets, event files. Its files have a name like `pipe:[7]`.
public final class PseudoFileSystem extends FileSystem {

    private final Inode root;
    private final long magic;

    // The root needs its file system, which is complete but for it.
    @SuppressWarnings("this-escape")
    public PseudoFileSystem(String type, int device, long magic, Clock clock, KernelHeap heap) {
        super(type, device, clock, heap);
        this.magic = magic;
        this.root = new Inode(this, nextInode(), FileMode.S_IFDIR | 0555, Credentials.ROOT) {};
    }

    /// The place of a file that only descriptors lead to.
    public VfsPath path(String name, Inode inode) {
        Dentry dentry = Dentry.root(name, inode);
        return new VfsPath(new Mount(this, dentry, null, type(), false), dentry);
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        return new Usage(magic, 0, 0, 0, 0);
    }
}
