package faultline.kernel.vfs.mem;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;

/// What has no contents of its own: a device node, a socket's name, a symbolic link.
public final class MemoryNode extends Inode {

    private final long device;
    private final String target;

    private MemoryNode(FileSystem fileSystem, long number, int mode, Credentials owner, long device, String target) {
        super(fileSystem, number, mode, owner);
        this.device = device;
        this.target = target;
    }

    public static MemoryNode device(FileSystem fileSystem, long number, int mode, Credentials owner, long device) {
        return new MemoryNode(fileSystem, number, mode, owner, device, "");
    }

    public static MemoryNode link(FileSystem fileSystem, long number, Credentials owner, String target) {
        return new MemoryNode(fileSystem, number, FileMode.S_IFLNK | 0777, owner, 0, target);
    }

    @Override
    public long rdev() {
        return device;
    }

    @Override
    public long size() {
        return target.length();
    }

    @Override
    public long blocks() {
        return 0;
    }

    @Override
    public String readLink() {
        return isSymlink() ? target : super.readLink();
    }
}
