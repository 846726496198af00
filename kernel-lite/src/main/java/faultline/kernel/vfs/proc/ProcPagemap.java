package faultline.kernel.vfs.proc;

import faultline.kernel.Errno;
import faultline.kernel.mm.Pagemap;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.nio.ByteBuffer;

/// `/proc/PID/pagemap`: eight bytes a page, at eight times the page's number.
final class ProcPagemap extends Inode {

    /// What one piece of a read looks at, under one hold of mmap_lock.
    private static final int WALK_PAGES = 512;

    private final ProcessInfo process;

    ProcPagemap(FileSystem fileSystem, Credentials owner, ProcessInfo process) {
        super(fileSystem, fileSystem.nextInode(), FileMode.S_IFREG | 0400, owner);
        this.process = process;
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        // CAP_SYS_ADMIN counts of who opened it.
        return new File(path, flags, process, Caller.current().credentials().isSuperuser());
    }

    @Override
    public void truncate(long size) {}

    private static final class File extends OpenFile {

        private final ProcessInfo process;
        private final boolean showPfn;

        File(VfsPath path, int flags, ProcessInfo process, boolean showPfn) {
            super(path, flags);
            this.process = process;
            this.showPfn = showPfn;
        }

        @Override
        public boolean isSeekable() {
            return true;
        }

        /// EINVAL unless whole entries are asked for.
        @Override
        public int readAt(long offset, byte[] to, int at, int length) {
            if (offset % Pagemap.ENTRY_BYTES != 0 || length % Pagemap.ENTRY_BYTES != 0) {
                throw Errno.EINVAL.exception();
            }
            ByteBuffer buffer = ByteBuffer.wrap(to, at, length)
                    .order(Caller.current().memory().byteOrder());
            long first = offset / Pagemap.ENTRY_BYTES;
            while (buffer.hasRemaining()) {
                int most = Math.min(WALK_PAGES, buffer.remaining() / Pagemap.ENTRY_BYTES);
                long[] entries = process.pagemap(first, most, showPfn);
                for (long entry : entries) {
                    buffer.putLong(entry);
                }
                first += entries.length;
                if (entries.length < most) {
                    break;
                }
            }
            return buffer.position() - at;
        }

        /// `do_pagemap_cmd`.
        @Override
        public long ioctl(int command, long argument, UserMemory memory) {
            if (command != Ioctls.PAGEMAP_SCAN) {
                throw Errno.EINVAL.exception();
            }
            return process.pagemapScan(memory, argument);
        }

        @Override
        public int writeAt(long offset, byte[] from, int at, int length) {
            throw Errno.EINVAL.exception();
        }

        @Override
        protected int append(byte[] from, int at, int length) {
            return writeAt(0, from, at, length);
        }
    }
}
