package faultline.cli;

import faultline.cli.run.Ports;
import faultline.guests.GuestPrograms;
import faultline.kernel.arch.KernelPort;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// A test on each architecture under each of some fault designs.
final class DesignMatrix {

    private DesignMatrix() {}

    @FunctionalInterface
    interface Body {
        void run(KernelPort port, String design) throws Exception;
    }

    static Stream<DynamicTest> of(List<String> designs, Body body) {
        return GuestPrograms.ARCHITECTURES.stream()
                .map(Ports::named)
                .flatMap(port -> designs.stream()
                        .map(design -> DynamicTest.dynamicTest(
                                port.architecture().name() + " " + design, () -> body.run(port, design))));
    }

    /// One design of each kind.
    static Stream<DynamicTest> ofEachKind(Body body) {
        return of(List.of("classic", "retry", "spf-vma", "spf-mm:B1", "vma-lock"), body);
    }
}
