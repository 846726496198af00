package faultline.kernel.mm;

import faultline.kernel.lock.PerCpuRwSemaphore;
import faultline.kernel.lock.RwSemaphore;
import faultline.kernel.mm.page.PageCache;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All locks under which PTEs of an address space lose what they map: `mm_take_all_locks`.
///
/// Truncation and writeback find its VMAs through a file, whoever moves an anonymous page through an AnonVma, and a
/// fault may have nothing but the lock of its VMA, or of the notifiers. Who holds all of these and `mmap_lock` for
/// write is alone.
final class AllLocks {

    private final KernelMemory kernel;
    private final @Nullable PerCpuRwSemaphore notifiers;
    private final Set<PageCache> files = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<RwSemaphore> anonRoots = Collections.newSetFromMap(new IdentityHashMap<>());

    private AllLocks(Mm mm) {
        this.kernel = mm.kernel();
        this.notifiers = mm.notifierLock();
    }

    /// Takes them; the caller holds `mmap_lock` for write and goes on holding it until [#drop].
    static AllLocks take(Mm mm) {
        mm.mmapLock().assertWriteHeld();
        AllLocks locks = new AllLocks(mm);
        // Two who take many locks of one rank would wait for each other.
        locks.kernel.allLocksMutex().lock();
        if (locks.notifiers != null) {
            locks.notifiers.writeLock();
        }
        for (Vma vma = mm.vmas().find(0); vma != null; vma = mm.vmas().find(vma.end())) {
            vma.startWrite();
            MappedFile file = vma.file();
            if (file != null) {
                locks.files.add(file.pages());
            }
            AnonVma anon = vma.anonVma();
            if (anon != null) {
                locks.anonRoots.add(anon.rootLock());
            }
        }
        locks.files.forEach(PageCache::lockMappingsNested);
        locks.anonRoots.forEach(RwSemaphore::writeLockNested);
        return locks;
    }

    /// Gives them back, but for the locks of the VMAs, which `mmap_lock` ends.
    void drop() {
        anonRoots.forEach(RwSemaphore::writeUnlock);
        files.forEach(PageCache::unlockMappings);
        if (notifiers != null) {
            notifiers.writeUnlock();
        }
        kernel.allLocksMutex().unlock();
    }
}
