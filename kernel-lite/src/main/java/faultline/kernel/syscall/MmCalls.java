package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.AdviceCalls;
import faultline.kernel.mm.LockCalls;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmConstants;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.NonlinearCalls;
import faultline.kernel.mm.ProtectCalls;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.RemapCalls;
import faultline.kernel.mm.SealCalls;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.mem.HugeFile;
import java.util.function.Predicate;

/// The system calls of memory management: arguments in, the classes of `kernel.mm` behind,
/// populating afterwards.
public final class MmCalls {

    private final Gup gup;
    private final ProtectionKeys keys;
    private final boolean has32BitMappings;
    private final MapFlags numbers;

    /// `gup` populates; `keys` are the architecture's, as are whether it knows MAP_32BIT and the `numbers` of its
    /// flags.
    public MmCalls(Gup gup, ProtectionKeys keys, boolean has32BitMappings, MapFlags numbers) {
        this.gup = gup;
        this.keys = keys;
        this.has32BitMappings = has32BitMappings;
        this.numbers = numbers;
    }

    public void register(SyscallTable table) {
        table.add("mmap", "ptr size prot map fd off", this::mmap);
        table.add("munmap", "ptr size", (task, a) -> {
            new MmapCalls(task.mm()).munmap(a[0], a[1]);
            return 0;
        });
        table.add("mremap", "ptr size size mremap ptr", this::mremap);
        table.add("brk", "ptr", this::brk);
        table.add("mprotect", "ptr size prot", (task, a) -> {
            protect(task, a[0], a[1], (int) a[2]);
            return 0;
        });
        table.add("pkey_mprotect", "ptr size prot int", (task, a) -> {
            pkeyMprotect(task, a[0], a[1], (int) a[2], (int) a[3]);
            return 0;
        });
        table.add("pkey_alloc", "hex hex", this::pkeyAlloc);
        table.add("pkey_free", "int", (task, a) -> {
            new ProtectCalls(task.mm()).freeKey((int) a[0], keys.count(task.cpu()));
            return 0;
        });
        table.add("madvise", "ptr size madvise", this::madvise);
        table.add("mincore", "ptr size ptr", MmCalls::mincore);
        table.add("msync", "ptr size msync", (task, a) -> {
            new AdviceCalls(task.mm()).msync(a[0], a[1], (int) a[2]);
            return 0;
        });
        table.add("mlock", "ptr size", (task, a) -> mlock(task.mm(), a[0], a[1], 0));
        table.add("mlock2", "ptr size hex", (task, a) -> mlock(task.mm(), a[0], a[1], (int) a[2]));
        table.add("munlock", "ptr size", (task, a) -> {
            new LockCalls(task.mm()).munlock(a[0], a[1]);
            return 0;
        });
        table.add("mseal", "ptr size hex", (task, a) -> {
            new SealCalls(task.mm()).mseal(a[0], a[1], a[2]);
            return 0;
        });
        table.add("remap_file_pages", "ptr size prot size map", this::remapFilePages);
        table.add("mlockall", "hex", this::mlockAll);
        table.add("munlockall", "", (task, _) -> {
            new LockCalls(task.mm()).munlockAll();
            return 0;
        });
    }

    private long mmap(Task task, long[] a) {
        int prot = (int) a[2];
        int flags = numbers.mmap().toKernel((int) a[3]);
        Mm mm = task.mm();
        long va;
        if ((flags & MmConstants.MAP_ANONYMOUS) != 0) {
            if (!task.mm().geometry().isAligned(a[5])) {
                throw Errno.EINVAL.exception();
            }
            if ((flags & MmConstants.MAP_HUGETLB) != 0) {
                // Of nothing they need none.
                throw a[1] == 0 ? Errno.EINVAL.exception() : PersistentHugePages.refusal(mm, flags);
            }
            va = mm.mmap(a[0], a[1], prot, known(flags), null, a[5]);
        } else {
            va = mmapFile(task, a, prot, flags);
        }
        if (prot == MmConstants.PROT_EXEC) {
            protect(task, va, a[1], prot);
        }
        if (MmapCalls.populates(flags) || mm.locksNewMappings()) {
            gup.populate(mm, va, a[1], false);
        }
        return va;
    }

    private ProtectCalls protectCalls(Mm mm) {
        return new ProtectCalls(mm, (of, start, length) -> gup.populate(of, start, length, false));
    }

    private void protect(Task task, long start, long length, int prot) {
        ProtectCalls calls = protectCalls(task.mm());
        if (prot == MmConstants.PROT_EXEC && keys.count(task.cpu()) > 0) {
            calls.executeOnly(start, length, keys, task.cpu());
        } else {
            calls.mprotect(start, length, prot);
        }
    }

    /// Key -1 asks for mprotect.
    private void pkeyMprotect(Task task, long start, long length, int prot, int key) {
        if (key == -1) {
            protect(task, start, length, prot);
        } else {
            protectCalls(task.mm()).pkeyMprotect(start, length, prot, key, keys.count(task.cpu()));
        }
    }

    private long mmapFile(Task task, long[] a, int prot, int flags) {
        if (!task.mm().geometry().isAligned(a[5])) {
            throw Errno.EINVAL.exception();
        }
        OpenFile file = Arguments.take(task, a[4]);
        try {
            if (known(flags) != flags && (flags & MmConstants.MAP_TYPE) == MmConstants.MAP_SHARED_VALIDATE) {
                throw Errno.EOPNOTSUPP.exception();
            }
            if (file.inodeObject() instanceof HugeFile huge) {
                throw huge.refusal(a[5]).exception();
            }
            if ((flags & MmConstants.MAP_HUGETLB) != 0) {
                throw Errno.EINVAL.exception();
            }
            return task.mm().mmap(a[0], a[1], prot, known(flags), file, a[5]);
        } finally {
            file.put();
        }
    }

    /// The flags without the one that not every architecture has; mmap passes over flags it does not know.
    private int known(int flags) {
        return has32BitMappings ? flags : flags & ~MmConstants.MAP_32BIT;
    }

    private long brk(Task task, long[] a) {
        Mm mm = task.mm();
        long before = mm.brkEnd();
        long now = mm.brk(a[0]);
        if (Long.compareUnsigned(now, before) > 0 && mm.locksNewMappings()) {
            gup.populate(mm, before, now - before, false);
        }
        return now;
    }

    private static boolean isLocked(Mm mm, long va) {
        mm.mmapLock().readLock();
        Vma vma = mm.vmaAt(va);
        boolean locked = vma != null && vma.has(Vma.VM_LOCKED);
        mm.mmapLock().readUnlock();
        return locked;
    }

    private long mremap(Task task, long[] a) {
        Mm mm = task.mm();
        long va = new RemapCalls(mm).mremap(a[0], a[1], a[2], (int) a[3], a[4]);
        if (Long.compareUnsigned(a[2], a[1]) > 0 && isLocked(mm, va)) {
            gup.populate(mm, va, a[2], false);
        }
        return va;
    }

    private long pkeyAlloc(Task task, long[] a) {
        int key = new ProtectCalls(task.mm()).allocateKey(a[0], a[1], keys, task.cpu());
        keys.setRights(task.cpu(), key, (int) a[1]);
        return key;
    }

    private long madvise(Task task, long[] a) {
        advise(task, task.mm(), a[0], a[1], (int) a[2]);
        return 0;
    }

    /// A task's madvise on any address space.
    void advise(Task task, Mm mm, long start, long length, int advice) {
        // Nobody's keys count for another's memory.
        Predicate<Vma> keysPermitStores = vma -> mm != task.mm() || keys.permit(vma, task.cpu(), true);
        new AdviceCalls(mm, gup::faultIn, keysPermitStores).madvise(start, length, advice);
        if (AdviceCalls.populates(advice)) {
            gup.populateFor(mm, start, start + length, AdviceCalls.populatesForWrite(advice));
        }
    }

    private long remapFilePages(Task task, long[] a) {
        Mm mm = task.mm();
        int flags = numbers.mmap().toKernel((int) a[4]);
        new NonlinearCalls(mm).remap(a[0], a[1], a[2], a[3], flags);
        if ((flags & MmConstants.MAP_NONBLOCK) == 0) {
            gup.populate(mm, mm.geometry().down(a[0]), mm.geometry().down(a[1]), false);
        }
        return 0;
    }

    private static long mincore(Task task, long[] a) {
        AdviceCalls calls = new AdviceCalls(task.mm());
        // A page of answers and one VMA at a time, as Linux does: the range may be most of the address space, and what
        // lies before a hole is told.
        long pages = calls.pagesOfMincore(a[0], a[1], a[2]);
        int page = task.mm().geometry().bytes();
        long done = 0;
        while (done < pages) {
            if (task.fatalSignalPending()) {
                throw Errno.EINTR.exception();
            }
            byte[] present = calls.mincore(a[0] + done * page, (int) Math.min(page, pages - done));
            task.memory().write(a[2] + done, present, 0, present.length);
            done += present.length;
        }
        return 0;
    }

    private long mlock(Mm mm, long start, long length, int flags) {
        new LockCalls(mm).mlock(start, length, flags);
        gup.populate(mm, start, length + mm.geometry().offset(start), true);
        return 0;
    }

    private long mlockAll(Task task, long[] a) {
        Mm mm = task.mm();
        if (numbers.lockAll().drops((int) a[0])) {
            throw Errno.EINVAL.exception();
        }
        int flags = numbers.lockAll().toKernel((int) a[0]);
        new LockCalls(mm).mlockAll(flags);
        if ((flags & MmConstants.MCL_CURRENT) != 0) {
            gup.populate(mm, 0, mm.pageTable().format().userEnd(), false);
        }
        return 0;
    }
}
