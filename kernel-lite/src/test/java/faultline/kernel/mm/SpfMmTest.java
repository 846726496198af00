package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.page.VmEvent;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Which faults the counter of the address space lets pass, and what the others are counted as.
class SpfMmTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private final ToyMachine machine = ToyMachine.small().with("spf-mm");

    private void inSharedMm(ToyThread.Body body) {
        machine.runShared(body);
        assertIdentity(machine);
    }

    private long count(VmEvent event) {
        return machine.kernel().events(event);
    }

    /// Every attempt ends in one way, every abort has its reason, and what was not given up before turned out to be
    /// something.
    static void assertIdentity(ToyMachine machine) {
        KernelMemory kernel = machine.kernel();
        assertThat(kernel.events(VmEvent.SPF_ATTEMPT))
                .isEqualTo(kernel.events(VmEvent.SPF_SUCCESS)
                        + kernel.events(VmEvent.SPF_ABORT)
                        + kernel.events(VmEvent.SPF_SIGNAL));
        Set<VmEvent> reasons = EnumSet.range(VmEvent.SPF_ABORT_ODD, VmEvent.SPF_ABORT_MMU_NOTIFIER);
        assertThat(reasons.stream().mapToLong(kernel::events).sum())
                .isEqualTo(kernel.events(VmEvent.SPF_ABORT) + kernel.events(VmEvent.SPF_SIGNAL));
        Set<VmEvent> kindOrNone = EnumSet.range(VmEvent.SPF_ABORT_ODD, VmEvent.SPF_ABORT_PMD);
        kindOrNone.addAll(EnumSet.of(VmEvent.SPF_ATTEMPT_ANON, VmEvent.SPF_ATTEMPT_FILE, VmEvent.SPF_ATTEMPT_PTE));
        assertThat(kindOrNone.stream().mapToLong(kernel::events).sum()).isEqualTo(kernel.events(VmEvent.SPF_ATTEMPT));
    }

    @Test
    void allButTheFirstStoreToATableAreSpeculative() {
        inSharedMm(self -> {
            self.mm().mmap(at(0), 16 * PAGE, RW, ANON, null, 0);
            for (int page = 0; page < 16; page++) {
                assertThat(self.store(at(page), 1)).isNull();
            }
            assertThat(count(VmEvent.SPF_ATTEMPT)).isEqualTo(16);
            assertThat(count(VmEvent.SPF_SUCCESS)).isEqualTo(15);
            assertThat(count(VmEvent.SPF_ATTEMPT_ANON)).isEqualTo(15);
            assertThat(count(VmEvent.SPF_ABORT_PUD) + count(VmEvent.SPF_ABORT_PMD))
                    .isEqualTo(1);
        });
    }

    @Test
    void theFirstStoreToAVmaWhoseTableIsThereLacksTheAnonVma() {
        inSharedMm(self -> {
            self.mm().mmap(at(0), PAGE, RW, ANON, null, 0);
            self.mm().mmap(at(2), PAGE, RW, ANON, null, 0);
            assertThat(self.store(at(0), 1)).isNull();
            assertThat(self.store(at(2), 1)).isNull();
            assertThat(count(VmEvent.SPF_ABORT_ANON_VMA)).isEqualTo(1);
        });
    }

    @Test
    void aCopyOnWriteAndTheZeroPageAreSpeculative() {
        inSharedMm(self -> {
            self.mm().mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
            assertThat(self.store(at(0), 1)).isNull();
            long before = count(VmEvent.SPF_SUCCESS);
            assertThat(self.load(at(1))).isZero();
            assertThat(self.store(at(1), 2)).isNull();
            assertThat(count(VmEvent.SPF_SUCCESS)).isEqualTo(before + 2);
            assertThat(count(VmEvent.SPF_ATTEMPT_WP)).isEqualTo(1);
            assertThat(self.load(at(1))).isEqualTo(2);
        });
    }

    @Test
    void nothingMappedAndNoRightAreLeftToTheClassicPath() {
        inSharedMm(self -> {
            self.mm().mmap(at(0), PAGE, PROT_READ, ANON, null, 0);
            assertThat(self.store(at(0), 1)).isEqualTo(new Signal(11, Signal.SEGV_ACCERR, at(0), 0));
            assertThat(self.store(at(5), 1)).isEqualTo(new Signal(11, Signal.SEGV_MAPERR, at(5), 0));
            assertThat(count(VmEvent.SPF_ABORT_ACCESS_ERROR)).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ABORT_UNMAPPED)).isEqualTo(1);
        });
    }

    @Test
    void aFileIsNotSpeculatedOn() {
        inSharedMm(self -> {
            DiskFile file = new DiskFile(machine.kernel(), 4);
            self.mm().mmap(at(0), PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(count(VmEvent.SPF_ABORT_NO_SPECULATE)).isEqualTo(1);
        });
    }

    @Test
    void aSingleUserDoesNotSpeculate() {
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            mm.mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
            assertThat(self.store(at(0), 1)).isNull();
            assertThat(self.store(at(1), 1)).isNull();
            mm.put();
        });
        assertThat(count(VmEvent.SPF_ATTEMPT)).isZero();
    }

    /// A writer elsewhere in the address space stops whoever is between copying the VMA and storing the
    /// PTE, wherever that one is: each place is met by some seed.
    @Test
    void aWriterStopsAFaultAtEveryCheck() {
        Set<VmEvent> met = EnumSet.noneOf(VmEvent.class);
        Set<VmEvent> wanted = EnumSet.of(
                VmEvent.SPF_ABORT_ODD,
                VmEvent.SPF_ABORT_VMA_COPY,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ1,
                VmEvent.SPF_ABORT_PTE_MAP_LOCK_SEQ2);
        for (long seed = 0; seed < 400 && !met.containsAll(wanted); seed++) {
            ToyMachine contested = new ToyMachine(2, 1024, new SeededSchedule(seed), true).with("spf-mm");
            contest(contested);
            assertIdentity(contested);
            for (VmEvent event : wanted) {
                if (contested.kernel().events(event) > 0) {
                    met.add(event);
                }
            }
        }
        assertThat(met).containsExactlyInAnyOrderElementsOf(wanted);
    }

    private static void contest(ToyMachine contested) {
        Mm mm = contested.newMm();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        contested.run(
                self -> {
                    self.use(mm);
                    mm.mmap(at(0), 12 * PAGE, RW, ANON, null, 0);
                    assertThat(self.store(at(0), 1)).isNull();
                    ready.set(1);
                    for (int page = 1; page < 12; page++) {
                        assertThat(self.store(at(page), page)).isNull();
                    }
                    for (int page = 1; page < 12; page++) {
                        assertThat(self.load(at(page))).isEqualTo(page);
                    }
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    while (ready.get() == 0) {
                        contested.schedule().spin();
                    }
                    for (int round = 0; round < 6; round++) {
                        mm.mmap(at(20), PAGE, RW, ANON, null, 0);
                        mm.munmap(at(20), PAGE);
                    }
                    mm.put();
                });
    }
}
