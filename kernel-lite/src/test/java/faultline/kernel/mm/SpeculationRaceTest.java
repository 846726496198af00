package faultline.kernel.mm;

import faultline.kernel.testing.SpeculationRaces;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Speculative faults against who changes page tables, under each kind of invalidation.
@Timeout(120)
final class SpeculationRaceTest {

    @TestFactory
    Stream<DynamicTest> races() {
        return Arrays.stream(ToyPort.values()).flatMap(port -> SpeculationRaces.of(port, port.facts()));
    }

    /// Where the flush is broadcast nobody waits for a fault, so that the most is present.
    @TestFactory
    Stream<DynamicTest> racesOfEarlierVersions() {
        return SpeculationRaces.ofEarlierVersions(ToyPort.BROADCAST, ToyPort.BROADCAST.facts());
    }
}
