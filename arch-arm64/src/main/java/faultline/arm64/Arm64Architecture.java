package faultline.arm64;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.CpuModels;
import faultline.arm64.insn.A64Decoder;
import faultline.arm64.insn.A64Names;
import faultline.arm64.mmu.Arm64Mmu;
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
import java.nio.ByteOrder;
import java.util.List;

/// AArch64 state at EL0 as user programs see it.
public final class Arm64Architecture implements Architecture {

    @Override
    public String name() {
        return "arm64";
    }

    @Override
    public List<CpuModel> models() {
        return CpuModels.all();
    }

    @Override
    public Cpu newCpu(CpuModel model) {
        return new A64Cpu(model);
    }

    @Override
    public Decoder decoder(CpuModel model) {
        return new A64Decoder(model, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public List<PageGeometry> pageSizes() {
        return Arm64Mmu.pageSizes();
    }

    @Override
    public Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
        return new Arm64Mmu(memory, choice.pages(), model.has(CpuModels.HARDWARE_ACCESS_FLAG));
    }

    @Override
    public Disassembler disassembler(CpuModel model) {
        return new WordDisassembler(new A64Decoder(model, ByteOrder.LITTLE_ENDIAN), new A64Names());
    }
}
