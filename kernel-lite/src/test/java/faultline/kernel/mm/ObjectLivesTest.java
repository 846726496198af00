package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.ParallelSchedule;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.lock.LockStep;
import faultline.kernel.lock.WaitQueue;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.testing.FaultMachine;
import faultline.kernel.testing.RaceMachine;
import faultline.kernel.testing.RaceMachine.Mark;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who uses an object of the kernel that another has freed is told of, and who freed it; when that is, the
/// design says.
@Timeout(120)
final class ObjectLivesTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final long VA = 0x10000000;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private static ToyMachine machine(String design) {
        return new ToyMachine(2, 1024, new ParallelSchedule(), true).with(design);
    }

    private static Vma mapped(ToyThread self) {
        self.mm().mmap(VA, PAGE, RW, ANON, null, 0);
        assertThat(self.store(VA, 1)).isNull();
        return Objects.requireNonNull(self.mm().vmaAt(VA));
    }

    private static void expect(List<Violation> violations, String touchedBy, String freedBy, String object) {
        Violation first = violations.getFirst();
        assertThat(first.rule()).as(first.text()).isEqualTo(Rule.FREED_OBJECT);
        assertThat(first.touchedBy()).isEqualTo(touchedBy);
        assertThat(first.freedBy()).isEqualTo(freedBy);
        assertThat(first.text()).contains(touchedBy + " touches " + object + " 0x", "which " + freedBy + " freed at");
    }

    /// toy-0 keeps a VMA that toy-1 unmaps, and uses it then as `use` says.
    private static List<Violation> useAfterUnmap(String design, Consumer<Vma> use) {
        ToyMachine machine = machine(design);
        Turns turns = new Turns(machine);
        return turns.run(
                self -> {
                    Vma vma = mapped(self);
                    turns.handOver(1, 2);
                    use.accept(vma);
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.quiesce();
                    turns.pass(2);
                });
    }

    /// M31: a fault that waited without `mmap_lock` and goes on with the VMA of before.
    @ParameterizedTest
    @ValueSource(strings = {"classic", "retry", "retry-2006", "spf-mm:B2", "vma-lock:6.4", "vma-lock:6.15"})
    void aVmaIsNotUsedAfterItWasUnmapped(String design) {
        List<Violation> violations =
                useAfterUnmap(design, vma -> assertThat(vma.contains(VA)).isTrue());
        expect(violations, "toy-0", "toy-1", "vma");
    }

    /// The lock of a VMA goes with it.
    @ParameterizedTest
    @ValueSource(strings = {"vma-lock:6.4", "vma-lock:6.15"})
    void theLockOfAVmaIsNotTriedAGracePeriodLater(String design) {
        List<Violation> violations = useAfterUnmap(design, vma -> {
            if (vma.tryStartRead()) {
                vma.endRead();
            }
        });
        expect(violations, "toy-0", "toy-1", design.equals("vma-lock:6.4") ? "vma" : "vma lock");
    }

    /// What `use` does with a VMA in the read section that it was found in, after it was unmapped.
    private static List<Violation> useInSection(String design, Consumer<Vma> use) {
        ToyMachine machine = machine(design);
        Turns turns = new Turns(machine);
        return turns.run(
                self -> {
                    mapped(self);
                    machine.kernel().rcu().readLock(self.vcpu());
                    Vma vma = Objects.requireNonNull(self.mm().findVma(VA));
                    turns.handOver(1, 2);
                    use.accept(vma);
                    machine.kernel().rcu().readUnlock(self.vcpu());
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.quiesce();
                    turns.pass(2);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"spf-mm:B0", "spf-mm:B2", "vma-lock:6.4"})
    void whereRcuFreesVmasAReadSectionKeepsThem(String design) {
        assertThat(useInSection(design, vma -> assertThat(vma.contains(VA)).isTrue()))
                .isEmpty();
    }

    /// Typesafe memory: the lock may be tried in the section, and is not got; what is in the VMA is another's.
    @Test
    void whereVmasAreTypesafeAReadSectionKeepsTheLockAlone() {
        assertThat(useInSection(
                        "vma-lock:6.15", vma -> assertThat(vma.tryStartRead()).isFalse()))
                .isEmpty();
        expect(useInSection("vma-lock:6.15", vma -> assertThat(vma.contains(VA)).isTrue()), "toy-0", "toy-1", "vma");
    }

    @ParameterizedTest
    @ValueSource(strings = {"spf-vma:v9", "spf-vma:v12"})
    void aReferenceKeepsAVma(String design) {
        ToyMachine machine = machine(design);
        Turns turns = new Turns(machine);
        List<Violation> violations = turns.run(
                self -> {
                    mapped(self);
                    Vma vma = Objects.requireNonNull(self.mm().findAndPin(VA));
                    turns.handOver(1, 2);
                    assertThat(vma.contains(VA)).isTrue();
                    assertThat(machine.kernel().oracle().violations()).isEmpty();
                    vma.unpin();
                    assertThat(vma.contains(VA)).isTrue();
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.quiesce();
                    turns.pass(2);
                });
        expect(violations, "toy-0", "toy-0", "vma");
    }

    @Test
    void anAnonVmaIsNotUsedAfterItsLastVmaWasUnmapped() {
        ToyMachine machine = machine("classic");
        Turns turns = new Turns(machine);
        List<Violation> violations = turns.run(
                self -> {
                    AnonVma anon = Objects.requireNonNull(mapped(self).anonVma());
                    turns.handOver(1, 2);
                    anon.forEach(vma -> {});
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.pass(2);
                });
        expect(violations, "toy-0", "toy-1", "anon vma");
    }

    /// Reclaim comes by the number that a page has, and holds nothing that keeps the AnonVma.
    @Test
    void whoTriesTheLockOfAnAnonVmaThatHasEndedFindsNothingThere() {
        ToyMachine machine = machine("classic");
        Turns turns = new Turns(machine);
        List<Violation> violations = turns.run(
                self -> {
                    AnonVma anon = Objects.requireNonNull(mapped(self).anonVma());
                    assertThat(anon.tryForEach(vma -> vma.contains(VA))).isTrue();
                    turns.handOver(1, 2);
                    assertThat(anon.tryForEach(vma -> {
                                throw new AssertionError(vma);
                            }))
                            .isTrue();
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.pass(2);
                });
        assertThat(violations).isEmpty();
    }

    /// What B0 would do that reads a file's page after the last VMA has let the file go.
    @Test
    void aFileIsNotUsedAfterItsLastVmaWasUnmapped() {
        ToyMachine machine = machine("classic");
        Turns turns = new Turns(machine);
        List<Violation> violations = turns.run(
                self -> {
                    self.mm().mmap(VA, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
                    MappedFile file = Objects.requireNonNull(
                            Objects.requireNonNull(self.mm().vmaAt(VA)).file());
                    turns.handOver(1, 2);
                    assertThat(file.pages().pages()).isZero();
                },
                self -> {
                    self.mm().munmap(VA, PAGE);
                    turns.pass(2);
                });
        expect(violations, "toy-0", "toy-1", "file");
    }

    /// M33, 6.15: the memory of a VMA is one of another address space by now. Who came to it by its old place raised
    /// its count, and gives that back; the writer who waited for that does not wait any more, unmaps, and ends its
    /// address space. Only then is it woken.
    @Test
    void aReaderThatLeavesARecycledVmaWakesNobodyInADeadMm() {
        AtomicReference<VmaRefcount> recycled = new AtomicReference<>();
        try (RaceMachine machine =
                new RaceMachine(ToyPort.INTERRUPT, TableFreeing.RCU_ALL, "vma-lock:6.15", Knobs.NONE, _ -> {})) {
            Actor w = machine.writer(_ -> {
                KernelMemory kernel = machine.kernel();
                Mm other = kernel.newMm(VA, new FaultMachine.NoLimits());
                VmaRefcount lock =
                        new VmaRefcount(other.mmapLock(), new WaitQueue(kernel.steps(), 7), kernel.steps(), 7);
                lock.attach();
                recycled.set(lock);
                machine.mark(Mark.MAPPED);
                other.mmapLock().writeLock();
                lock.startWrite();
                other.mmapLock().writeUnlock();
                other.put();
                machine.mark(Mark.UNMAPPED);
            });
            Actor f = machine.faulter(_ -> {
                assertThat(recycled.get().tryEnter()).isTrue();
                machine.mark(Mark.MAPPED);
                recycled.get().endRead();
                machine.mark(Mark.DONE);
            });
            w.runTo(Mark.MAPPED);
            f.runTo(Mark.MAPPED);
            w.runTo(LockStep.WAIT);
            f.runTo(LockStep.WAKE);
            w.runTo(Mark.UNMAPPED);
            f.runToEnd();
            expect(machine.violations(), "F", "W", "mm");
        }
    }
}
