package faultline.cli;

import static faultline.guests.GuestPrograms.ARCHITECTURES;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.core.step.SeededSchedule;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.check.Oracle;
import faultline.kernel.mm.fault.Defect;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program prints the same under every fault design, and gets the same signals. The kernel is checked.
///
/// Each program meets each design's last version on every architecture, and older versions and the ways to
/// free and walk page tables in turn. `-Dfaultline.product=x86,arm64` has every program meet all of them on the
/// architectures named, and leaves out the others: some five thousand runs each.
@Timeout(300)
final class FaultDesignsTest {

    /// Programs of several threads or processes, or that act on their address space: all the others
    /// have one task, which hardly any design treats in a way of its own.
    private static final Set<String> CONCURRENT = Set.of(
            "advice",
            "brk",
            "brk-storm",
            "cow",
            "direct-io",
            "dirty-file",
            "ebizzy",
            "exec",
            "fault-kinds",
            "futex-keys",
            "handles",
            "huge",
            "integrity",
            "jobs",
            "ksm",
            "litmus",
            "lock-memory",
            "map-loop",
            "map-storm",
            "memory-limits",
            "mmap-share",
            "mprotect-storm",
            "numa",
            "page-fault1",
            "page-fault2",
            "page-fault3",
            "pagemap",
            "pagemap-scan",
            "pft",
            "pi-futex",
            "pipe-threads",
            "pipes",
            "pkeys",
            "remap",
            "remote-memory",
            "reverse-file",
            "sched",
            "seal",
            "smc",
            "sockets",
            "spf-test",
            "stack-growth",
            "threads",
            "threads-libc",
            "touch");

    private static final long MEMORY = 512L << 20;

    /// The architectures on which all meets all; empty for the usual choice on each.
    private static final List<String> PRODUCT = Pattern.compile(",")
            .splitAsStream(System.getProperty("faultline.product", ""))
            .filter(name -> !name.isEmpty())
            .toList();

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> programsDoNotNotice() {
        return (PRODUCT.isEmpty() ? ARCHITECTURES : PRODUCT)
                .stream()
                        .map(Ports::named)
                        .flatMap(port -> designs(port)
                                .flatMap(design -> cases(port)
                                        .flatMap(guestCase -> protections(port, design, guestCase)
                                                .map(protection -> test(port, design, guestCase, protection)))));
    }

    /// How tables are freed and walks protected: what goes together.
    private record Protection(TableFreeing freeing, LocklessWalk walk) {

        static final List<Protection> WITH_RCU = List.of(
                new Protection(TableFreeing.RCU, LocklessWalk.READ_SECTION),
                new Protection(TableFreeing.RCU, LocklessWalk.INTERRUPTS_OFF),
                new Protection(TableFreeing.RCU_FALLBACK, LocklessWalk.INTERRUPTS_OFF),
                new Protection(TableFreeing.RCU_ALL, LocklessWalk.READ_SECTION),
                new Protection(TableFreeing.RCU_ALL, LocklessWalk.INTERRUPTS_OFF));

        /// Where a flush interrupts: who broadcasts is waited for by nobody.
        static final Protection WITH_INTERRUPTS = new Protection(TableFreeing.IPI, LocklessWalk.INTERRUPTS_OFF);
    }

    /// All pairs, or one in turn, so that each design meets every pair on every architecture with some programs.
    private static Stream<Protection> protections(KernelPort port, String design, GuestCase guestCase) {
        List<Protection> pairs = new ArrayList<>(Protection.WITH_RCU);
        if (port.tableFreeing() == TableFreeing.IPI) {
            pairs.add(Protection.WITH_INTERRUPTS);
        }
        int turn = (design + guestCase).hashCode() & Integer.MAX_VALUE;
        return !PRODUCT.isEmpty() ? pairs.stream() : Stream.of(pairs.get(turn % pairs.size()));
    }

    /// The last version of each design on every architecture, the others in turn on one.
    private static Stream<String> designs(KernelPort port) {
        Set<String> usual = FaultDesigns.all().stream()
                .map(entry -> entry.nameOf(entry.usual()))
                .collect(Collectors.toSet());
        return FaultDesigns.names().stream()
                .filter(design -> !PRODUCT.isEmpty() || !design.equals(FaultDesigns.DEFAULT))
                .filter(design -> !PRODUCT.isEmpty()
                        || usual.contains(design)
                        || isTurn(design, port.architecture().name()));
    }

    private static boolean isTurn(String design, String architecture) {
        return FaultDesigns.names().indexOf(design) % ARCHITECTURES.size() == ARCHITECTURES.indexOf(architecture);
    }

    /// M7 takes three vCPUs: one forks, one copies the page, one stores through a translation that is not
    /// yet flushed. Designs that were posted with it are mended.
    @TestFactory
    Stream<DynamicTest> noStoreIsLostAtAFork() {
        List<String> arguments = List.of("-q", "3", "4", "40");
        return DesignMatrix.of(FaultDesigns.names(), (port, design) -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    "fork-threads",
                    arguments,
                    options -> options.withMachine(4, MEMORY)
                            .withKnobs(Knobs.NONE.with("fixed=" + Defect.FORK))
                            .withFaultDesign(design, UnaryOperator.identity()));
            assertThat(run).isEqualTo(new GuestRun(0, "fork-threads threads=3 pages=4 forks=40\n"));
        });
    }

    /// Private copies of a file's pages, without `mmap_lock`: the first form of `spf-mm` alone has that.
    @TestFactory
    Stream<DynamicTest> theFirstFormOfSpfMmSpeculatesOnFiles() {
        return DesignMatrix.of(List.of("spf-mm:B0", "spf-mm:B1", "spf-mm:B2"), (port, design) -> {
            DesignRun run = DesignRun.of(directory, port, design, Knobs.NONE, "page-fault2", "-q", "4", "64", "4");
            assertThat(run.output()).startsWith("page-fault2 threads=4 pages=1024 rounds=4");
            if (design.equals("spf-mm:B0")) {
                assertThat(run.sum(VmEvent.SPF_ATTEMPT_FILE)).isGreaterThan(1024 / 2);
                assertThat(run.sum(VmEvent.SPF_SUCCESS)).isGreaterThan(1024 / 2);
            } else {
                assertThat(run.sum(VmEvent.SPF_ATTEMPT_FILE)).isZero();
                assertThat(run.sum(VmEvent.SPF_ABORT_NO_SPECULATE)).isGreaterThan(1024 / 2);
            }
        });
    }

    /// M35: the file of a mapping that is gone is still locked, and released a little later. By the schedule's clock,
    /// so that "a little" does not depend on the host.
    @TestFactory
    Stream<DynamicTest> onlyTheFirstFormOfSpfMmKeepsAFileBusy() {
        return DesignMatrix.of(FaultDesigns.names(), (port, design) -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    "file-busy",
                    List.of(),
                    options -> options.withSchedule(new SeededSchedule(1), 1L)
                            .withFaultDesign(design, UnaryOperator.identity()));
            String unmapped = design.equals("spf-mm:B0") ? "EAGAIN" : "free";
            assertThat(run).isEqualTo(new GuestRun(0, """
                    unlocked: free
                    locked: EAGAIN
                    closed, still mapped: EAGAIN
                    unmapped: %s
                    100 ms later: free
                    """.formatted(unmapped)));
        });
    }

    /// Sixty-four threads fault a file's pages while others read them: the first form of `spf-mm` finds pages that are
    /// not there yet, and keeps their references.
    @TestFactory
    Stream<DynamicTest> theFirstFormOfSpfMmLosesPages() {
        return Stream.of("ppc64le", "ppc64")
                .flatMap(architecture -> Stream.of("", "page-lost")
                        .map(fixed -> DynamicTest.dynamicTest(architecture + " " + fixed, () -> {
                            List<Oracle.Deviation> deviations = new ArrayList<>();
                            GuestRun run = GuestRun.of(
                                    directory,
                                    Ports.named(architecture),
                                    "reverse-file",
                                    List.of("-q"),
                                    options -> options.withFaultDesign("spf-mm:B0", UnaryOperator.identity())
                                            .withKnobs(fixed.isEmpty() ? Knobs.NONE : Knobs.NONE.with("fixed=" + fixed))
                                            .withChecks(true),
                                    kernel -> deviations.addAll(
                                            kernel.memory().oracle().deviations()));
                            assertThat(run.status()).isZero();
                            assertThat(deviations.isEmpty()).isEqualTo(!fixed.isEmpty());
                            assertThat(deviations)
                                    .allMatch(deviation -> deviation.number().equals(Defect.PAGE_LOST.toString()));
                        })));
    }

    private static Stream<GuestCase> cases(KernelPort port) {
        return GuestPrograms.shipped().list().stream()
                .filter(program -> CONCURRENT.contains(program.name()))
                .flatMap(program -> program.cases().stream())
                .filter(guestCase ->
                        guestCase.architectures().contains(port.architecture().name()))
                .filter(guestCase -> guestCase.needs().isEmpty());
    }

    /// What a design as it was posted does wrong in these programs.
    private static String knownFor(String design) {
        if (design.startsWith("spf-vma")) {
            return Defect.COUNT_SHARED.number();
        }
        return design.equals("spf-mm:B0") ? Defect.PAGE_LOST.toString() : "none";
    }

    private DynamicTest test(KernelPort port, String design, GuestCase guestCase, Protection protection) {
        String name = String.join(
                " ",
                port.architecture().name(),
                design,
                protection.freeing().toString(),
                protection.walk().toString(),
                guestCase.toString());
        return DynamicTest.dynamicTest(name, () -> {
            GuestRun run = GuestRun.of(
                    directory,
                    port,
                    guestCase.program(),
                    guestCase.arguments(),
                    options -> options.withFaultDesign(design, UnaryOperator.identity())
                            .withTlb(port.asidBits(), protection.freeing())
                            .withKnobs(Knobs.NONE.with("walk=" + protection.walk()))
                            .withChecks(true),
                    kernel -> assertThat(kernel.memory().oracle().deviations())
                            .allMatch(deviation -> deviation.number().equals(knownFor(design))));
            assertThat(run.output()).isEqualTo(guestCase.output());
            assertThat(run.status()).isEqualTo(guestCase.status());
        });
    }
}
