package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A test case: code, the state it is executed in and, once an oracle has told, the state
/// afterwards and what of it counts.
///
/// Mutable, because a sampler fills it piece by piece and an oracle completes it; it belongs to one
/// thread at a time.
public final class TestVector {

    /// A word that need not be met exactly, and the architecture's name for the rule instead.
    public record Tolerance(String word, String rule) {}

    /// The row it was made for.
    public InsnTable.@Nullable Row row;

    /// One instruction, or a straight line of several.
    public byte[] code = {};

    public final long[] before;

    /// Standard words until an oracle or a file has told.
    public final long[] after;

    /// Bits of the words afterwards that the manual leaves open.
    public final long[] undefined;

    public final List<MemoryRun> memoryBefore = new ArrayList<>(2);

    /// What memory holds afterwards that it did not hold before.
    public final List<MemoryRun> memoryAfter = new ArrayList<>(2);

    /// Bits of memory afterwards that the manual leaves open.
    public final List<MemoryRun> memoryUndefined = new ArrayList<>(0);

    public final List<Tolerance> tolerances = new ArrayList<>(0);

    public TestVector(StateLayout layout) {
        before = layout.standardState();
        after = layout.standardState();
        undefined = new long[layout.size()];
    }

    /// Leaves open all of memory that is changed.
    public void openMemory() {
        for (MemoryRun run : memoryAfter) {
            byte[] all = new byte[run.bytes().length];
            Arrays.fill(all, (byte) -1);
            memoryUndefined.add(new MemoryRun(run.at(), all));
        }
    }
}
