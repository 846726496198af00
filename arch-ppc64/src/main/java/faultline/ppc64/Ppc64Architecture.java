package faultline.ppc64;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoder;
import faultline.core.isa.WordDisassembler;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.insn.Ppc64Decoder;
import faultline.ppc64.insn.Ppc64Names;
import faultline.ppc64.mmu.LinuxPageTables;
import java.nio.ByteOrder;
import java.util.List;

/// The Power ISA in problem state, 64-bit mode, as user programs see it. Memory is in one of two
/// byte orders, for instructions as for data.
public abstract sealed class Ppc64Architecture implements Architecture {

    private final String name;
    private final ByteOrder order;

    private Ppc64Architecture(String name, ByteOrder order) {
        this.name = name;
        this.order = order;
    }

    /// The order most distributions are built for.
    public static final class LittleEndian extends Ppc64Architecture {

        public LittleEndian() {
            super("ppc64le", ByteOrder.LITTLE_ENDIAN);
        }
    }

    /// The order POWER began with.
    public static final class BigEndian extends Ppc64Architecture {

        public BigEndian() {
            super("ppc64", ByteOrder.BIG_ENDIAN);
        }
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final ByteOrder byteOrder() {
        return order;
    }

    @Override
    public final List<CpuModel> models() {
        return CpuModels.all();
    }

    @Override
    public final Cpu newCpu(CpuModel model) {
        return new Ppc64Cpu(model, order);
    }

    @Override
    public final Decoder decoder(CpuModel model) {
        return new Ppc64Decoder(model, order);
    }

    @Override
    public final List<PageGeometry> pageSizes() {
        return LinuxPageTables.pageSizes();
    }

    @Override
    public final List<String> mmuKinds() {
        return LinuxPageTables.kinds();
    }

    @Override
    public final Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
        return LinuxPageTables.newMmu(memory, choice);
    }

    @Override
    public final Disassembler disassembler(CpuModel model) {
        return new WordDisassembler(new Ppc64Decoder(model, order), new Ppc64Names());
    }
}
