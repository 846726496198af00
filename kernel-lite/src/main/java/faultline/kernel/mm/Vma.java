package faultline.kernel.mm;

import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.check.SequenceCheck;
import faultline.kernel.mm.page.FileMapping;
import faultline.kernel.mm.page.FlushBatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One mapped range of an address space, `[start, end)`, with one set of rights: `vm_area_struct`.
///
/// Changed only with `mmap_lock` held for write; the bounds and offset of a file's VMA also under
/// the file's rmap lock, because truncation finds VMAs without `mmap_lock`.
public final class Vma implements FileMapping {

    public static final int VM_READ = 0x1;
    public static final int VM_WRITE = 0x2;
    public static final int VM_EXEC = 0x4;
    public static final int VM_SHARED = 0x8;
    public static final int VM_MAYREAD = 0x10;
    public static final int VM_MAYWRITE = 0x20;
    public static final int VM_MAYEXEC = 0x40;
    public static final int VM_MAYSHARE = 0x80;
    public static final int VM_GROWSDOWN = 0x100;
    public static final int VM_UFFD_MISSING = 0x200;
    public static final int VM_PFNMAP = 0x400;

    /// Bit 38 in Linux, which has more of them.
    public static final int VM_UFFD_MINOR = 0x800;

    public static final int VM_UFFD_WP = 0x1000;
    public static final int VM_LOCKED = 0x2000;
    public static final int VM_IO = 0x4000;
    public static final int VM_SEQ_READ = 0x8000;
    public static final int VM_RAND_READ = 0x10000;
    public static final int VM_DONTCOPY = 0x20000;
    public static final int VM_DONTEXPAND = 0x40000;
    public static final int VM_LOCKONFAULT = 0x80000;
    public static final int VM_ACCOUNT = 0x100000;
    public static final int VM_NORESERVE = 0x200000;

    /// Linux has it above the 32 bits that all architectures have. Here it takes the bit of VM_ARCH_1, which has no
    /// use.
    public static final int VM_SEALED = 0x1000000;

    public static final int VM_WIPEONFORK = 0x2000000;
    public static final int VM_DONTDUMP = 0x4000000;

    /// It is new since soft-dirty bits were cleared: everything in it counts as stored to. VM_NONE where the
    /// architecture has no such bits.
    public static final int VM_SOFTDIRTY = 0x8000000;

    public static final int VM_HUGEPAGE = 0x20000000;
    public static final int VM_NOHUGEPAGE = 0x40000000;
    public static final int VM_MERGEABLE = 0x80000000;

    /// What its userfaultfd handles.
    public static final int VM_UFFD = VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR;

    static final int VM_ACCESS = VM_READ | VM_WRITE | VM_EXEC;
    static final int VM_MAY_ACCESS = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

    /// Never merged.
    static final int VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP;

    private final Mm mm;

    /// Only of a copy it changes.
    private @Nullable MappedFile file;

    // Guarded by mmap_lock: written under write, read under read. Bounds and pgoff of a file's VMA: also rmap lock.
    private long start;
    private long end;
    private long pgoff;
    private int flags;
    private int pkey;
    private long pageProt;
    private @Nullable String name;

    /// Who handles its faults in user space: `vm_userfaultfd_ctx`; not null exactly with one of [#VM_UFFD].
    private @Nullable Userfaultfd userfault;

    /// Where its pages go: `vm_policy`; null for where the task's go. A policy does not change.
    private @Nullable VmaPolicy policy;

    /// What its new pages name. Set by the first fault that makes an anonymous page, under mmap_lock read and the mm's
    /// anonVmaLock.
    private volatile @Nullable AnonVma anonVma;

    /// Guarded by nothing: where the last fault on a swapped page was, and its window.
    private volatile long lastSwapIn;

    private volatile int swapWindow = 1;

    /// What its pages may name.
    private final AnonChain anonChain = new AnonChain(this);

    /// Where faults lock VMAs.
    private final @Nullable VmaLock lock;

    /// Where faults look whether it was changed.
    private final @Nullable VmaSequence sequence;

    /// While it is or was in the tree; null without checks. Written before it enters the tree.
    private @Nullable Life life;

    /// That of its lock, which may be tried for longer.
    private @Nullable Life lockLife;

    /// It is in the tree no more. Written under mmap_lock write, with its own lock held for writing.
    private volatile boolean detached;

    Vma(Mm mm, long start, long end, int flags, int pkey, @Nullable MappedFile file, long pgoff) {
        this.mm = mm;
        this.start = start;
        this.end = end;
        this.file = file;
        this.pgoff = pgoff;
        this.lock = mm.newVmaLock(start);
        this.sequence = mm.kernel().vmaGuards().newSequence(mm.kernel(), start);
        applyRights(flags, pkey);
    }

    /// A VMA like `other` in another address space: for fork.
    Vma(Mm mm, Vma other) {
        this(mm, other.start, other.end, other.flags, other.pkey, other.file, other.pgoff);
        this.name = other.name;
        this.userfault = other.userfault;
        beginPolicy(other.policy());
    }

    /// What a speculative fault copies VMAs into: [#copyFrom].
    public static Vma forCopies(Mm mm) {
        return new Vma(mm, 0, 0, 0, 0, null, 0);
    }

    /// Takes over what a VMA of the same address space is now, without a lock: whoever does it looks
    /// afterwards whether somebody wrote meanwhile, and forgets the copy if so. The file is not referenced:
    /// it may be touched only within a read section that began before the VMA was unmapped.
    public void copyFrom(Vma vma) {
        vma.touch();
        start = vma.start;
        end = vma.end;
        pgoff = vma.pgoff;
        flags = vma.flags;
        pkey = vma.pkey;
        pageProt = vma.pageProt;
        if (policy != vma.policy) {
            policy = vma.policy;
        }
        // Mostly the same as for the last fault; a store would be a fence, or mark the collector's card.
        AnonVma other = vma.anonVma;
        if (anonVma != other) {
            anonVma = other;
        }
        if (file != vma.file) {
            file = vma.file;
        }
    }

    /// Whether anonymous pages may be put into it: its AnonVma is there.
    public boolean hasAnonVma() {
        touch();
        return anonVma != null;
    }

    public Mm mm() {
        return mm;
    }

    public long start() {
        touch();
        return start;
    }

    public long end() {
        touch();
        return end;
    }

    /// Where it, or a range that begins in it, ends; `rangeEnd` may lie above all there can be.
    long endBelow(long rangeEnd) {
        return Long.compareUnsigned(rangeEnd, end()) < 0 ? rangeEnd : end();
    }

    public long length() {
        return end - start;
    }

    /// Its pages.
    public long pages() {
        return length() >>> mm.geometry().shift();
    }

    /// VM_* bits.
    public int flags() {
        touch();
        return flags;
    }

    public boolean has(int bits) {
        touch();
        return (flags & bits) != 0;
    }

    public boolean isReadable() {
        return has(VM_READ);
    }

    public boolean isWritable() {
        return has(VM_WRITE);
    }

    public boolean isExecutable() {
        return has(VM_EXEC);
    }

    public boolean isShared() {
        return has(VM_SHARED);
    }

    /// Whether it maps no file: `vma_is_anonymous`.
    public boolean isAnonymous() {
        touch();
        return file == null;
    }

    /// Whether it was made of a file, be it one that maps as memory: `vm_file`.
    boolean mapsFile() {
        return !isAnonymous() || name != null && name.startsWith("/");
    }

    /// Whether it maps memory without a file system: `vma_is_shmem`.
    public boolean isShmem() {
        MappedFile mapped = file();
        return mapped != null && mapped.pages().isShmem();
    }

    /// Whether a fault may be made here that holds no lock: `vma_can_speculate`. A file's type must have
    /// opted in, and shared stores would have to tell the file (`page_mkwrite`).
    public boolean canSpeculate(boolean write) {
        MappedFile mapped = file;
        return mapped == null || mapped.pages().source().supportsSpeculation() && !(write && isShared());
    }

    /// A private mapping that may be written, now or after mprotect: `is_cow_mapping`.
    public boolean isCow() {
        return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
    }

    /// The protection key set by pkey_mprotect.
    public int pkey() {
        touch();
        return pkey;
    }

    /// The protection of its PTEs before any write fault, in the architecture's format:
    /// `vm_page_prot`.
    public long pageProt() {
        touch();
        return pageProt;
    }

    public @Nullable MappedFile file() {
        touch();
        return file;
    }

    /// The offset of its first page, in pages: in the file, or for anonymous memory the page number
    /// it had when it was mapped.
    public long pgoff() {
        touch();
        return pgoff;
    }

    /// The name of a mapping that is not a file's (`[vdso]`), or null.
    public @Nullable String name() {
        return name;
    }

    void setName(@Nullable String name) {
        this.name = name;
    }

    /// Who handles its faults in user space.
    public @Nullable Userfaultfd userfault() {
        touch();
        return userfault;
    }

    /// Has somebody else, or nobody, handle its faults; `newFlags` says which. What belongs to changing rights belongs
    /// to this.
    void setUserfault(@Nullable Userfaultfd handler, int newFlags) {
        setRights(newFlags, pkey);
        userfault = handler;
    }

    /// Where its pages go; null for where the task's go. Of a VMA that does not change.
    public @Nullable MemPolicy policy() {
        VmaPolicy found = policyObject();
        return found == null ? null : found.get();
    }

    /// The same, not looked at yet.
    public @Nullable VmaPolicy policyObject() {
        touch();
        return policy;
    }

    /// Whether a program may do anything with its pages: `vma_is_accessible`.
    public boolean isAccessible() {
        return has(VM_ACCESS);
    }

    /// `vma_replace_policy`, of a VMA in the tree.
    void setPolicy(@Nullable MemPolicy newPolicy) {
        if (mm.kernel().vmaGuards().policies()) {
            startWrite();
        }
        VmaPolicy old = policy;
        beginPolicy(newPolicy);
        if (policy != null) {
            policy.begin(mm.kernel().heap(), start);
        }
        if (old != null) {
            old.free();
        }
    }

    /// [#setPolicy] of a VMA that is not in the tree yet.
    void beginPolicy(@Nullable MemPolicy newPolicy) {
        policy = newPolicy == null ? null : new VmaPolicy(newPolicy);
    }

    /// [#setUserfault] of a VMA that is not in the tree yet and has the flags.
    void beginUserfault(@Nullable Userfaultfd handler) {
        userfault = handler;
    }

    void copyName(Vma other) {
        name = other.name;
    }

    /// The page index in the file of an address: `linear_page_index`.
    public long indexOf(long va) {
        touch();
        return pgoff + ((va - start) >>> mm.geometry().shift());
    }

    /// The page offset of an address in it.
    long pgoffAt(long va) {
        return indexOf(va);
    }

    /// Whether an address lies in it.
    public boolean contains(long va) {
        touch();
        return Long.compareUnsigned(va, start) >= 0 && Long.compareUnsigned(va, end) < 0;
    }

    /// Where nothing else may begin to be mapped: a stack keeps a gap below it.
    long startWithGap() {
        if (!has(VM_GROWSDOWN)) {
            return start;
        }
        long gap = mm.kernel().stackGuardGap();
        return Long.compareUnsigned(start, gap) > 0 ? start - gap : 0;
    }

    void setBounds(long newStart, long newEnd, long newPgoff) {
        mm.mmapLock().assertWriteHeld();
        AnonVma anon = anonVma;
        if (anon != null) {
            anon.lock();
        }
        start = newStart;
        end = newEnd;
        pgoff = newPgoff;
        if (anon != null) {
            anon.unlock();
        }
    }

    /// Sets flags and key, and the page protection that follows from them.
    void setRights(int newFlags, int newPkey) {
        startWrite();
        applyRights(newFlags, newPkey);
    }

    private void applyRights(int newFlags, int newPkey) {
        flags = newFlags;
        pkey = newPkey;
        // Pages of a private mapping start read-only: a write copies. So do those of a shared file whose pages are
        // written back: the first write says that the page becomes dirty (vma_wants_writenotify).
        boolean write = has(VM_WRITE) && has(VM_SHARED) && !wantsWriteNotify();
        // What may be written may be read, on each of our architectures (protection_map), also while it is read-only.
        pageProt = mm.kernel().format().protection(has(VM_READ | VM_WRITE), write, has(VM_EXEC), newPkey);
    }

    // Its own lock and sequence, where the design has one.

    /// `vma_start_write`: keeps faults that hold no mmap_lock out until the end of the write section.
    void startWrite() {
        touch();
        if (lock != null) {
            lock.startWrite();
        }
    }

    /// `vma_start_read`: keeps writers out until [#endRead]; false when there is one.
    public boolean tryStartRead() {
        touchLock();
        return lock != null && lock.tryStartRead();
    }

    /// `vma_end_read`.
    public void endRead() {
        touch();
        if (lock != null) {
            lock.endRead();
        }
    }

    /// `vm_write_begin`: what was seen of it before is void, and nothing is seen until [#endWrite].
    void beginWrite() {
        if (sequence != null) {
            sequence.beginWrite();
            if (sequence.check() != null) {
                mm.mmapLock().begun(this);
            }
        }
    }

    /// `vm_write_end`.
    void endWrite() {
        if (sequence != null) {
            sequence.endWrite();
        }
    }

    /// [#beginWrite] by who may hold `mmap_lock` for read only, or not at all.
    void beginSharedWrite() {
        if (sequence != null && mm.kernel().vmaGuards().countsShared()) {
            sequence.beginWrite();
        }
    }

    /// Ends what [#beginSharedWrite] began.
    void endSharedWrite() {
        if (mm.kernel().vmaGuards().countsShared()) {
            endWrite();
        }
    }

    /// The value of `vm_sequence`: odd while somebody changes it.
    public long sequence() {
        touch();
        return Objects.requireNonNull(sequence, "this design counts no changes").read();
    }

    /// Whether it was changed, or left the tree, since [#sequence] was `seen`.
    public boolean hasChanged(long seen) {
        touch();
        return detached || sequence == null || sequence.isNot(seen);
    }

    void pin() {
        touch();
        if (sequence != null) {
            sequence.pin();
        }
    }

    /// `put_vma`: gives back what [Mm#findAndPin] took.
    public void unpin() {
        if (sequence != null && sequence.unpin()) {
            freePolicy();
            endLife();
        }
    }

    /// `vma_mark_attached`: it is about to enter the tree.
    void markAttached() {
        life = mm.kernel().heap().begin(ObjectLives.Kind.VMA, start);
        boolean apart = life != null && mm.kernel().vmaGuards().freeing() == VmaGuards.Freeing.TYPESAFE;
        lockLife = apart ? mm.kernel().heap().begin(ObjectLives.Kind.VMA_LOCK, start) : life;
        if (policy != null) {
            policy.begin(mm.kernel().heap(), start);
        }
        if (lock != null) {
            lock.attach();
        }
    }

    /// `vma_mark_detached`: it is about to leave the tree.
    void markDetached() {
        startWrite();
        detached = true;
        if (lock != null) {
            lock.detach();
        }
    }

    public boolean isDetached() {
        touch();
        return detached;
    }

    // Checks: when its memory is another's.

    /// Nobody finds it any more, nobody has to let go of it: `vm_area_free`.
    void free() {
        // remove_vma: no grace period for this.
        freePolicy();
        if (life == null) {
            return;
        }
        switch (mm.kernel().vmaGuards().freeing()) {
            case AT_ONCE, COUNTED -> endLife();
            case RCU, RCU_WITH_FILE -> mm.kernel().rcu().call(this::endLife);
            case TYPESAFE -> {
                endLife();
                mm.kernel().rcu().call(this::endLockLife);
            }
        }
    }

    /// Who had `mmap_lock` for write lets go of it.
    void checkClosed() {
        SequenceCheck check = sequence == null ? null : sequence.check();
        if (check != null && !detached) {
            check.isClosed("the end of the write section");
        }
    }

    /// It is in the tree of an address space that nobody uses any more.
    void checkQuiet() {
        if (sequence != null) {
            sequence.checkQuiet("the end of the address space");
        }
    }

    private void freePolicy() {
        if (policy != null) {
            policy.free();
        }
    }

    private void endLife() {
        if (life != null) {
            life.end();
        }
    }

    private void endLockLife() {
        if (lockLife != null) {
            lockLife.end();
        }
    }

    /// The running thread is about to use it.
    private void touch() {
        if (life != null) {
            life.touched();
        }
    }

    private void touchLock() {
        if (lockLife != null) {
            lockLife.touched();
        }
    }

    /// `vma_soft_dirty_enabled`: the first store to a page since the bits were cleared has to fault.
    boolean tracksSoftDirty() {
        return !has(VM_SOFTDIRTY) && mm.kernel().format().tracksSoftDirty();
    }

    private boolean wantsWriteNotify() {
        return tracksSoftDirty() || file != null && (file.pages().accountsDirty() || has(VM_UFFD_WP));
    }

    @Nullable
    AnonVma anonVma() {
        return anonVma;
    }

    AnonChain anonChain() {
        touch();
        return anonChain;
    }

    void setAnonVma(AnonVma anonVma) {
        this.anonVma = anonVma;
    }

    /// The number of the AnonVma that its new pages name; it has one.
    public int anonId() {
        return Objects.requireNonNull(anonVma, "anon_vma_prepare comes first").id();
    }

    /// The last page of the VMA that was swapped in, 0 for none.
    public long lastSwapIn() {
        return lastSwapIn;
    }

    /// How many pages were read with it.
    public int swapWindow() {
        return swapWindow;
    }

    /// Notes both; a lost race costs a window: `swap_readahead_info`.
    public void setSwapReadahead(long page, int window) {
        lastSwapIn = page;
        swapWindow = window;
    }

    /// The number of the AnonVma that a page names which relatives may have too.
    public int anonRootId() {
        return Objects.requireNonNull(anonVma, "a page was there").root().id();
    }

    /// Gives the VMA an AnonVma before its first anonymous page: `anon_vma_prepare`. The caller
    /// holds mmap_lock.
    public void prepareAnon() {
        if (anonVma == null) {
            mm.makeAnonVma(this);
        }
    }

    // What truncation and writeback ask, under the file's rmap lock.

    @Override
    public void unmapPages(long first, long end, boolean evenPrivate) {
        long from = Math.max(first, pgoff);
        long to = Math.min(end, pgoff + pages());
        if (from < to) {
            Zap.unmapFilePages(this, addressOf(from), addressOf(to), evenPrivate);
        }
    }

    @Override
    public boolean cleanPages(long first, long end) {
        long from = Math.max(first, pgoff);
        long to = Math.min(end, pgoff + pages());
        return from < to && isShared() && Zap.cleanFilePages(this, addressOf(from), addressOf(to));
    }

    @Override
    public boolean mayStore() {
        return mayStore(flags);
    }

    /// The same of a mapping with such flags: `is_shared_maywrite`.
    static boolean mayStore(int flags) {
        return (flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
    }

    @Override
    public boolean locks(long index) {
        return has(VM_LOCKED) && index >= pgoff && index < pgoff + pages();
    }

    @Override
    public void unmapForReclaim(long index, FlushBatch flushes) {
        if (index >= pgoff && index < pgoff + pages()) {
            FileUnmap.unmap(this, addressOf(index), (UnmapBatch) flushes);
        }
    }

    @Override
    public boolean takeUse(long index, FlushBatch flushes) {
        return index >= pgoff
                && index < pgoff + pages()
                && Rmap.takeUse(this, addressOf(index), -1, (UnmapBatch) flushes);
    }

    private long addressOf(long index) {
        return start + ((index - pgoff) << mm.geometry().shift());
    }

    @Override
    public String toString() {
        return "vma 0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end);
    }
}
