package faultline.x86.conformance;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.conformance.BulkOperation;
import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.Difference;
import faultline.core.conformance.Ending;
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
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// x86-64 on the conformance machine: instructions of the model that has everything.
public final class X86Conformance implements ConformancePort {

    private static final String CORPUS = "/META-INF/conformance/x86/";

    private static final long PRESENT_USER = 0x5;
    private static final long WRITABLE = 0x2;
    private static final long NO_EXECUTE = 1L << 63;
    private static final int ROOT_LEVEL = 3;

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

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
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
    public @Nullable InputStream open(String file) {
        return X86Conformance.class.getResourceAsStream(CORPUS + file);
    }

    @Override
    public long map(PhysicalMemory memory, long firstTable, List<Page> pages) {
        long next = firstTable + 1;
        memory.zero(firstTable);
        for (Page page : pages) {
            long entry = firstTable << PhysicalMemory.FRAME_SHIFT;
            for (int level = ROOT_LEVEL; level > 0; level--) {
                long at = entry + (page.va() >>> 12 + 9 * level & 0x1ff) * 8;
                if (memory.load64(at) == 0) {
                    memory.zero(next);
                    memory.store64(at, next++ << PhysicalMemory.FRAME_SHIFT | PRESENT_USER | WRITABLE);
                }
                entry = memory.load64(at) & -PhysicalMemory.FRAME_BYTES;
            }
            long rights = (page.writable() ? WRITABLE : 0) | (page.executable() ? 0 : NO_EXECUTE);
            memory.store64(
                    entry + (page.va() >>> 12 & 0x1ff) * 8,
                    page.pfn() << PhysicalMemory.FRAME_SHIFT | PRESENT_USER | rights);
        }
        return firstTable << PhysicalMemory.FRAME_SHIFT;
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
