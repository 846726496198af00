package faultline.kernel.mm;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.BroadcastInvalidation;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.pgtable.Translation;
import faultline.kernel.testing.PortFacts;
import faultline.kernel.testing.RacePort;
import faultline.kernel.testing.TableRace.Flush;
import java.nio.ByteOrder;
import java.util.function.Predicate;

/// The tests' own architecture, with each kind of invalidation that a real one has.
enum ToyPort implements RacePort {
    INTERRUPT,
    BROADCAST,
    BROADCAST_AND_INTERRUPT;

    PortFacts facts() {
        return new PortFacts(Flush.valueOf(name()), false, false);
    }

    private TlbInvalidation invalidation() {
        return switch (this) {
            case INTERRUPT -> new ToyMachine.ToyInvalidation();
            case BROADCAST -> new BroadcastInvalidation("broadcast", Long.MAX_VALUE);
            case BROADCAST_AND_INTERRUPT ->
                new BroadcastInvalidation("broadcast and interrupt", Long.MAX_VALUE) {
                    @Override
                    public int tablesUnhooked(Vcpu self, Predicate<Vcpu> active) {
                        return self.all().interrupt(self, active, Interrupt.synchronizing());
                    }
                };
        };
    }

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public PageTableFormat format() {
        return new ToyFormat();
    }

    @Override
    public Mmu newMmu(PhysicalMemory memory) {
        return new ToyMmu(memory);
    }

    @Override
    public Translation translation(PhysicalMemory memory, int cpus, TableFreeing freeing) {
        return new Translation(format(), invalidation(), AddressSpaceIds.NONE, freeing);
    }

    @Override
    public Cpu newCpu() {
        return new ToyCpu();
    }

    @Override
    public PageFault newFault(Cpu cpu) {
        return new ToyFault();
    }

    @Override
    public FaultEntry entry(MmuCache cache) {
        return new ToyThread.ToyEntry();
    }
}
