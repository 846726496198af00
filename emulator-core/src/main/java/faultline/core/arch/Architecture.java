package faultline.core.arch;

import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoder;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import java.nio.ByteOrder;
import java.util.List;

/// An instruction set and its machine, found by `ServiceLoader`. Knows no operating system.
public interface Architecture {

    /// The name `--arch` knows it by.
    String name();

    /// The byte order of its programs' values.
    default ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    /// The CPU models `--cpu` accepts, the default first.
    List<CpuModel> models();

    /// The register state of a new thread.
    Cpu newCpu(CpuModel model);

    /// Decodes the instructions a CPU model has.
    Decoder decoder(CpuModel model);

    /// The page sizes its translation tables can have, the usual one first.
    default List<PageGeometry> pageSizes() {
        return List.of(PageGeometry.KIB_4);
    }

    /// The kinds of MMU its processors can be told to be, the usual one first.
    default List<String> mmuKinds() {
        return List.of(MmuChoice.RADIX);
    }

    /// The usual kind with pages of the usual size.
    default MmuChoice usualMmu() {
        return new MmuChoice(mmuKinds().getFirst(), pageSizes().getFirst());
    }

    /// The walker of a model, over `memory`.
    Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice);

    /// Writes the instructions of a model as text.
    Disassembler disassembler(CpuModel model);
}
