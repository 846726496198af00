package faultline.kernel.testing;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.Translation;
import java.nio.ByteOrder;

/// What races over page tables see of an architecture: tables, walker, invalidation and fault entry.
public interface RacePort {

    /// Its name in the names of tests.
    @Override
    String toString();

    ByteOrder byteOrder();

    PageTableFormat format();

    Mmu newMmu(PhysicalMemory memory);

    /// A machine's translation, whose tables are freed as a test wants it.
    Translation translation(PhysicalMemory memory, int cpus, TableFreeing freeing);

    Cpu newCpu();

    PageFault newFault(Cpu cpu);

    FaultEntry entry(MmuCache cache);

    /// A real one with a kind of MMU.
    static RacePort of(KernelPort port, MmuChoice choice) {
        return new OfKernel(port, choice);
    }

    /// A port of the kernel.
    record OfKernel(KernelPort port, MmuChoice choice) implements RacePort {

        private CpuModel model() {
            return port.architecture().models().getFirst();
        }

        @Override
        public ByteOrder byteOrder() {
            return port.byteOrder();
        }

        @Override
        public PageTableFormat format() {
            return port.pageTableFormat(choice);
        }

        @Override
        public Mmu newMmu(PhysicalMemory memory) {
            return port.architecture().newMmu(model(), memory, choice);
        }

        @Override
        public Translation translation(PhysicalMemory memory, int cpus, TableFreeing freeing) {
            return new Translation(
                    format(),
                    port.tlbInvalidation(choice),
                    port.addressSpaceIds(choice, port.asidBits(), cpus),
                    freeing,
                    port.mmuCache(choice, memory));
        }

        @Override
        public Cpu newCpu() {
            return port.architecture().newCpu(model());
        }

        @Override
        public PageFault newFault(Cpu cpu) {
            return port.newPageFault(cpu);
        }

        @Override
        public FaultEntry entry(MmuCache cache) {
            return port.faultEntry(
                    new FaultRules(choice, cache, port.stackGrowth().getFirst()));
        }

        @Override
        public String toString() {
            return port.architecture().name() + " " + choice.kind() + " " + choice.pages();
        }
    }
}
