package faultline.x86;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoder;
import faultline.core.isa.OpcodeDisassembler;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.insn.X86Decoder;
import faultline.x86.insn.X86Names;
import faultline.x86.mmu.X86Mmu;
import java.util.List;

/// 64-bit mode of x86-64 as user programs see it.
public final class X86Architecture implements Architecture {

    @Override
    public String name() {
        return "x86";
    }

    @Override
    public List<CpuModel> models() {
        return CpuModels.all();
    }

    @Override
    public Cpu newCpu(CpuModel model) {
        return new X86Cpu(model);
    }

    @Override
    public Decoder decoder(CpuModel model) {
        return new X86Decoder(model);
    }

    @Override
    public Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
        return new X86Mmu(memory);
    }

    @Override
    public Disassembler disassembler(CpuModel model) {
        return new OpcodeDisassembler(new X86Decoder(model), new X86Names());
    }
}
