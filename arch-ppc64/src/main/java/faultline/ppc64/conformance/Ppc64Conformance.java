package faultline.ppc64.conformance;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.Difference;
import faultline.core.conformance.Ending;
import faultline.core.conformance.RadixTables;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.Sampler;
import faultline.core.conformance.StateLayout;
import faultline.core.conformance.TestMemory.Page;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.Words;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoded;
import faultline.core.isa.WordInsn;
import faultline.core.isa.table.InsnTable;
import faultline.core.mem.PhysicalMemory;
import faultline.ppc64.Ppc64Architecture;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// ppc64 on the conformance machine, in one of its byte orders and as one of its models.
public abstract sealed class Ppc64Conformance implements ConformancePort {

    /// `tw 31,0,0`
    private static final int TRAP = 0x7fe00008;

    // Radix tree entries (Power ISA 3.0B Book III 5.7.10).

    private static final long VALID = 1L << 63;
    private static final long LEAF = 1L << 62;

    /// A page that programs may read, referenced and changed before.
    private static final long READABLE_PAGE = VALID | LEAF | 1 << 8 | 1 << 7 | 1 << 2;

    private static final long WRITABLE = 1 << 1;
    private static final long EXECUTABLE = 1;

    /// How many bits of an address the tables below the root take.
    private static final int INDEX_BITS = 9;

    private static final RadixTables TABLES = new RadixTables(
            ByteOrder.BIG_ENDIAN,
            List.of(13, INDEX_BITS, INDEX_BITS, INDEX_BITS),
            _ -> VALID | INDEX_BITS,
            page -> READABLE_PAGE | (page.writable() ? WRITABLE : 0) | (page.executable() ? EXECUTABLE : 0));

    private final Ppc64Architecture architecture;
    private final CpuModel model;
    private final InsnTable table = InsnTable.of(Ppc64Conformance.class, "Ppc64");
    private final List<InsnTable.Row> rows = table.rows();

    private Ppc64Conformance(Ppc64Architecture architecture, CpuModel model) {
        this.architecture = architecture;
        this.model = model;
    }

    /// Programs of most distributions.
    public static final class LittleEndian extends Ppc64Conformance {

        public LittleEndian() {
            this(CpuModels.max());
        }

        private LittleEndian(CpuModel model) {
            super(new Ppc64Architecture.LittleEndian(), model);
        }

        @Override
        public ConformancePort of(CpuModel other) {
            return new LittleEndian(other);
        }
    }

    /// The other byte order.
    public static final class BigEndian extends Ppc64Conformance {

        public BigEndian() {
            this(CpuModels.max());
        }

        private BigEndian(CpuModel model) {
            super(new Ppc64Architecture.BigEndian(), model);
        }

        @Override
        public ConformancePort of(CpuModel other) {
            return new BigEndian(other);
        }
    }

    @Override
    public final Architecture architecture() {
        return architecture;
    }

    @Override
    public final CpuModel model() {
        return model;
    }

    @Override
    public final StateLayout layout() {
        return PowerState.LAYOUT;
    }

    @Override
    public final byte[] trapBytes() {
        return Words.bytes(byteOrder(), TRAP);
    }

    @Override
    public final InsnTable table() {
        return table;
    }

    @Override
    public final Map<String, String> notCompared() {
        return NotCompared.of(rows, model, byteOrder());
    }

    @Override
    public final long map(PhysicalMemory memory, long firstTable, List<Page> pages) {
        return TABLES.map(memory, firstTable, pages);
    }

    @Override
    public final void load(long[] state, Cpu cpu) {
        PowerState.load(state, (Ppc64Cpu) cpu);
    }

    @Override
    public final void store(Cpu cpu, Ending ending, long[] state) {
        PowerState.store((Ppc64Cpu) cpu, ending, state);
    }

    @Override
    public final Sampler sampler(RandomSource random) {
        return new PowerSampler(this, random);
    }

    @Override
    public final String assembly(Decoded decoded) {
        InsnTable.Row row = row(decoded);
        return row == null ? "" : row.assembly();
    }

    @Override
    public final void open(Decoded decoded, TestVector vector) {
        InsnTable.Row row = row(decoded);
        int word = ((WordInsn) decoded).word;
        if (row != null) {
            OpenResults.open(row, word, vector);
        }
        EmulatorDifferences.open(row, word, vector);
    }

    @Override
    public final boolean isWithin(TestVector.Tolerance tolerance, long[] expected, long[] found) {
        return Estimates.isWithin(tolerance, expected, found);
    }

    private InsnTable.@Nullable Row row(Decoded decoded) {
        WordInsn insn = (WordInsn) decoded;
        return insn.row == null ? null : rows.get(insn.number);
    }

    @Override
    public final List<Difference> differences() {
        return Stream.of(EmulatorDifferences.LIST, FloatDifferences.LIST, VsxDifferences.LIST)
                .flatMap(List::stream)
                .toList();
    }
}
