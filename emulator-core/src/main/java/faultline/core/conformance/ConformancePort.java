package faultline.core.conformance;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoded;
import faultline.core.isa.table.InsnTable;
import faultline.core.mem.PhysicalMemory;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an architecture supplies to be tested, found by `ServiceLoader`. The package's description
/// says in which order to write it.
public interface ConformancePort {

    Architecture architecture();

    /// The model that is tested: the one that has everything.
    CpuModel model();

    /// The same with another model of the architecture.
    ///
    /// @throws IllegalArgumentException if that one is not compared
    default ConformancePort of(CpuModel other) {
        if (!other.equals(model())) {
            throw new IllegalArgumentException(other.name() + ": only " + model().name() + " is compared");
        }
        return this;
    }

    /// The words of a state, named as in the architecture's oracle and in its order.
    StateLayout layout();

    /// In which the oracle's processor stores numbers.
    default ByteOrder byteOrder() {
        return architecture().byteOrder();
    }

    /// What fills code memory.
    byte[] trapBytes();

    /// The rows of the instruction table.
    InsnTable table();

    /// Rows that have no vectors, by their text, and why.
    Map<String, String> notCompared();

    /// Where the oracle is known to do otherwise.
    List<Difference> differences();

    /// A file of the corpus by its name, null if there is none: in the module's
    /// `META-INF/conformance/ARCH`.
    default @Nullable InputStream open(String file) {
        return getClass()
                .getResourceAsStream("/META-INF/conformance/" + architecture().name() + "/" + file);
    }

    /// Writes page tables into `memory` from the frame `firstTable` on; returns the root's address.
    long map(PhysicalMemory memory, long firstTable, List<TestMemory.Page> pages);

    /// Gives a thread a state.
    void load(long[] state, Cpu cpu);

    /// Reads a thread's state, and writes how it ended into the state's words for that. The vCPU is
    /// in kernel mode.
    void store(Cpu cpu, Ending ending, long[] state);

    /// Whether the case ends behind its first instruction, whatever stands behind it.
    default boolean isStepped(long[] before) {
        return false;
    }

    /// Fills cases with what random choice makes of a row, or of nothing.
    Sampler sampler(RandomSource random);

    /// The assembly text of the row an instruction was decoded as; empty for an illegal one.
    String assembly(Decoded decoded);

    /// Completes what does not count of a vector's outcome, once the oracle has told it.
    void open(Decoded decoded, TestVector vector);

    /// Whether a word is within a tolerance: one that [#open] has named.
    default boolean isWithin(TestVector.Tolerance tolerance, long[] expected, long[] found) {
        throw new IllegalArgumentException(tolerance.rule() + ": there is no such tolerance");
    }

    /// Operations for bulk comparison: many operands in one case.
    default List<BulkOperation> operations() {
        return List.of();
    }
}
