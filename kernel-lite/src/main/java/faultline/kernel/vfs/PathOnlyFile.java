package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.uaccess.UserMemory;

/// What O_PATH opens: a place, not its contents. Everything that needs a real file is EBADF.
final class PathOnlyFile extends OpenFile {

    PathOnlyFile(VfsPath path, int flags) {
        super(path, flags);
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        throw Errno.EBADF.exception();
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        throw Errno.EBADF.exception();
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        throw Errno.EBADF.exception();
    }

    @Override
    public void sync() {
        throw Errno.EBADF.exception();
    }

    @Override
    public PageCache pages() {
        throw Errno.EBADF.exception();
    }
}
