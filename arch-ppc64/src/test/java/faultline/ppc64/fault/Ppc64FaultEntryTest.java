package faultline.ppc64.fault;

import static faultline.kernel.mm.MmConstants.PROT_EXEC;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Walk;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.ppc64.mmu.LinuxPageTables;
import faultline.ppc64.mmu.StorageInterrupt;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How accesses end, under both kinds of MMU and with both sizes of pages: what a program sees does not
/// depend on them.
final class Ppc64FaultEntryTest {

    static final List<MmuChoice> ALL = List.of(
            new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_4),
            new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_64),
            new MmuChoice(LinuxPageTables.HASH, PageGeometry.KIB_4),
            new MmuChoice(LinuxPageTables.HASH, PageGeometry.KIB_64));

    private static final long VA = 0x1000_0000;

    private static Signal segv(int code, long va) {
        return new Signal(Signal.SIGSEGV, code, va, 0);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void memoryIsThereOnceItIsTouched(MmuChoice choice) {
        Ppc64Machine ppc = new Ppc64Machine(choice, StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            for (long va : List.of(VA, 0x2000_1234_0000L & -ppc.page())) {
                ppc.map(task, va, 2, PROT_READ | PROT_WRITE);
                assertThat(task.touch(va + 5, Access.READ)).isNull();
                assertThat(task.touch(va + 5, Access.WRITE)).isNull();
                assertThat(task.touch(va + ppc.page(), Access.WRITE)).isNull();
                assertThat(task.vcpu().mem().load8(va + 5)).isEqualTo((byte) 1);
            }
            assertThat(task.pageFaults()).isEqualTo(6);
        });
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void rightsAreTheVmas(MmuChoice choice) {
        Ppc64Machine ppc = new Ppc64Machine(choice, StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            assertThat(task.touch(VA, Access.EXECUTE)).isEqualTo(segv(Signal.SEGV_ACCERR, VA));
            task.mm().mprotect(VA, ppc.page(), PROT_READ);
            assertThat(task.touch(VA, Access.READ)).isNull();
            assertThat(task.touch(VA + 3, Access.WRITE)).isEqualTo(segv(Signal.SEGV_ACCERR, VA + 3));
            task.mm().mprotect(VA, ppc.page(), 0);
            assertThat(task.touch(VA, Access.READ)).isEqualTo(segv(Signal.SEGV_ACCERR, VA));
            task.mm().mprotect(VA, ppc.page(), PROT_READ | PROT_WRITE | PROT_EXEC);
            assertThat(task.touch(VA, Access.EXECUTE)).isNull();
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            task.mm().munmap(VA, ppc.page());
            assertThat(task.touch(VA, Access.READ)).isEqualTo(segv(Signal.SEGV_MAPERR, VA));
        });
    }

    /// Under hash the PTE permits it, but no VMA does.
    @ParameterizedTest
    @FieldSource("ALL")
    void aPageToExecuteAloneIsNotRead(MmuChoice choice) {
        Ppc64Machine ppc = new Ppc64Machine(choice, StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_EXEC);
            assertThat(task.touch(VA, Access.READ)).isEqualTo(segv(Signal.SEGV_ACCERR, VA));
            assertThat(task.touch(VA, Access.EXECUTE)).isNull();
        });
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void anAddressThatNoPageCanHaveIsSaidSo(MmuChoice choice) {
        Ppc64Machine ppc = new Ppc64Machine(choice, StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            for (long va : new long[] {1L << 52, 0x4000_0000_0000_0000L, 0x8000_0000_0000_0010L}) {
                assertThat(task.touch(va, Access.READ)).isEqualTo(segv(Signal.SEGV_BNDERR, va));
                assertThat(task.touch(va, Access.EXECUTE)).isEqualTo(segv(Signal.SEGV_BNDERR, va));
            }
            long kernel = 0xc000_0000_0000_0000L;
            assertThat(task.touch(kernel, Access.WRITE)).isEqualTo(segv(Signal.SEGV_MAPERR, kernel));
            assertThat(task.pageFaults()).as("none is counted").isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                StorageInterrupt.DSISR_BAD_DIRECT_ST,
                StorageInterrupt.DSISR_ATTR_CONFLICT,
                StorageInterrupt.DSISR_BADACCESS,
                StorageInterrupt.DSISR_UNSUPP_MMU,
                StorageInterrupt.DSISR_PRTABLE_FAULT,
                StorageInterrupt.DSISR_BAD_COPYPASTE,
                StorageInterrupt.DSISR_BAD_AMO,
                StorageInterrupt.DSISR_BAD_CI_LDST
            })
    void whatNoPageCanMendIsABusError(int bit) {
        Ppc64Machine ppc = new Ppc64Machine(ALL.getFirst(), StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            ppc.cpu.latchFault(new Walk.Faulted().set(VA, 0x300L << 32 | Integer.toUnsignedLong(bit)));
            assertThat(ppc.entry.handle(ppc.cpu, true, task))
                    .isEqualTo(new Signal(Signal.SIGBUS, Signal.BUS_OBJERR, VA, 0));
            assertThat(task.pageFaults()).isZero();
        });
    }

    @Test
    void aFetchLeavesItsAddressAndSrr1ForTheFrame() {
        Ppc64Machine ppc = new Ppc64Machine(ALL.getFirst(), StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            FaultOutcome _ = task.touch(VA, Access.EXECUTE);
            assertThat(ppc.cpu.dar).isEqualTo(VA);
            assertThat(ppc.cpu.srr1).isEqualTo(0x4000_0000L);
            assertThat(ppc.cpu.dsisr).isEqualTo(0x4000_0000L);
            FaultOutcome _ = task.touch(VA + 8, Access.WRITE);
            assertThat(ppc.cpu.dar).isEqualTo(VA + 8);
            assertThat(ppc.cpu.dsisr).isEqualTo(0x4200_0000L);
            assertThat(StorageInterrupt.vector(ppc.cpu.storageInterrupt)).isEqualTo(0x300);
        });
    }

    /// A copy to user memory, on the way to a frame, leaves alone what the frame is to show.
    @Test
    void theKernelsOwnAccessIsNoneOfTheFrames() {
        Ppc64Machine ppc = new Ppc64Machine(ALL.getFirst(), StackGrowth.GUARD_GAP);
        ppc.run(task -> {
            FaultOutcome _ = task.touch(VA, Access.WRITE);
            ppc.cpu.latchFault(new Walk.Faulted().set(VA + 64, 0x300L << 32 | 0x4000_0000L));
            assertThat(ppc.entry.handle(ppc.cpu, false, task)).isEqualTo(segv(Signal.SEGV_MAPERR, VA + 64));
            assertThat(ppc.cpu.dar).isEqualTo(VA);
            assertThat(ppc.cpu.dsisr).isEqualTo(0x4200_0000L);
        });
    }

    @Test
    void describesTheReason() {
        Ppc64Machine ppc = new Ppc64Machine(ALL.getFirst(), StackGrowth.GUARD_GAP);
        assertThat(ppc.entry.describe(0x300L << 32 | 0x4200_0000L))
                .isEqualTo("DSI NOHPTE|ISSTORE: write, no translation");
        assertThat(ppc.entry.describe(0x480L << 32)).isEqualTo("ISegI: instruction fetch, no segment");
    }

    // The stack.

    private static final long STACK_TOP = 0x2000_0000;
    private static final int STU = 0xf821_ff91;
    private static final int STD = 0xf861_fff0;

    /// Makes a store by `instruction` at `address` with r1 at `pointer`; null when the stack grew.
    private static FaultOutcome storeBelow(StackGrowth growth, long pointer, long address, int instruction) {
        Ppc64Machine ppc = new Ppc64Machine(ALL.getFirst(), growth);
        FaultOutcome[] outcome = new FaultOutcome[1];
        ppc.run(task -> {
            ppc.map(task, VA, 1, PROT_READ | PROT_WRITE);
            assertThat(task.touch(VA, Access.WRITE)).isNull();
            task.vcpu().mem().store32(VA, instruction);
            ppc.cpu.pc = VA;
            long _ = new MmapCalls(task.mm()).createStack(STACK_TOP, 8L * ppc.page(), false);
            ppc.cpu.r[1] = pointer;
            outcome[0] = task.touch(address, Access.WRITE);
        });
        return outcome[0];
    }

    private static final long FAR = STACK_TOP - (2 << 20);

    @Test
    void aStackGrowsForAnythingSince5_10() {
        assertThat(storeBelow(StackGrowth.GUARD_GAP, STACK_TOP - 64, FAR, STD)).isNull();
    }

    @Test
    void beforeItGrewFarOnlyNearItsPointer() {
        assertThat(storeBelow(StackGrowth.STACK_POINTER, STACK_TOP - 64, FAR, STD))
                .isEqualTo(segv(Signal.SEGV_MAPERR, FAR));
        assertThat(storeBelow(StackGrowth.STACK_POINTER, FAR + 2048, FAR, STD)).isNull();
        assertThat(storeBelow(StackGrowth.STACK_POINTER, FAR + 2056, FAR, STD))
                .isEqualTo(segv(Signal.SEGV_MAPERR, FAR));
    }

    @Test
    void orForAStoreThatMovesThePointer() {
        assertThat(storeBelow(StackGrowth.STACK_POINTER, STACK_TOP - 64, FAR, STU))
                .isNull();
    }

    @Test
    void theFirstMegabyteIsNotLookedAt() {
        long near = STACK_TOP - (1 << 20) + 4096;
        assertThat(storeBelow(StackGrowth.STACK_POINTER, STACK_TOP - 64, near, STD))
                .isNull();
    }
}
