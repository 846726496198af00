package faultline.kernel.vfs.mem;

import faultline.core.mem.PhysicalMemory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Pages of one file that the page cache has written back, by index. A page that is not there is a hole.
public final class PageStore {

    private static final int PAGE = PhysicalMemory.FRAME_BYTES;

    private final PhysicalMemory ram;
    private final ConcurrentMap<Long, byte[]> pages = new ConcurrentHashMap<>();

    public PageStore(PhysicalMemory ram) {
        this.ram = ram;
    }

    /// Whether page `index` was written.
    public boolean has(long index) {
        return pages.containsKey(index);
    }

    /// Copies page `index` to `pa`; false, touching nothing, when it is a hole.
    public boolean load(long index, long pa) {
        byte[] page = pages.get(index);
        if (page == null) {
            return false;
        }
        ram.write(pa, page, 0, PAGE);
        return true;
    }

    /// Fills the first pages with `contents`.
    void preset(byte[] contents) {
        for (int from = 0; from < contents.length; from += PAGE) {
            byte[] page = new byte[PAGE];
            System.arraycopy(contents, from, page, 0, Math.min(PAGE, contents.length - from));
            pages.put((long) from / PAGE, page);
        }
    }

    /// Keeps a copy of the page at `pa`.
    public void store(long index, long pa) {
        byte[] page = new byte[PAGE];
        ram.read(pa, page, 0, PAGE);
        pages.put(index, page);
    }

    /// Forgets everything past `size` bytes.
    public void cut(long size) {
        pages.keySet().removeIf(index -> index << PhysicalMemory.FRAME_SHIFT >= size);
        byte[] last = pages.get(size >> PhysicalMemory.FRAME_SHIFT);
        if (last != null) {
            byte[] shortened = new byte[PAGE];
            System.arraycopy(last, 0, shortened, 0, (int) (size & (PAGE - 1)));
            pages.put(size >> PhysicalMemory.FRAME_SHIFT, shortened);
        }
    }
}
