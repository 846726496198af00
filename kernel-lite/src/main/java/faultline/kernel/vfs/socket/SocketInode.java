package faultline.kernel.vfs.socket;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;

/// The inode behind `socket:[N]`.
final class SocketInode extends Inode {

    SocketInode(FileSystem sockets, Credentials owner) {
        super(sockets, sockets.nextInode(), FileMode.S_IFSOCK | 0777, owner);
    }
}
