package faultline.core.conformance;

import faultline.core.mem.PhysicalMemory;
import java.util.List;
import java.util.function.ToLongFunction;

/// Page tables for [TestMemory] where they are a tree of pages with entries of eight bytes.
///
/// @param indexBits how many bits of an address each level takes, the root's first; what is left is
///     the offset in a page
/// @param table what an entry has beside the address of the next level's table
/// @param leaf what the last level's entry has beside the address of its frame
public record RadixTables(List<Integer> indexBits, long table, ToLongFunction<TestMemory.Page> leaf) {

    public RadixTables {
        indexBits = List.copyOf(indexBits);
    }

    /// Writes tables into `memory` from the frame `first` on; returns the root's address.
    public long map(PhysicalMemory memory, long first, List<TestMemory.Page> pages) {
        long next = first + 1;
        memory.zero(first);
        for (TestMemory.Page page : pages) {
            long entries = first << PhysicalMemory.FRAME_SHIFT;
            int shift = PhysicalMemory.FRAME_SHIFT
                    + indexBits.stream().mapToInt(Integer::intValue).sum();
            for (int level = 0; level < indexBits.size(); level++) {
                shift -= indexBits.get(level);
                long at = entries + (page.va() >>> shift & (1L << indexBits.get(level)) - 1) * Long.BYTES;
                if (level == indexBits.size() - 1) {
                    memory.store64(at, page.pfn() << PhysicalMemory.FRAME_SHIFT | leaf.applyAsLong(page));
                } else if (memory.load64(at) == 0) {
                    memory.zero(next);
                    memory.store64(at, next++ << PhysicalMemory.FRAME_SHIFT | table);
                }
                entries = memory.load64(at) & -PhysicalMemory.FRAME_BYTES;
            }
        }
        return first << PhysicalMemory.FRAME_SHIFT;
    }
}
