package faultline.kernel.mm.page;

import faultline.core.step.Steps;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.RwSemaphore;
import java.util.ArrayList;
import java.util.List;

/// The VMAs that map one file: `i_mmap`, under `i_mmap_rwsem`.
final class FileMappings {

    /// Guards the list, and the bounds of the VMAs in it.
    private final RwSemaphore rmapLock;

    private final List<FileMapping> mappings = new ArrayList<>(2);

    FileMappings(Steps steps, long id) {
        this.rmapLock = new RwSemaphore(steps, LockRank.RMAP, id);
    }

    void add(FileMapping mapping) {
        rmapLock.writeLock();
        mappings.add(mapping);
        rmapLock.writeUnlock();
    }

    void remove(FileMapping mapping) {
        rmapLock.writeLock();
        mappings.remove(mapping);
        rmapLock.writeUnlock();
    }

    void lock() {
        rmapLock.writeLock();
    }

    void lockNested() {
        rmapLock.writeLockNested();
    }

    void unlock() {
        rmapLock.writeUnlock();
    }

    /// Whether no VMA maps the file; for who knows that none will come.
    boolean isEmpty() {
        return mappings.isEmpty();
    }

    /// Whether stores through some VMA reach the file: `i_mmap_writable`.
    boolean mayStore() {
        rmapLock.readLock();
        boolean may = false;
        for (int i = 0; i < mappings.size(); i++) {
            may |= mappings.get(i).mayStore();
        }
        rmapLock.readUnlock();
        return may;
    }

    void unmap(long first, long end, boolean evenPrivate) {
        rmapLock.readLock();
        for (int i = 0; i < mappings.size(); i++) {
            mappings.get(i).unmapPages(first, end, evenPrivate);
        }
        rmapLock.readUnlock();
    }

    /// Unmaps a page but for private copies, if no VMA locks it; false where that, or somebody who holds the lock,
    /// keeps it. It may be used through old translations until `flushes`.
    boolean tryUnmap(long index, FlushBatch flushes) {
        if (!rmapLock.tryReadLock()) {
            flushes.noteBusy();
            return false;
        }
        boolean may = true;
        for (int i = 0; i < mappings.size(); i++) {
            may &= !mappings.get(i).locks(index);
        }
        for (int i = 0; may && i < mappings.size(); i++) {
            mappings.get(i).unmapForReclaim(index, flushes);
        }
        rmapLock.readUnlock();
        return may;
    }

    /// Whether a page was used through a VMA since the last call.
    boolean wasUsed(long index, FlushBatch flushes) {
        if (!rmapLock.tryReadLock()) {
            return false;
        }
        boolean used = false;
        for (int i = 0; i < mappings.size(); i++) {
            used |= mappings.get(i).takeUse(index, flushes);
        }
        rmapLock.readUnlock();
        return used;
    }

    /// Makes the PTEs of a page clean and write-protected, and marks it if one was dirty: `folio_mkclean`.
    void clean(long index) {
        rmapLock.readLock();
        for (int i = 0; i < mappings.size(); i++) {
            mappings.get(i).cleanPages(index, index + 1);
        }
        rmapLock.readUnlock();
    }
}
