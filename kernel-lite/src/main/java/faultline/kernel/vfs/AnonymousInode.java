package faultline.kernel.vfs;

/// The inode behind `anon_inode:[eventfd]` and the like: attributes, no contents.
public final class AnonymousInode extends Inode {

    public AnonymousInode(FileSystem fileSystem, Credentials owner) {
        super(fileSystem, fileSystem.nextInode(), 0600, owner);
    }
}
