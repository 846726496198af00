package faultline.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class RadixTablesTest {

    private static final long VALID = 1L << 63;
    private static final long LEAF = 1L << 62;
    private static final long PFN = 77;
    private static final long VA = 0x123_4567_8000L;

    @AutoClose
    private final PhysicalMemory memory = PhysicalMemory.reserve(1 << 19);

    /// A root of 16 frames, and entries that say how wide the next level is.
    @Test
    void bigEndianTablesOfDifferentSizesLeadToTheFrame() {
        RadixTables tables = new RadixTables(
                ByteOrder.BIG_ENDIAN,
                List.of(13, 9, 9, 9),
                level -> VALID | 9 + level,
                page -> VALID | LEAF | (page.writable() ? 2 : 0));
        memory.fill(0, 1 << 19, (byte) 0x5a);
        long root = tables.map(memory, 16, List.of(new TestMemory.Page(VA, PFN, true, false)));
        assertThat(root).isEqualTo(16L << PhysicalMemory.FRAME_SHIFT);
        long second = root + (16L << PhysicalMemory.FRAME_SHIFT);
        assertThat(entry(root, 39)).isEqualTo(VALID | second | 9);
        assertThat(entry(second, 30)).isEqualTo(VALID | second + 0x1000 | 10);
        assertThat(entry(second + 0x1000, 21)).isEqualTo(VALID | second + 0x2000 | 11);
        assertThat(entry(second + 0x2000, 12)).isEqualTo(VALID | LEAF | PFN << PhysicalMemory.FRAME_SHIFT | 2);
        assertThat(memory.load64(root + (16L << PhysicalMemory.FRAME_SHIFT) - 8))
                .isZero();
    }

    private long entry(long table, int shift) {
        long mask = shift == 39 ? 0x1fff : 0x1ff;
        return memory.load64BigEndian(table + (VA >>> shift & mask) * Long.BYTES);
    }
}
