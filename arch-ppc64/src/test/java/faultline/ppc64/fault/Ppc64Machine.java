package faultline.ppc64.fault;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;

import faultline.core.mmu.MmuChoice;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.Translation;
import faultline.kernel.testing.FaultMachine;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.mmu.ContextIds;
import faultline.ppc64.mmu.LinuxPageTables;
import java.nio.ByteOrder;

/// A machine of one kind of MMU, with a thread whose accesses fault.
final class Ppc64Machine {

    final Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), ByteOrder.BIG_ENDIAN);
    final MmuChoice choice;
    final FaultMachine machine;
    final FaultEntry entry;

    Ppc64Machine(MmuChoice choice, StackGrowth growth) {
        this.choice = choice;
        this.machine = new FaultMachine(
                32L << 20,
                memory -> LinuxPageTables.newMmu(memory, choice),
                memory -> new Translation(
                        LinuxPageTables.format(choice),
                        LinuxPageTables.invalidation(choice),
                        LinuxPageTables.ids(choice, ContextIds.PID_BITS),
                        TableFreeing.RCU,
                        LinuxPageTables.cache(choice, memory)));
        this.entry =
                new Ppc64FaultEntry(new FaultRules(choice, machine.translation().cache(), growth));
    }

    void run(FaultMachine.Body body) {
        machine.run(cpu, new Ppc64PageFault(cpu), entry, body);
    }

    int page() {
        return choice.pages().bytes();
    }

    /// Maps `pages` pages at `va`.
    void map(FaultMachine.Task task, long va, int pages, int prot) {
        long _ = task.mm().mmap(va, (long) pages * page(), prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, null, 0);
    }
}
