package faultline.kernel.mm;

import faultline.kernel.testing.TableRace;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Every walk without locks against every way to free tables, under each kind of invalidation.
@Timeout(120)
final class TableRaceTest {

    @TestFactory
    Stream<DynamicTest> cells() {
        return Arrays.stream(ToyPort.values())
                .flatMap(port -> TableRace.cells(port, port.facts().flush()));
    }
}
