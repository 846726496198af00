package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.SwapOff;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.mm.swap.SwapHeader;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.DataInode;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// swapon and swapoff, in the order of checks of `mm/swapfile.c`, Linux 6.12.
///
/// What is swapped out to a file lies on the disk beside the file's bytes, which stay what they were; programs may not
/// change the file meanwhile, so that only who reads it behind the kernel's back could tell.
public final class SwapCalls {

    private static final int SWAP_FLAG_PRIO_MASK = 0x7fff;
    private static final int SWAP_FLAG_PREFER = 0x8000;

    /// The priority, PREFER and three ways to discard, for which the disk has no use.
    private static final int SWAP_FLAGS_VALID = 0x7ffff;

    private final KernelMemory memory;
    private final ByteOrder order;

    /// The files in use, which stay open.
    private final Map<Inode, Used> used = new ConcurrentHashMap<>();

    private record Used(SwapArea area, OpenFile file) {}

    /// The first virtio disk.
    public static final String DEVICE_NAME = "/dev/vda";

    public static final long DEVICE = FileMode.makeDevice(254, 0);

    /// How many pages the machine's own swap device has; 0 without one.
    private final int deviceSlots;

    /// Its area while it is in use.
    private final AtomicReference<@Nullable SwapArea> device = new AtomicReference<>();

    /// `deviceBytes` is the size of the machine's own swap device, 0 for none.
    public SwapCalls(KernelMemory memory, ByteOrder order, long deviceBytes) {
        this.memory = memory;
        this.order = order;
        this.deviceSlots = (int)
                Math.min(Integer.MAX_VALUE, deviceBytes >>> memory.geometry().shift());
    }

    public void register(SyscallTable table) {
        table.add("swapon", "path hex", this::swapon);
        table.add("swapoff", "path", this::swapoff);
    }

    private static OpenFile open(Task task, String path) {
        int flags = FileMode.O_RDWR | FileMode.O_LARGEFILE;
        return FileOpener.open(task, Arguments.start(task, Arguments.AT_FDCWD, path), path, flags, 0);
    }

    /// Whether a path names the machine's own swap device.
    private boolean isDevice(Task task, String path) {
        if (deviceSlots == 0) {
            return false;
        }
        Inode inode = Arguments.resolve(task, Arguments.AT_FDCWD, path, true, 0).inode();
        return inode.type() == FileMode.S_IFBLK && inode.rdev() == DEVICE;
    }

    private long swapon(Task task, long[] a) {
        int flags = (int) a[1];
        if ((flags & ~SWAP_FLAGS_VALID) != 0) {
            throw Errno.EINVAL.exception();
        }
        requirePrivilege(task);
        int priority = (flags & SWAP_FLAG_PREFER) == 0 ? -1 : flags & SWAP_FLAG_PRIO_MASK;
        String path = Arguments.path(task.memory(), a[0]);
        if (isDevice(task, path)) {
            deviceOn(priority);
            return 0;
        }
        OpenFile file = open(task, path);
        boolean kept = false;
        try {
            begin(file, priority);
            kept = true;
        } finally {
            if (!kept) {
                file.put();
            }
        }
        return 0;
    }

    private static void requirePrivilege(Task task) {
        if (!task.identity().isPrivileged()) {
            throw Errno.EPERM.exception();
        }
    }

    /// Begins to swap to the machine's own device, which the machine has made an area of.
    public void deviceOn(int priority) {
        if (device.get() != null) {
            throw Errno.EBUSY.exception();
        }
        SwapArea area = memory.swap().on(DEVICE_NAME, false, priority, deviceSlots);
        if (!device.compareAndSet(null, area)) {
            new SwapOff(memory, area).run();
            throw Errno.EBUSY.exception();
        }
    }

    /// Takes the reference to the file over unless it throws.
    private void begin(OpenFile file, int priority) {
        Inode inode = file.inodeObject();
        // Of all that can be opened for writing only files of a disk have places to write to.
        if (!inode.isRegular()) {
            throw Errno.EINVAL.exception();
        }
        inode.contentLock().lock();
        try {
            if (file.path().dentry().isUnlinked()) {
                throw Errno.ENOENT.exception();
            }
            if (inode.isSwapFile()) {
                throw Errno.EBUSY.exception();
            }
            if (!file.pages().source().usesDevice()) {
                throw Errno.EINVAL.exception();
            }
            byte[] header = new byte[memory.geometry().bytes()];
            if (file.pages().read(0, header, 0, header.length) != header.length) {
                throw Errno.EINVAL.exception();
            }
            int slots = SwapHeader.slots(
                    header, order, inode.size() >>> memory.geometry().shift());
            if (inode instanceof DataInode data
                    && data.hasHole((long) slots << memory.geometry().shift())) {
                // A slot has to have its place on the disk beforehand: iomap_swapfile_activate.
                throw Errno.EINVAL.exception();
            }
            SwapArea area = memory.swap().on(file.path().text(null), true, priority, slots);
            used.put(inode, new Used(area, file));
            inode.setSwapFile(true);
        } finally {
            inode.contentLock().unlock();
        }
    }

    private long swapoff(Task task, long[] a) {
        requirePrivilege(task);
        String path = Arguments.path(task.memory(), a[0]);
        if (isDevice(task, path)) {
            deviceOff(task.mm());
            return 0;
        }
        OpenFile file = open(task, path);
        try {
            end(task.mm(), file.inodeObject());
        } finally {
            file.put();
        }
        return 0;
    }

    private void deviceOff(Mm asker) {
        SwapArea area = device.getAndSet(null);
        if (area == null) {
            throw Errno.EINVAL.exception();
        }
        boolean off = false;
        try {
            new SwapOff(memory, area).runFor(asker);
            off = true;
        } finally {
            if (!off) {
                device.set(area);
            }
        }
    }

    private void end(Mm asker, Inode inode) {
        Used found = used.remove(inode);
        if (found == null) {
            throw Errno.EINVAL.exception();
        }
        boolean off = false;
        try {
            new SwapOff(memory, found.area()).runFor(asker);
            off = true;
        } finally {
            if (!off) {
                used.put(inode, found);
            }
        }
        inode.setSwapFile(false);
        found.file().put();
    }
}
