package faultline.kernel.vfs.dev;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.Devices;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.FileSystem.Clock;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.Inode.NewInode;
import faultline.kernel.vfs.mem.MemoryFileSystem;
import faultline.kernel.vfs.tty.Terminals;

/// `/dev`: the nodes every program expects, `shm`, and `pts` with the terminals there are.
public final class DeviceTree implements Terminals.PtsDirectory {

    /// Of devices without a number of their own.
    public static final int MISC_MAJOR = 10;

    public static final int USERFAULTFD_MINOR = 257;

    private final MemoryFileSystem fileSystem;
    private final Inode pts;

    /// Builds the tree and registers the drivers of its memory devices.
    public DeviceTree(int device, Clock clock, PageCaches caches, Devices devices, RandomSource random) {
        this.fileSystem = new MemoryFileSystem("devtmpfs", device, clock, caches, 0755, Credentials.ROOT);
        MemoryDevice.register(devices, random);
        node("null", 0666, 1, 3);
        node("zero", 0666, 1, 5);
        node("full", 0666, 1, 7);
        node("random", 0666, 1, 8);
        node("urandom", 0666, 1, 9);
        node("tty", 0666, 5, 0);
        node("console", 0600, 5, 1);
        node("ptmx", 0666, 5, 2);
        node("userfaultfd", 0600, MISC_MAJOR, USERFAULTFD_MINOR);
        link("fd", "/proc/self/fd");
        link("stdin", "/proc/self/fd/0");
        link("stdout", "/proc/self/fd/1");
        link("stderr", "/proc/self/fd/2");
        fileSystem.root().create("shm", NewInode.of(S_IFDIR | S_ISVTX | 0777, Credentials.ROOT));
        this.pts = fileSystem.root().create("pts", NewInode.of(S_IFDIR | 0755, Credentials.ROOT));
    }

    public FileSystem fileSystem() {
        return fileSystem;
    }

    /// Adds the node of a disk.
    public void addDisk(String name, long device) {
        fileSystem.root().create(name, new NewInode(S_IFBLK | 0660, "", device, Credentials.ROOT));
    }

    private void node(String name, int permissions, int major, int minor) {
        long device = makeDevice(major, minor);
        fileSystem.root().create(name, new NewInode(S_IFCHR | permissions, "", device, Credentials.ROOT));
    }

    private void link(String name, String target) {
        fileSystem.root().create(name, new NewInode(S_IFLNK | 0777, target, 0, Credentials.ROOT));
    }

    @Override
    public void add(int index, long device) {
        pts.create(Integer.toString(index), new NewInode(S_IFCHR | 0666, "", device, Credentials.ROOT));
    }

    @Override
    public void remove(int index) {
        String name = Integer.toString(index);
        Inode node = pts.lookup(name);
        if (node != null) {
            pts.unlink(name, node);
        }
    }
}
