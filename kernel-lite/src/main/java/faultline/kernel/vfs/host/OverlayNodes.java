package faultline.kernel.vfs.host;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.mem.MemoryNode;
import faultline.kernel.vfs.pipe.FifoInode;

/// Makes the inodes for what a directory of the host holds.
///
/// A FIFO or device of the host is only a name here: the guest gets a FIFO of its own, and the emulator's device.
final class OverlayNodes {

    private OverlayNodes() {}

    static Inode make(OverlayFileSystem fileSystem, HostPlace place, HostAttributes attributes) {
        Credentials owner = new Credentials(attributes.uid(), attributes.gid(), new int[0]);
        int mode = attributes.mode();
        return switch (mode & S_IFMT) {
            case S_IFREG -> new OverlayFile(fileSystem, place, attributes);
            case S_IFDIR -> new OverlayDirectory(fileSystem, place, attributes);
            case S_IFLNK -> MemoryNode.link(fileSystem, attributes.inode(), owner, place.readLink());
            case S_IFIFO -> new FifoInode(fileSystem, attributes.inode(), mode & 07777, owner);
            default -> MemoryNode.device(fileSystem, attributes.inode(), mode, owner, attributes.rdev());
        };
    }
}
