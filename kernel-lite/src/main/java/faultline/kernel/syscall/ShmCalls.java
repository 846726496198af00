package faultline.kernel.syscall;

import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_FIXED_NOREPLACE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_EXEC;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmLimits;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.ShmLayout;
import faultline.kernel.mm.ShmSegment;
import faultline.kernel.mm.ShmSegment.Rights;
import faultline.kernel.mm.ShmTable;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.Credentials;
import java.util.List;

/// System V shared memory: shmget, shmat, shmdt, shmctl.
public final class ShmCalls {

    private static final int IPC_PRIVATE = 0;
    private static final int IPC_CREAT = 01000;
    private static final int IPC_EXCL = 02000;
    private static final int IPC_RMID = 0;
    private static final int IPC_SET = 1;
    private static final int IPC_STAT = 2;
    private static final int IPC_INFO = 3;
    private static final int SHM_LOCK = 11;
    private static final int SHM_UNLOCK = 12;
    private static final int SHM_STAT = 13;
    private static final int SHM_INFO = 14;
    private static final int SHM_STAT_ANY = 15;
    private static final int IPC_64 = 0x100;

    private static final int SHM_HUGETLB = 04000;
    private static final int SHM_NORESERVE = 010000;
    private static final int SHM_RDONLY = 010000;
    private static final int SHM_RND = 020000;
    private static final int SHM_REMAP = 040000;
    private static final int SHM_EXEC = 0100000;

    /// SHMMIN.
    private static final int LEAST_BYTES = 1;

    /// `struct shmid64_ds`, where all architectures agree.
    private static final int UID = 4;

    private static final int GID = 8;
    private static final int MODE = 20;
    private static final int STAT_BYTES = 112;

    private static final int INFO_BYTES = 48;

    private final ShmTable segments;
    private final ShmLayout layout;
    private final Gup gup;

    /// `gup` populates what is locked as soon as it is attached.
    public ShmCalls(ShmTable segments, ShmLayout layout, Gup gup) {
        this.segments = segments;
        this.layout = layout;
        this.gup = gup;
    }

    public void register(SyscallTable table) {
        table.add("shmget", "hex size hex", this::get);
        table.add("shmat", "int ptr hex", this::attach);
        table.add("shmdt", "ptr", ShmCalls::detach);
        table.add("shmctl", "int hex ptr", this::control);
    }

    private static long now(Task task) {
        return task.tasks().clocks().realtime() / UserTime.NANOS;
    }

    private long get(Task task, long[] a) {
        int key = (int) a[0];
        long size = a[1];
        int flags = (int) a[2];
        long now = now(task);
        ShmTable.Ask ask = found -> found == null ? make(task, key, size, flags, now) : check(task, found, size, flags);
        return segments.get(key, ask).id();
    }

    /// The segment of the key that was asked for, if it is as was asked: `ipcget_public`.
    private static ShmSegment check(Task task, ShmSegment found, long size, int flags) {
        if ((flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL)) {
            throw Errno.EEXIST.exception();
        }
        if (Long.compareUnsigned(size, found.size()) > 0) {
            throw Errno.EINVAL.exception();
        }
        requireAccess(task, found, (flags >> 6 | flags >> 3 | flags) & 7);
        return found;
    }

    /// `newseg`.
    private ShmSegment make(Task task, int key, long size, int flags, long now) {
        if (key != IPC_PRIVATE && (flags & IPC_CREAT) == 0) {
            throw Errno.ENOENT.exception();
        }
        if (size <= 0) {
            throw Errno.EINVAL.exception();
        }
        Mm mm = task.mm();
        if ((flags & SHM_HUGETLB) != 0) {
            throw PersistentHugePages.refusal(mm, flags);
        }
        Credentials me = task.credentials();
        Rights rights = new Rights(me.uid(), me.gid(), me.uid(), me.gid(), flags & 0777);
        boolean reserves =
                (flags & SHM_NORESERVE) == 0 || !mm.kernel().overcommit().honoursNoReserve();
        return segments.make(mm, reserves, key, size, rights, task.pid(), now);
    }

    /// EACCES unless the segment's mode grants all of `wanted` (R=4, W=2, X=1).
    private static void requireAccess(Task task, ShmSegment segment, int wanted) {
        Rights rights = segment.rights();
        Credentials me = task.credentials();
        boolean owner = me.uid() == rights.uid() || me.uid() == rights.ownerUid();
        boolean group = me.inGroup(rights.gid()) || me.inGroup(rights.ownerGid());
        int granted = owner ? rights.mode() >> 6 : group ? rights.mode() >> 3 : rights.mode();
        if (!me.isSuperuser() && (granted & wanted) != wanted) {
            throw Errno.EACCES.exception();
        }
    }

    private long attach(Task task, long[] a) {
        int flags = (int) a[2];
        long address = a[1];
        if (!task.mm().geometry().isAligned(address)) {
            if ((flags & SHM_RND) == 0) {
                throw Errno.EINVAL.exception();
            }
            address = task.mm().geometry().down(address);
        }
        if (address == 0 && (flags & SHM_REMAP) != 0) {
            throw Errno.EINVAL.exception();
        }
        boolean writes = (flags & SHM_RDONLY) == 0;
        boolean executes = (flags & SHM_EXEC) != 0;
        int prot = PROT_READ | (writes ? PROT_WRITE : 0) | (executes ? PROT_EXEC : 0);
        int where = address == 0 ? 0 : (flags & SHM_REMAP) != 0 ? MAP_FIXED : MAP_FIXED_NOREPLACE;
        ShmSegment segment = segments.holdId((int) a[0]);
        try {
            requireAccess(task, segment, (writes ? 6 : 4) | (executes ? 1 : 0));
            MappedFile file = writes ? segment : segment.forReading();
            Mm mm = task.mm();
            long at = mm.mmap(address, segment.size(), prot, MAP_SHARED | where, file, 0);
            segment.noteAttached(task.pid(), now(task));
            if (mm.locksNewMappings()) {
                gup.populate(mm, at, segment.size(), false);
            }
            return at;
        } catch (ErrnoException taken) {
            throw taken.errno() == Errno.EEXIST ? Errno.EINVAL.exception() : taken;
        } finally {
            segment.put();
        }
    }

    private static long detach(Task task, long[] a) {
        if (!task.mm().geometry().isAligned(a[0])) {
            throw Errno.EINVAL.exception();
        }
        ShmSegment segment = new MmapCalls(task.mm()).detachSegment(a[0]);
        if (segment == null) {
            throw Errno.EINVAL.exception();
        }
        segment.noteDetached(task.pid(), now(task));
        return 0;
    }

    private long control(Task task, long[] a) {
        int id = (int) a[0];
        int command = (int) a[1] & ~IPC_64;
        if (id < 0 || command < 0) {
            throw Errno.EINVAL.exception();
        }
        switch (command) {
            case IPC_INFO -> {
                return tellLimits(task.memory(), a[2]);
            }
            case SHM_INFO -> {
                return tellUse(task, a[2]);
            }
            case SHM_STAT, SHM_STAT_ANY -> {
                ShmSegment segment = segments.withIndex(id);
                if (command == SHM_STAT) {
                    requireAccess(task, segment, 4);
                }
                write(task.memory(), a[2], segment);
                return segment.id();
            }
            case IPC_STAT -> {
                ShmSegment segment = segments.withId(id);
                requireAccess(task, segment, 4);
                write(task.memory(), a[2], segment);
            }
            case IPC_SET -> set(task, id, a[2]);
            case IPC_RMID -> segments.remove(owned(task, id));
            case SHM_LOCK -> lock(task, owned(task, id));
            case SHM_UNLOCK -> segments.unlock(owned(task, id));
            default -> throw Errno.EINVAL.exception();
        }
        return 0;
    }

    /// `struct shminfo64`; returns the highest index in use.
    private long tellLimits(UserMemory memory, long va) {
        long most = ShmTable.MOST_BYTES;
        long[] limits = {most, LEAST_BYTES, ShmTable.MOST, ShmTable.MOST, most, 0, 0, 0, 0};
        for (int i = 0; i < limits.length; i++) {
            memory.store64(va + (long) i * Long.BYTES, limits[i]);
        }
        return segments.lastUsedIndex();
    }

    /// `struct shm_info`; returns the highest index in use.
    private long tellUse(Task task, long va) {
        List<ShmSegment> all = segments.all();
        int shift = task.mm().geometry().shift();
        UserMemory memory = task.memory();
        memory.clear(va, INFO_BYTES);
        memory.store32(va, all.size());
        memory.store64(va + 8, all.stream().mapToLong(ShmSegment::pageCount).sum());
        memory.store64(
                va + 16, all.stream().mapToLong(ShmSegment::residentBytes).sum() >>> shift);
        memory.store64(va + 24, all.stream().mapToLong(ShmSegment::swappedBytes).sum() >>> shift);
        return segments.lastUsedIndex();
    }

    private void set(Task task, int id, long va) {
        UserMemory memory = task.memory();
        int uid = memory.load32(va + UID);
        int gid = memory.load32(va + GID);
        int mode = memory.load32(va + MODE) & 0777;
        ShmSegment segment = owned(task, id);
        if (uid == -1 || gid == -1) {
            throw Errno.EINVAL.exception();
        }
        Rights old = segment.rights();
        segments.change(segment, new Rights(uid, gid, old.ownerUid(), old.ownerGid(), mode), now(task));
    }

    /// `shmctl_do_lock`: EPERM for who may lock nothing, ENOMEM for who has locked too much.
    private void lock(Task task, ShmSegment segment) {
        MmLimits limits = task.mm().limits();
        boolean unlimited = limits.mayLockAll() || limits.locked() == -1;
        if (limits.locked() == 0 && !unlimited) {
            throw Errno.EPERM.exception();
        }
        long most = unlimited ? -1 : limits.locked() >>> task.mm().geometry().shift();
        segments.lock(segment, task.identity().uid(), most);
    }

    /// A segment that the caller may change: EPERM for all but its owner, its creator and the
    /// superuser.
    private ShmSegment owned(Task task, int id) {
        ShmSegment segment = segments.withId(id);
        Rights rights = segment.rights();
        int uid = task.identity().euid();
        if (uid != rights.uid() && uid != rights.ownerUid() && !task.identity().isPrivileged()) {
            throw Errno.EPERM.exception();
        }
        return segment;
    }

    void write(UserMemory memory, long va, ShmSegment segment) {
        Rights rights = segment.rights();
        memory.clear(va, STAT_BYTES);
        memory.store32(va, segment.key());
        memory.store32(va + UID, rights.uid());
        memory.store32(va + GID, rights.gid());
        memory.store32(va + 12, rights.ownerUid());
        memory.store32(va + 16, rights.ownerGid());
        memory.store32(va + MODE, segment.mode());
        memory.store64(va + layout.size(), segment.size());
        memory.store64(va + layout.times(), segment.attachedAt());
        memory.store64(va + layout.times() + 8, segment.detachedAt());
        memory.store64(va + layout.times() + 16, segment.changedAt());
        memory.store32(va + 80, segment.creator());
        memory.store32(va + 84, segment.lastPid());
        memory.store64(va + 88, segment.attachments());
    }
}
