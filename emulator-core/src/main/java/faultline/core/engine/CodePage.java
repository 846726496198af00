package faultline.core.engine;

import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import org.jspecify.annotations.Nullable;

/// The instructions decoded from one frame as it is mapped at one virtual page.
///
/// Both count: the bytes come from the frame, but a pc-relative operand is folded with the virtual
/// address. Links between nodes stay inside a page, so whoever drops the page drops them all.
/// `nodes` and `decoded` change under the page's monitor; execution reads `nodes` without it and
/// finds a node or none.
public final class CodePage {

    /// What a page without instructions takes of Java's heap: the array of nodes and a little.
    static final long EMPTY_BYTES = PhysicalMemory.FRAME_BYTES * 4L + 768;

    /// What a node takes, about.
    private static final long NODE_BYTES = 64;

    private static final int SHIFT = PhysicalMemory.FRAME_SHIFT;
    private static final int OFFSET = PhysicalMemory.FRAME_BYTES - 1;

    final long pfn;

    /// The virtual address of the first byte.
    final long start;

    /// Another page decoded from the same frame at another virtual address.
    @Nullable
    CodePage sameFrame;

    private final @Nullable Node[] nodes = new Node[PhysicalMemory.FRAME_BYTES];

    /// One bit a byte that some node was decoded from.
    private final long[] decoded = new long[PhysicalMemory.FRAME_BYTES / Long.SIZE];

    /// The instruction that begins in the page before this one and ends here, with the page it begins in.
    private @Nullable Node entering;

    private @Nullable CodePage enteringFrom;

    /// What the page takes of Java's heap while it is current. Guarded by the monitor.
    private long heapBytes = EMPTY_BYTES;

    /// False once the bytes have changed or may have; a dispatcher that sees it looks the page up again.
    private volatile boolean current = true;

    CodePage(long pfn, long start) {
        this.pfn = pfn;
        this.start = start;
    }

    /// The page that the TLB remembers for `va`, or null when it must be looked up.
    static @Nullable CodePage of(Mem mem, long va) {
        CodePage page = (CodePage) mem.tlb().code(va);
        return page != null && page.current ? page : null;
    }

    /// The decoded instruction at `va` if the TLB knows its page, else null.
    static @Nullable Node find(Mem mem, long va) {
        CodePage page = of(mem, va);
        return page == null ? null : page.at(va);
    }

    /// The instruction decoded at an address inside this page, or null.
    @Nullable
    Node at(long va) {
        return nodes[(int) va & OFFSET];
    }

    /// Whether `va` lies in this page.
    boolean covers(long va) {
        return va >>> SHIFT == start >>> SHIFT;
    }

    boolean isCurrent() {
        return current;
    }

    /// Makes dispatchers and linkers turn away from the page; returns what it took of Java's heap.
    synchronized long retire() {
        long freed = heapBytes;
        heapBytes = 0;
        current = false;
        return freed;
    }

    /// Nodes were entered: returns what they take, or 0 when nobody counts the page any more.
    /// Holding the monitor.
    long charge(int nodes) {
        long bytes = current ? nodes * NODE_BYTES : 0;
        heapBytes += bytes;
        return bytes;
    }

    /// Enters a node and marks its bytes. Holding the monitor.
    void put(Node node, int length) {
        nodes[(int) node.pc & OFFSET] = node;
        mark((int) node.pc & OFFSET, length);
    }

    /// Marks bytes as decoded. Holding the monitor.
    void mark(int offset, int length) {
        int end = Math.min(offset + length, PhysicalMemory.FRAME_BYTES);
        for (int i = offset; i < end; i++) {
            decoded[i / Long.SIZE] |= 1L << i;
        }
    }

    /// Whether a store to these bytes changes an instruction decoded from them.
    synchronized boolean overlaps(int offset, int length) {
        int end = Math.min(offset + length, PhysicalMemory.FRAME_BYTES);
        for (int i = offset; i < end; i++) {
            if ((decoded[i / Long.SIZE] >>> i & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    /// The instruction at `va` in `first` that runs over into this page, if it is remembered and neither page has
    /// changed: `first` is the page looked up just now, so being the remembered one proves its bytes.
    synchronized @Nullable Node entering(CodePage first, long va) {
        return entering != null && enteringFrom == first && entering.pc == va ? entering : null;
    }

    /// Remembers an instruction of `length` bytes that begins in `first`.
    void setEntering(CodePage first, Node node, int length) {
        int inFirst = PhysicalMemory.FRAME_BYTES - ((int) node.pc & OFFSET);
        synchronized (first) {
            first.mark((int) node.pc & OFFSET, inFirst);
        }
        synchronized (this) {
            mark(0, length - inFirst);
            entering = node;
            enteringFrom = first;
        }
    }
}
