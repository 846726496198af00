package faultline.arm64.conformance;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.CpuModels;
import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.conformance.BulkOperation;
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
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/// arm64 on the conformance machine: instructions of the model that has everything.
public final class Arm64Conformance implements ConformancePort {

    // Descriptors (Arm ARM D8.3).

    private static final long TABLE = 0x3;

    /// A page that EL0 may read, accessed before.
    private static final long READABLE_PAGE = 0x3 | 1 << 6 | 3 << 8 | 1 << 10;

    private static final long READ_ONLY = 1 << 7;
    private static final long EXECUTE_NEVER = 1L << 54;

    private static final RadixTables TABLES = new RadixTables(
            List.of(9, 9, 9, 9),
            TABLE,
            page -> READABLE_PAGE | (page.writable() ? 0 : READ_ONLY) | (page.executable() ? 0 : EXECUTE_NEVER));

    private final InsnTable table = InsnTable.of(Arm64Conformance.class, "A64");
    private final List<InsnTable.Row> rows = table.rows();

    @Override
    public Architecture architecture() {
        return new Arm64Architecture();
    }

    @Override
    public CpuModel model() {
        return CpuModels.max();
    }

    @Override
    public StateLayout layout() {
        return A64State.LAYOUT;
    }

    /// `brk #0xfa17`.
    @Override
    public byte[] trapBytes() {
        return Words.bytes(ByteOrder.LITTLE_ENDIAN, EncodingClasses.TRAP);
    }

    @Override
    public InsnTable table() {
        return table;
    }

    @Override
    public Map<String, String> notCompared() {
        return NotCompared.of(rows);
    }

    @Override
    public long map(PhysicalMemory memory, long firstTable, List<Page> pages) {
        return TABLES.map(memory, firstTable, pages);
    }

    @Override
    public void load(long[] state, Cpu cpu) {
        A64State.load(state, (A64Cpu) cpu);
    }

    @Override
    public void store(Cpu cpu, Ending ending, long[] state) {
        A64State.store((A64Cpu) cpu, ending, state);
    }

    @Override
    public Sampler sampler(RandomSource random) {
        return new A64Sampler(this, random);
    }

    @Override
    public String assembly(Decoded decoded) {
        WordInsn insn = (WordInsn) decoded;
        return insn.row == null ? "" : rows.get(insn.number).assembly();
    }

    @Override
    public void open(Decoded decoded, TestVector vector) {
        EmulatorDifferences.open(((WordInsn) decoded).word, vector);
    }

    @Override
    public List<Difference> differences() {
        return EmulatorDifferences.LIST;
    }

    @Override
    public List<BulkOperation> operations() {
        return FloatOperations.all();
    }
}
