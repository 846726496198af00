package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.run.Ports;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.boot.KernelOptions;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Choices about translation that a program does not notice: page sizes, few address-space ids, ways
/// of freeing page tables. Freed frames are checked, and on arm64 break-before-make.
@Timeout(300)
final class TranslationChoicesTest {

    /// Programs that print how many pages they touch.
    private static final Set<String> SEE_PAGES = Set.of("touch");

    /// Programs that print what only one kind of MMU has or says.
    private static final Set<String> SEE_MMU = Set.of("fault-kinds", "pkeys");

    /// Sees huge pages: hashed tables have none, and one of arm64's 64 KiB pages is 512 MiB.
    private static final String HUGE = "huge";

    /// Programs of several processes that share pages after fork, or map and unmap.
    private static final Set<String> FORKING =
            Set.of("cow", "exec", "jobs", "mmap-share", "pipes", "sockets", "threads");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> largerPages() {
        KernelPort port = Ports.named("arm64");
        return port.architecture().pageSizes().stream()
                .skip(1)
                .flatMap(size -> cases(port)
                        .filter(guestCase -> !SEE_PAGES.contains(guestCase.program()))
                        .filter(guestCase -> size != PageGeometry.KIB_64
                                || !guestCase.program().equals(HUGE))
                        .map(guestCase -> test(port, size.toString(), guestCase, with(size))));
    }

    private static UnaryOperator<KernelOptions> with(PageGeometry size) {
        return options -> options.withPageSize(size);
    }

    /// Radix and hashed tables with pages of every size, in both byte orders.
    @TestFactory
    Stream<DynamicTest> kindsOfMmu() {
        return Stream.of("ppc64le", "ppc64")
                .map(Ports::named)
                .flatMap(port -> choices(port)
                        .filter(choice -> !choice.equals(port.architecture().usualMmu()))
                        .flatMap(choice -> cases(port)
                                .filter(guestCase -> !SEE_PAGES.contains(guestCase.program()))
                                .filter(guestCase -> !SEE_MMU.contains(guestCase.program()))
                                .filter(guestCase -> choice.kind().equals(MmuChoice.RADIX)
                                        || !guestCase.program().equals(HUGE))
                                .map(guestCase ->
                                        test(port, choice.kind() + " " + choice.pages(), guestCase, with(choice)))));
    }

    private static Stream<MmuChoice> choices(KernelPort port) {
        return port.architecture().mmuKinds().stream()
                .flatMap(kind -> port.architecture().pageSizes().stream().map(size -> new MmuChoice(kind, size)));
    }

    private static UnaryOperator<KernelOptions> with(MmuChoice choice) {
        return options -> options.withMmu(choice);
    }

    /// Seven ids, so that processes that fork and exit begin new generations all the time.
    @TestFactory
    Stream<DynamicTest> fewAddressSpaceIds() {
        KernelPort port = Ports.named("arm64");
        return cases(port)
                .filter(guestCase -> FORKING.contains(guestCase.program()))
                .map(guestCase ->
                        test(port, "asid-bits 3", guestCase, options -> options.withTlb(3, port.tableFreeing())));
    }

    @TestFactory
    Stream<DynamicTest> otherWaysToFreeTables() {
        return Stream.of("x86", "arm64")
                .map(Ports::named)
                .flatMap(port -> Arrays.stream(TableFreeing.values())
                        .filter(freeing -> freeing != port.tableFreeing())
                        .flatMap(freeing -> cases(port)
                                .filter(guestCase -> FORKING.contains(guestCase.program()))
                                .map(guestCase -> test(
                                        port,
                                        "pt-free " + freeing,
                                        guestCase,
                                        options -> options.withTlb(port.asidBits(), freeing)))));
    }

    private static Stream<GuestCase> cases(KernelPort port) {
        return GuestPrograms.shipped().list().stream()
                .flatMap(program -> program.cases().stream())
                .filter(guestCase ->
                        guestCase.architectures().contains(port.architecture().name()))
                .filter(guestCase -> guestCase.needs().isEmpty());
    }

    private DynamicTest test(KernelPort port, String choice, GuestCase guestCase, UnaryOperator<KernelOptions> with) {
        return DynamicTest.dynamicTest(port.architecture().name() + " " + choice + " " + guestCase, () -> {
            GuestRun run = GuestRun.of(directory, port, guestCase.program(), guestCase.arguments(), with);
            assertThat(run.output()).isEqualTo(guestCase.output());
            assertThat(run.status()).isEqualTo(guestCase.status());
        });
    }
}
