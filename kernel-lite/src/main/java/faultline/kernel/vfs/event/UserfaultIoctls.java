package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.Ioctls.*;

import faultline.kernel.Errno;
import faultline.kernel.mm.UserfaultFill;
import faultline.kernel.mm.UserfaultMove;
import faultline.kernel.mm.UserfaultProtect;
import faultline.kernel.mm.UserfaultRanges;
import faultline.kernel.mm.Userfaultfd;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import org.jspecify.annotations.Nullable;

/// The commands of a userfaultfd, and the structs they take: `fs/userfaultfd.c` of Linux 6.12.
///
/// What copies, fills or maps says in its struct how far it came; short of everything that is EAGAIN.
final class UserfaultIoctls {

    private static final int REGISTER_MODE_MISSING = 1;
    private static final int REGISTER_MODE_WP = 1 << 1;
    private static final int REGISTER_MODE_MINOR = 1 << 2;

    /// `struct uffdio_api`.
    private static final int API_BYTES = 24;

    private static final int MODE_DONTWAKE = 1;

    /// UFFDIO_COPY_MODE_WP and UFFDIO_CONTINUE_MODE_WP.
    private static final int MODE_WP = 1 << 1;

    private static final int MOVE_MODE_ALLOW_SRC_HOLES = 1 << 1;

    private static final int WRITEPROTECT_MODE_WP = 1;
    private static final int WRITEPROTECT_MODE_DONTWAKE = 1 << 1;

    // What a range can be asked for, by command number.

    private static final long API_IOCTLS = 1L << 63 | 3;
    private static final long WRITEPROTECT_BIT = 1 << 6;
    private static final long CONTINUE_BIT = 1 << 7;

    private static final long RANGE_IOCTLS =
            1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | WRITEPROTECT_BIT | CONTINUE_BIT | 1 << 8;

    private final Userfaultfd handler;
    private final UserfaultRanges ranges;
    private final PageTableFormat format;

    UserfaultIoctls(Userfaultfd handler) {
        this.handler = handler;
        this.ranges = new UserfaultRanges(handler);
        this.format = handler.mm().kernel().format();
    }

    /// Every command, for `/proc/PID/fdinfo`.
    long all() {
        return API_IOCTLS | RANGE_IOCTLS;
    }

    void run(int command, long va, UserMemory memory) {
        if (command != UFFDIO_API && !handler.isInitialized()) {
            throw Errno.EINVAL.exception();
        }
        switch (command) {
            case UFFDIO_API -> api(va, memory);
            case UFFDIO_REGISTER -> register(va, memory);
            case UFFDIO_UNREGISTER -> {
                Range range = Range.read(memory, va);
                ranges.check(range.start, range.length);
                ranges.unregister(range.start, range.length);
            }
            case UFFDIO_WAKE -> {
                Range range = Range.read(memory, va);
                ranges.check(range.start, range.length);
                handler.wake(range.start, range.length);
            }
            case UFFDIO_COPY -> copy(va, memory);
            case UFFDIO_ZEROPAGE -> fill(va, memory, UserfaultFill.With.ZERO, MODE_DONTWAKE);
            case UFFDIO_CONTINUE -> fill(va, memory, UserfaultFill.With.CONTINUE, MODE_DONTWAKE | MODE_WP);
            case UFFDIO_POISON -> fill(va, memory, UserfaultFill.With.POISON, MODE_DONTWAKE);
            case UFFDIO_MOVE -> move(va, memory);
            case UFFDIO_WRITEPROTECT -> writeProtect(va, memory);
            default -> throw Errno.EINVAL.exception();
        }
    }

    /// `struct uffdio_range`, with which most structs begin; `mode` is behind it.
    private record Range(long start, long length) {

        static final int BYTES = 16;

        static Range read(UserMemory memory, long va) {
            return new Range(memory.load64(va), memory.load64(va + 8));
        }
    }

    // The handshake.

    /// What is offered: all that Linux has.
    private int offered() {
        int all = Userfaultfd.FEATURE_MOVE << 1;
        int write = Userfaultfd.FEATURE_PAGEFAULT_FLAG_WP
                | Userfaultfd.FEATURE_WP_HUGETLBFS_SHMEM
                | Userfaultfd.FEATURE_WP_UNPOPULATED
                | Userfaultfd.FEATURE_WP_ASYNC;
        int minor = Userfaultfd.FEATURE_MINOR_HUGETLBFS | Userfaultfd.FEATURE_MINOR_SHMEM;
        return all - 1 & ~(format.hasUffdWp() ? 0 : write | minor);
    }

    private void api(long va, UserMemory memory) {
        long api = memory.load64(va);
        long features = memory.load64(va + 8);
        // The struct is read as a whole, although what is in it is only written.
        long _ = memory.load64(va + 16);
        Errno refusal = chooseFeatures(api, features, va, memory);
        if (refusal != null) {
            memory.clear(va, API_BYTES);
            throw refusal.exception();
        }
    }

    private @Nullable Errno chooseFeatures(long api, long asked, long va, UserMemory memory) {
        if (api != Userfaultfd.UFFD_API) {
            return Errno.EINVAL;
        }
        if ((asked & Userfaultfd.FEATURE_EVENT_FORK) != 0
                && !Caller.current().credentials().isSuperuser()) {
            return Errno.EPERM;
        }
        long features =
                (asked & Userfaultfd.FEATURE_WP_ASYNC) != 0 ? asked | Userfaultfd.FEATURE_WP_UNPOPULATED : asked;
        if ((features & ~offered()) != 0) {
            return Errno.EINVAL;
        }
        memory.store64(va + 8, offered());
        memory.store64(va + 16, API_IOCTLS);
        return handler.initialize((int) features) ? null : Errno.EINVAL;
    }

    // Ranges.

    private void register(long va, UserMemory memory) {
        Range range = Range.read(memory, va);
        long mode = memory.load64(va + Range.BYTES);
        if (mode == 0
                || (mode & ~(REGISTER_MODE_MISSING | REGISTER_MODE_WP | REGISTER_MODE_MINOR)) != 0
                || !format.hasUffdWp() && mode != REGISTER_MODE_MISSING) {
            throw Errno.EINVAL.exception();
        }
        int flags = ((mode & REGISTER_MODE_MISSING) != 0 ? Vma.VM_UFFD_MISSING : 0)
                | ((mode & REGISTER_MODE_WP) != 0 ? Vma.VM_UFFD_WP : 0)
                | ((mode & REGISTER_MODE_MINOR) != 0 ? Vma.VM_UFFD_MINOR : 0);
        ranges.check(range.start, range.length);
        ranges.register(range.start, range.length, flags);
        long ioctls = RANGE_IOCTLS
                & ~((mode & REGISTER_MODE_WP) != 0 ? 0 : WRITEPROTECT_BIT)
                & ~((mode & REGISTER_MODE_MINOR) != 0 ? 0 : CONTINUE_BIT);
        memory.store64(va + Range.BYTES + 8, ioctls);
    }

    // Resolving.

    private void requireQuiet() {
        if (handler.isChanging()) {
            throw Errno.EAGAIN.exception();
        }
    }

    private static void requireMode(long mode, long known) {
        if ((mode & ~known) != 0) {
            throw Errno.EINVAL.exception();
        }
    }

    private static UserfaultFill.Source sourceIn(UserMemory memory) {
        return (va, to) -> memory.readPartial(va, to, 0, to.length);
    }

    private void copy(long va, UserMemory memory) {
        requireQuiet();
        Range to = new Range(memory.load64(va), memory.load64(va + 16));
        long source = memory.load64(va + 8);
        long mode = memory.load64(va + 24);
        ranges.checkUnaligned(source, to.length);
        ranges.check(to.start, to.length);
        requireMode(mode, MODE_DONTWAKE | MODE_WP);
        UserfaultFill fill =
                new UserfaultFill(handler, UserfaultFill.With.COPY, (mode & MODE_WP) != 0, sourceIn(memory));
        finish(to, mode, fill.fill(to.start, source, to.length), va + 32, memory);
    }

    private void move(long va, UserMemory memory) {
        requireQuiet();
        Range to = new Range(memory.load64(va), memory.load64(va + 16));
        long from = memory.load64(va + 8);
        long mode = memory.load64(va + 24);
        // Within one address space alone, and that is the caller's.
        if (Caller.current().mm() != handler.mm()) {
            throw Errno.EINVAL.exception();
        }
        ranges.check(to.start, to.length);
        ranges.check(from, to.length);
        requireMode(mode, MOVE_MODE_ALLOW_SRC_HOLES | MODE_DONTWAKE);
        UserfaultMove move = new UserfaultMove(handler, (mode & MOVE_MODE_ALLOW_SRC_HOLES) != 0);
        finish(to, mode, move.move(to.start, from, to.length), va + 32, memory);
    }

    /// Those whose struct is a range, a mode and how far they came.
    private void fill(long va, UserMemory memory, UserfaultFill.With with, long modes) {
        requireQuiet();
        Range range = Range.read(memory, va);
        long mode = memory.load64(va + Range.BYTES);
        ranges.check(range.start, range.length);
        requireMode(mode, modes);
        UserfaultFill fill = new UserfaultFill(handler, with, (mode & MODE_WP) != 0, sourceIn(memory));
        finish(range, mode, fill.fill(range.start, 0, range.length), va + Range.BYTES + 8, memory);
    }

    /// Says how far it came, and wakes who waits there.
    private void finish(Range range, long mode, long result, long resultVa, UserMemory memory) {
        memory.store64(resultVa, result);
        if (result < 0) {
            Errno failure = Errno.of((int) -result);
            throw (failure == null ? Errno.EINVAL : failure).exception();
        }
        if ((mode & MODE_DONTWAKE) == 0) {
            handler.wake(range.start, result);
        }
        if (result != range.length) {
            throw Errno.EAGAIN.exception();
        }
    }

    private void writeProtect(long va, UserMemory memory) {
        requireQuiet();
        Range range = Range.read(memory, va);
        long mode = memory.load64(va + Range.BYTES);
        ranges.check(range.start, range.length);
        requireMode(mode, WRITEPROTECT_MODE_WP | WRITEPROTECT_MODE_DONTWAKE);
        boolean protect = (mode & WRITEPROTECT_MODE_WP) != 0;
        boolean wakes = (mode & WRITEPROTECT_MODE_DONTWAKE) == 0;
        if (protect && !wakes) {
            throw Errno.EINVAL.exception();
        }
        UserfaultProtect.change(handler, range.start, range.length, protect);
        if (!protect && wakes) {
            handler.wake(range.start, range.length);
        }
    }
}
