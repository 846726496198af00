package faultline.x86.conformance;

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
import faultline.core.conformance.TestVector.Tolerance;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoded;
import faultline.core.isa.OpcodeInsn;
import faultline.core.isa.table.InsnTable;
import faultline.core.mem.PhysicalMemory;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// x86-64 on the conformance machine: instructions of the model that has everything.
public final class X86Conformance implements ConformancePort {

    private static final long PRESENT_USER = 0x5;
    private static final long WRITABLE = 0x2;
    private static final long NO_EXECUTE = 1L << 63;

    private static final RadixTables TABLES = new RadixTables(
            List.of(9, 9, 9, 9),
            PRESENT_USER | WRITABLE,
            page -> PRESENT_USER | (page.writable() ? WRITABLE : 0) | (page.executable() ? 0 : NO_EXECUTE));

    private final InsnTable table = InsnTable.of(X86Conformance.class, "X86");

    @Override
    public Architecture architecture() {
        return new X86Architecture();
    }

    @Override
    public CpuModel model() {
        return CpuModels.max();
    }

    @Override
    public StateLayout layout() {
        return X86State.LAYOUT;
    }

    /// `int3`.
    @Override
    public byte[] trapBytes() {
        return new byte[] {(byte) 0xcc};
    }

    @Override
    public InsnTable table() {
        return table;
    }

    @Override
    public Map<String, String> notCompared() {
        return NotCompared.ROWS;
    }

    @Override
    public List<Difference> differences() {
        return VendorDifferences.LIST;
    }

    @Override
    public long map(PhysicalMemory memory, long firstTable, List<Page> pages) {
        return TABLES.map(memory, firstTable, pages);
    }

    @Override
    public void load(long[] state, Cpu cpu) {
        X86State.load(state, (X86Cpu) cpu);
    }

    @Override
    public void store(Cpu cpu, Ending ending, long[] state) {
        X86State.store((X86Cpu) cpu, ending, state);
    }

    @Override
    public boolean isStepped(long[] before) {
        return (before[X86State.FLAGS] & Flags.TF) != 0;
    }

    @Override
    public Sampler sampler(RandomSource random) {
        return new X86Sampler(random);
    }

    @Override
    public String assembly(Decoded decoded) {
        OpcodeInsn insn = (OpcodeInsn) decoded;
        return insn.row == null ? "" : insn.row.assembly();
    }

    @Override
    public void open(Decoded decoded, TestVector vector) {
        OpenResults.apply((OpcodeInsn) decoded, vector);
    }

    @Override
    public boolean isWithin(Tolerance tolerance, long[] expected, long[] found) {
        return OpenResults.isWithin(tolerance, expected, found);
    }

    @Override
    public List<BulkOperation> operations() {
        List<BulkOperation> all = new ArrayList<>(SseKernel.programs());
        all.addAll(X87Kernel.programs());
        return all;
    }
}
