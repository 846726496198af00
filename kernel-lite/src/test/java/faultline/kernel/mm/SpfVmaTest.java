package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.VmaPicture.TestFile;
import faultline.kernel.mm.fault.FaultOutcome.Signal;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which faults the counters of VMAs let pass, what the others are counted as, and where the versions of
/// the series differ.
class SpfVmaTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final String[] NOTHING = {};

    private static ToyMachine machine(String version, String... knobs) {
        Knobs chosen = Knobs.NONE;
        for (String knob : knobs) {
            chosen = chosen.with(knob);
        }
        return ToyMachine.small().with(version, chosen);
    }

    private static long count(ToyMachine machine, VmEvent event) {
        return machine.kernel().events(event);
    }

    /// Every attempt ends in one way, and every one that was left to the classic path has its reason.
    private static void assertIdentity(ToyMachine machine, boolean refusalsAreLeft) {
        assertThat(count(machine, VmEvent.SPF_VMA_ATTEMPT))
                .isEqualTo(count(machine, VmEvent.SPECULATIVE_PGFAULT) + count(machine, VmEvent.SPF_VMA_RETRY));
        Set<VmEvent> reasons = EnumSet.of(
                VmEvent.SPF_VMA_NONE,
                VmEvent.SPF_VMA_CHANGED,
                VmEvent.SPF_VMA_NOANON,
                VmEvent.SPF_VMA_NOTSUP,
                VmEvent.SPF_PMD_CHANGED,
                VmEvent.SPF_PTE_LOCK,
                VmEvent.SPF_MMU_NOTIFIER);
        long refusals = refusalsAreLeft ? count(machine, VmEvent.SPF_VMA_ACCESS) : 0;
        assertThat(reasons.stream().mapToLong(machine.kernel()::events).sum() + refusals)
                .isEqualTo(count(machine, VmEvent.SPF_VMA_RETRY));
    }

    private static void inSharedMm(ToyMachine machine, ToyThread.Body body) {
        machine.runShared(body);
        assertIdentity(machine, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spf-vma:v9", "spf-vma:v10", "spf-vma:v11", "spf-vma:v12"})
    void allButTheFirstStoreToATableAreSpeculative(String version) {
        ToyMachine machine = machine(version, NOTHING);
        inSharedMm(machine, self -> {
            self.mm().mmap(at(0), 16 * PAGE, RW, ANON, null, 0);
            for (int page = 0; page < 16; page++) {
                assertThat(self.store(at(page), 1)).isNull();
            }
            assertThat(count(machine, VmEvent.SPF_VMA_ATTEMPT)).isEqualTo(16);
            assertThat(count(machine, VmEvent.SPECULATIVE_PGFAULT)).isEqualTo(15);
            assertThat(count(machine, VmEvent.SPF_VMA_NOANON)).isEqualTo(1);
        });
    }

    @Test
    void aMissingTableIsNotMade() {
        ToyMachine machine = machine("spf-vma", NOTHING);
        inSharedMm(machine, self -> {
            self.mm().mmap(at(0), 1024 * PAGE, RW, ANON, null, 0);
            assertThat(self.store(at(0), 1)).isNull();
            assertThat(self.store(at(600), 1)).isNull();
            assertThat(count(machine, VmEvent.SPF_VMA_NOTSUP)).isEqualTo(1);
        });
    }

    @Test
    void filesAndStacksAreNotSupported() {
        ToyMachine machine = machine("spf-vma", NOTHING);
        inSharedMm(machine, self -> {
            TestFile file = new TestFile(machine.kernel(), 4L * PAGE, 'f');
            self.mm().mmap(at(0), PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
            assertThat(self.load(at(0))).isEqualTo(1);
            assertThat(count(machine, VmEvent.SPF_VMA_NOTSUP)).isEqualTo(1);
            self.mm().mmap(at(100), 4 * PAGE, RW, ANON | MAP_GROWSDOWN, null, 0);
            assertThat(self.store(at(101), 1)).isNull();
            assertThat(self.store(at(102), 1)).isNull();
            assertThat(count(machine, VmEvent.SPF_VMA_NOTSUP)).isEqualTo(2);
        });
    }

    /// M21: the architecture's end of the fault knows only VM_FAULT_SIGSEGV.
    @Test
    void aRefusalIsReportedAsAnAddressWhereNothingIsMapped() {
        ToyMachine machine = machine("spf-vma", NOTHING);
        inSharedMm(machine, self -> {
            readOnlyPage(self);
            assertThat(self.store(at(0), 2)).isEqualTo(new Signal(11, Signal.SEGV_MAPERR, at(0), 0));
            assertThat(count(machine, VmEvent.SPF_VMA_ACCESS)).isEqualTo(1);
        });
    }

    @Test
    void aRefusalIsLeftToTheClassicPathWhereThatIsMended() {
        ToyMachine machine = machine("spf-vma", "fixed=si-code");
        machine.runShared(self -> {
            readOnlyPage(self);
            assertThat(self.store(at(0), 2)).isEqualTo(new Signal(11, Signal.SEGV_ACCERR, at(0), 0));
        });
        assertIdentity(machine, true);
    }

    private static void readOnlyPage(ToyThread self) {
        self.mm().mmap(at(0), PAGE, RW, ANON, null, 0);
        assertThat(self.store(at(0), 1)).isNull();
        self.mm().mprotect(at(0), PAGE, PROT_READ);
    }

    @Test
    void anAddressSpaceWithOneUserSpeculatesOnlyWhereAskedTo() {
        for (String knob : new String[] {"single-thread=shortcut", "single-thread=speculate"}) {
            ToyMachine machine = machine("spf-vma", knob);
            machine.run(self -> {
                Mm mm = machine.newMm();
                self.use(mm);
                mm.mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
                assertThat(self.store(at(0), 1)).isNull();
                assertThat(self.store(at(1), 1)).isNull();
                mm.put();
            });
            assertThat(count(machine, VmEvent.SPF_VMA_ATTEMPT)).isEqualTo(knob.endsWith("speculate") ? 2 : 0);
        }
    }

    /// A writer of the same VMA is noticed; one of another is not.
    @Test
    void onlyWritersOfTheSameVmaStopAFault() {
        long other = 0;
        long same = 0;
        for (long seed = 0; seed < 60; seed++) {
            other += changes(seed, 40);
            same += changes(seed, 4);
        }
        assertThat(other).isZero();
        assertThat(same).isPositive();
    }

    /// Twelve faults in one VMA while the page `at` is given rights and loses them again and again.
    private static long changes(long seed, int page) {
        ToyMachine machine = new ToyMachine(2, 1024, new SeededSchedule(seed), true).with("spf-vma");
        Mm mm = machine.newMm();
        mm.get();
        AtomicInteger ready = new AtomicInteger();
        machine.run(
                self -> {
                    self.use(mm);
                    mm.mmap(at(0), 12 * PAGE, RW, ANON, null, 0);
                    mm.mmap(at(40), PAGE, RW, ANON, null, 0);
                    assertThat(self.store(at(0), 1)).isNull();
                    assertThat(self.store(at(40), 1)).isNull();
                    ready.set(1);
                    for (int at = 1; at < 12; at++) {
                        assertThat(self.load(at(at))).isZero();
                    }
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    while (ready.get() == 0) {
                        machine.schedule().spin();
                    }
                    for (int round = 0; round < 3; round++) {
                        mm.mprotect(at(page), PAGE, PROT_READ);
                        mm.mprotect(at(page), PAGE, RW);
                    }
                    mm.put();
                });
        assertIdentity(machine, false);
        return count(machine, VmEvent.SPF_VMA_CHANGED);
    }
}
