package faultline.kernel.task;

import faultline.kernel.Errno;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.PagemapScan;
import faultline.kernel.mm.PagemapScan.Region;
import faultline.kernel.mm.PagemapScan.Request;
import faultline.kernel.mm.uaccess.UserMemory;

/// The ioctl PAGEMAP_SCAN: what it takes and gives, in the order of `pagemap_scan_get_args`.
final class PagemapScanCall {

    /// `struct pm_scan_arg`: twelve words.
    private static final int ARGUMENT_BYTES = 96;

    private static final int WALK_END = 4 * Long.BYTES;

    /// `struct page_region`.
    private static final int REGION_BYTES = 24;

    private final UserMemory memory;
    private final long va;
    private final Mm mm;
    private final long userEnd;

    /// The argument is at `va`; the caller keeps the address space that it is about.
    PagemapScanCall(UserMemory memory, long va, Mm mm) {
        this.memory = memory;
        this.va = va;
        this.mm = mm;
        this.userEnd = mm.kernel().format().userEnd();
    }

    /// Does it; returns how many ranges were found. EFAULT, EINVAL, EPERM, EINTR.
    long run() {
        PagemapScan scan = new PagemapScan(mm, read());
        scan.run();
        return write(scan);
    }

    private long word(int index) {
        return memory.load64(va + (long) index * Long.BYTES);
    }

    private Request read() {
        long pageBytes = mm.geometry().bytes();
        long size = word(0);
        long flags = word(1);
        long start = word(2);
        long end = word(3);
        long vector = word(5);
        long room = word(6);
        long most = word(7);
        long inverted = word(8);
        long mask = word(9);
        long anyOf = word(10);
        long told = word(11);
        if (size != ARGUMENT_BYTES
                || (flags & ~PagemapScan.FLAGS) != 0
                || ((inverted | mask | anyOf | told) & ~PagemapScan.CATEGORIES) != 0
                || (start & pageBytes - 1) != 0) {
            throw Errno.EINVAL.exception();
        }
        requireUser(start, end - start);
        if (vector == 0 && room != 0) {
            throw Errno.EINVAL.exception();
        }
        if (vector != 0) {
            requireUser(vector, Math.unsignedMultiplyHigh(room, REGION_BYTES) != 0 ? -1 : room * REGION_BYTES);
        }
        long last = (end + pageBytes - 1) & -pageBytes;
        boolean collects = room != 0;
        return new Request(flags, start, last, collects, room, most == 0 ? -1 : most, inverted, mask, anyOf, told);
    }

    /// `access_ok`.
    private void requireUser(long start, long length) {
        if (Long.compareUnsigned(length, userEnd) > 0 || Long.compareUnsigned(start, userEnd - length) > 0) {
            throw Errno.EFAULT.exception();
        }
    }

    /// What was found counts also where something went wrong then.
    private long write(PagemapScan scan) {
        long at = word(5);
        for (Region region : scan.regions()) {
            memory.store64(at, region.start());
            memory.store64(at + 8, region.end());
            memory.store64(at + 16, region.categories());
            at += REGION_BYTES;
        }
        memory.store64(va + WALK_END, scan.walkEnd());
        Errno failure = scan.failure();
        if (failure != null) {
            throw failure.exception();
        }
        return scan.regions().size();
    }
}
