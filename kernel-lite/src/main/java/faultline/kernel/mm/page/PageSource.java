package faultline.kernel.mm.page;

/// Where a page cache gets the contents of a file from, and where it writes them back.
public interface PageSource {

    /// The file's size in bytes.
    long size();

    /// Fills the page at `pa` with page `index` of the file, zero past the end. May block. Throws
    /// `ErrnoException` (EIO) when the device fails: the fault becomes SIGBUS.
    void readPage(long index, long pa);

    /// Stores page `index` from the one at `pa`, as far as the file's size reaches. May block.
    void writePage(long index, long pa);

    /// Whether the file lies on the block device: reading and writing its pages takes the device's time, and
    /// clean ones may be dropped.
    default boolean usesDevice() {
        return false;
    }

    /// Whether the device has page `index`, or it is a hole or new, which no device need be asked for.
    default boolean isOnDevice(long index) {
        return usesDevice();
    }

    /// Whether faults on its pages may be made without `mmap_lock`, in a read section, where nothing may be
    /// waited for: `vm_operations_struct.speculative`. A type of file opts in; those of disks have.
    default boolean supportsSpeculation() {
        return false;
    }

    /// Whether the file lies in memory only, as tmpfs has it.
    default boolean isShmem() {
        return false;
    }

    /// Whether such a file has page `index` though it is not cached; else it is a hole.
    default boolean holds(long index) {
        return false;
    }

    /// Who says how many pages the file system may hold in memory. Of one in memory only ([#isShmem]) every page that
    /// is there is counted; of another, where pages stay ([#keepsPages]), those that were written.
    default PageAccount storage() {
        return PageAccount.NONE;
    }

    /// Whether a page that was written stays in the cache, because [#writePage] puts it nowhere.
    default boolean keepsPages() {
        return false;
    }
}
