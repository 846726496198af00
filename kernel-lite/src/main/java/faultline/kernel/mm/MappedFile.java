package faultline.kernel.mm;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.FileReadahead;
import faultline.kernel.mm.page.PageCache;
import org.jspecify.annotations.Nullable;

/// What the memory manager sees of an open file that is mapped. The VFS implements it.
public interface MappedFile {

    /// The pages of the file's inode, shared by all its openers.
    PageCache pages();

    /// The path as `/proc/PID/maps` prints it.
    String mapsName();

    /// The device number, `(major << 8) | minor` as maps prints it.
    int device();

    long inode();

    /// How far it is read ahead; null for one whose pages are there at once.
    default @Nullable FileReadahead readahead() {
        return null;
    }

    /// Whether the descriptor permits reads: without it nothing can be mapped (EACCES).
    boolean readable();

    /// Whether it permits writes: needed for a shared writable mapping.
    boolean writable();

    /// Whether it is a swap area in use, to which nobody may write but the kernel.
    default boolean isSwapFile() {
        return false;
    }

    /// Whether seals keep stores through new mappings from it: F_SEAL_WRITE, F_SEAL_FUTURE_WRITE.
    default boolean isWriteSealed() {
        return false;
    }

    /// Whether the running task may have pages of the file leave memory, which others notice, and may know
    /// which are there, which tells of others: its owner, and who may write to it. `can_do_file_pageout`,
    /// `can_do_mincore`.
    default boolean mayPageOut() {
        return true;
    }

    /// Whether what is mapped is not the file but memory, as without a file: `/dev/zero`. It has no pages then.
    default boolean mapsAsMemory() {
        return false;
    }

    /// Whether its references are attachments that programs count: given back by `vm_ops->close`, as soon as a VMA is
    /// gone.
    default boolean countsAttachments() {
        return false;
    }

    /// Frees what the file has of whole pages, which read as zeros then: FALLOC_FL_PUNCH_HOLE. The caller holds no
    /// lock. EOPNOTSUPP.
    default void punchHole(long offset, long length) {
        throw Errno.EOPNOTSUPP.exception();
    }

    /// Takes a reference for as long as a VMA maps the file.
    void get();

    /// Drops a reference.
    void put();
}
