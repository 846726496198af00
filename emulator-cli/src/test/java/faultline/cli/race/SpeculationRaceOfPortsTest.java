package faultline.cli.race;

import faultline.kernel.testing.SpeculationRaces;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Speculative faults against who changes page tables, on every architecture; each race says where it is
/// present and where absent.
@Timeout(300)
final class SpeculationRaceOfPortsTest {

    @TestFactory
    Stream<DynamicTest> races() {
        return InstalledPorts.all().flatMap(installed -> SpeculationRaces.of(installed.port(), installed.facts()));
    }
}
