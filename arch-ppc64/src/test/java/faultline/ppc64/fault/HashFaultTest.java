package faultline.ppc64.fault;

import static faultline.kernel.mm.MmConstants.PROT_EXEC;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Walk;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProtectCalls;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.testing.FaultMachine;
import faultline.ppc64.abi.Ppc64ProtectionKeys;
import faultline.ppc64.mmu.LinuxPageTables;
import faultline.ppc64.mmu.StorageInterrupt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What a hashed page table does behind the page tables, seen by which interrupts there are.
final class HashFaultTest {

    static final List<PageGeometry> SIZES = LinuxPageTables.pageSizes();

    private static final long VA = 0x1000_0000;

    private static Ppc64Machine machine(PageGeometry pages) {
        return new Ppc64Machine(new MmuChoice(LinuxPageTables.HASH, pages), StackGrowth.GUARD_GAP);
    }

    /// The vectors of what interrupts an access until it is made.
    private static List<Integer> vectors(Ppc64Machine ppc, FaultMachine.Task task, long va, Access access) {
        List<Integer> vectors = new ArrayList<>();
        while (task.once(va, access) != null) {
            vectors.add(StorageInterrupt.vector(ppc.cpu.storageInterrupt));
        }
        return vectors;
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void aSegmentThenAPageAndThePreloadedEntryServesTheRest(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ppc.run(task -> {
            ppc.map(task, VA, 2, PROT_READ | PROT_WRITE);
            assertThat(vectors(ppc, task, VA, Access.WRITE)).containsExactly(0x380, 0x300);
            assertThat(vectors(ppc, task, VA + ppc.page(), Access.WRITE)).containsExactly(0x300);
            assertThat(vectors(ppc, task, VA, Access.READ)).isEmpty();
            assertThat(task.pageFaults()).isEqualTo(2);
        });
    }

    /// The hashed entry is read-only until the leaf is dirty: the assist finds the leaf writable.
    @ParameterizedTest
    @FieldSource("SIZES")
    void aRightThatWasGainedIsMendedByTheAssist(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            task.mm().mprotect(VA, ppc.page(), PROT_READ);
            assertThat(task.touch(VA, Access.READ)).isNull();
            task.mm().mprotect(VA, ppc.page(), PROT_READ | PROT_WRITE);
            int before = task.pageFaults();
            assertThat(vectors(ppc, task, VA, Access.WRITE)).containsExactly(0x300);
            assertThat(task.pageFaults()).as("the page tables permitted it").isEqualTo(before);
        });
    }

    /// Copying a page on write relaxes nothing in place, but write-protection by fork takes the entry out.
    @ParameterizedTest
    @FieldSource("SIZES")
    void aRightThatIsLostTakesTheEntryOut(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            task.mm().mprotect(VA, ppc.page(), PROT_READ);
            assertThat(task.once(VA, Access.WRITE)).isInstanceOf(Signal.class);
            assertThat(ppc.cpu.dsisr).as("no entry, and not one that forbids").isEqualTo(0x4200_0000L);
        });
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void forkTakesTheParentsEntriesOut(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            Mm child = task.mm().fork(new FaultMachine.NoLimits());
            assertThat(task.once(VA, Access.WRITE)).isNotNull();
            assertThat(ppc.cpu.dsisr).isEqualTo(0x4200_0000L);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            child.put();
        });
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void farApartSegmentsAreOf1TiB(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ppc.run(task -> {
            long high = 0x2000_0000_0000L;
            ppc.map(task, high, 1, PROT_READ | PROT_WRITE);
            ppc.map(task, high + (1L << 39), 1, PROT_READ | PROT_WRITE);
            assertThat(vectors(ppc, task, high, Access.WRITE)).containsExactly(0x380, 0x300);
            assertThat(vectors(ppc, task, high + (1L << 39), Access.WRITE)).containsExactly(0x300);
        });
    }

    // Keys.

    private static int allocate(Ppc64Machine ppc, FaultMachine.Task task, ProtectionKeys keys, int rights) {
        int key = new ProtectCalls(task.mm()).allocateKey(0, rights, keys, ppc.cpu);
        keys.setRights(ppc.cpu, key, rights);
        new ProtectCalls(task.mm())
                .pkeyMprotect(VA, ppc.page(), PROT_READ | PROT_WRITE | PROT_EXEC, key, keys.count(ppc.cpu));
        return key;
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void aKeyDeniesWhatAmrSays(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ProtectionKeys keys = new Ppc64ProtectionKeys(pages);
        keys.begin(ppc.cpu);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            int key = allocate(ppc, task, keys, ProtectionKeys.DISABLE_WRITE);
            assertThat(key).as("below are key 0 and the reserved ones").isEqualTo(4);
            assertThat(task.touch(VA, Access.READ)).isNull();
            assertThat(task.touch(VA, Access.WRITE)).isEqualTo(new Signal(Signal.SIGSEGV, Signal.SEGV_PKUERR, VA, key));
            assertThat(ppc.cpu.dsisr & 0x0a20_0000L).as("KEYFAULT, ISSTORE").isEqualTo(0x0220_0000L);
            ppc.cpu.writeAmr(0);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            ppc.cpu.writeAmr(-1L);
            assertThat(task.touch(VA, Access.READ)).isEqualTo(new Signal(Signal.SIGSEGV, Signal.SEGV_PKUERR, VA, key));
            assertThat(task.touch(VA, Access.EXECUTE))
                    .as("AMR does not count for a fetch")
                    .isNull();
        });
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void aKeyDeniesBeforeThereIsAPage(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ProtectionKeys keys = new Ppc64ProtectionKeys(pages);
        keys.begin(ppc.cpu);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            int key = allocate(ppc, task, keys, ProtectionKeys.DISABLE_ACCESS);
            assertThat(task.touch(VA, Access.READ)).isEqualTo(new Signal(Signal.SIGSEGV, Signal.SEGV_PKUERR, VA, key));
            assertThat(task.mm().rss()).isZero();
        });
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void iamrDeniesFetches(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ProtectionKeys keys = new Ppc64ProtectionKeys(pages);
        keys.begin(ppc.cpu);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
            assertThat(task.touch(VA, Access.EXECUTE)).isNull();
            int key = allocate(ppc, task, keys, 4);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            assertThat(task.touch(VA, Access.EXECUTE))
                    .isEqualTo(new Signal(Signal.SIGSEGV, Signal.SEGV_PKUERR, VA, key));
        });
    }

    /// The key of the access is another's by the time the fault looks: the access is made again.
    @ParameterizedTest
    @FieldSource("SIZES")
    void aKeyFaultAloneDecidesNothing(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ProtectionKeys keys = new Ppc64ProtectionKeys(pages);
        keys.begin(ppc.cpu);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            ppc.cpu.latchFault(new Walk.Faulted().set(VA, 0x300L << 32 | StorageInterrupt.DSISR_KEYFAULT));
            assertThat(ppc.entry.handle(ppc.cpu, true, task)).isEqualTo(FaultOutcome.Done.MINOR);
        });
    }

    @ParameterizedTest
    @FieldSource("SIZES")
    void aPageToExecuteAloneHasTheKeyThatNobodyReadsBy(PageGeometry pages) {
        Ppc64Machine ppc = machine(pages);
        ProtectionKeys keys = new Ppc64ProtectionKeys(pages);
        keys.begin(ppc.cpu);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            new ProtectCalls(task.mm()).executeOnly(VA, ppc.page(), keys, ppc.cpu);
            assertThat(task.touch(VA, Access.EXECUTE)).isNull();
            assertThat(task.touch(VA, Access.READ)).isEqualTo(new Signal(Signal.SIGSEGV, Signal.SEGV_PKUERR, VA, 2));
            ppc.cpu.writeAmr(0);
            assertThat(task.touch(VA, Access.READ)).as("UAMOR keeps it").isInstanceOf(Signal.class);
        });
    }
}
