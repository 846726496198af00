package faultline.core.conformance;

import faultline.core.mem.PhysicalMemory;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;

/// Page tables for [TestMemory] where they are a tree of pages with entries of eight bytes.
///
/// @param order of the bytes of an entry
/// @param indexBits how many bits of an address each level takes, the root's first; what is left is
///     the offset in a page
/// @param table what an entry of a level, 0 for the root, has beside the address of the next level's table
/// @param leaf what the last level's entry has beside the address of its frame
public record RadixTables(
        ByteOrder order, List<Integer> indexBits, IntToLongFunction table, ToLongFunction<TestMemory.Page> leaf) {

    /// Where entries have the address of a frame, whatever their upper bits say.
    private static final long FRAME_ADDRESS = (1L << 52) - PhysicalMemory.FRAME_BYTES;

    public RadixTables {
        indexBits = List.copyOf(indexBits);
    }

    /// Tables of little-endian entries, that have the same `table` on every level.
    public RadixTables(List<Integer> indexBits, long table, ToLongFunction<TestMemory.Page> leaf) {
        this(ByteOrder.LITTLE_ENDIAN, indexBits, _ -> table, leaf);
    }

    /// Writes tables into `memory` from the frame `first` on, each in whole frames; returns the root's address.
    public long map(PhysicalMemory memory, long first, List<TestMemory.Page> pages) {
        long next = first + newTable(memory, first, 0);
        for (TestMemory.Page page : pages) {
            long entries = first << PhysicalMemory.FRAME_SHIFT;
            int shift = PhysicalMemory.FRAME_SHIFT
                    + indexBits.stream().mapToInt(Integer::intValue).sum();
            for (int level = 0; level < indexBits.size(); level++) {
                shift -= indexBits.get(level);
                long at = entries + (page.va() >>> shift & (1L << indexBits.get(level)) - 1) * Long.BYTES;
                if (level == indexBits.size() - 1) {
                    store(memory, at, page.pfn() << PhysicalMemory.FRAME_SHIFT | leaf.applyAsLong(page));
                } else if (load(memory, at) == 0) {
                    store(memory, at, next << PhysicalMemory.FRAME_SHIFT | table.applyAsLong(level));
                    next += newTable(memory, next, level + 1);
                }
                entries = load(memory, at) & FRAME_ADDRESS;
            }
        }
        return first << PhysicalMemory.FRAME_SHIFT;
    }

    /// Empties a table of a level and returns how many frames it takes.
    private int newTable(PhysicalMemory memory, long first, int level) {
        int bytes = Math.max(Long.BYTES << indexBits.get(level), PhysicalMemory.FRAME_BYTES);
        memory.zero(first << PhysicalMemory.FRAME_SHIFT, bytes);
        return bytes >>> PhysicalMemory.FRAME_SHIFT;
    }

    private long load(PhysicalMemory memory, long at) {
        return order == ByteOrder.BIG_ENDIAN ? memory.load64BigEndian(at) : memory.load64(at);
    }

    private void store(PhysicalMemory memory, long at, long entry) {
        if (order == ByteOrder.BIG_ENDIAN) {
            memory.store64BigEndian(at, entry);
        } else {
            memory.store64(at, entry);
        }
    }
}
