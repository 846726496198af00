package faultline.cli.race;

import faultline.kernel.testing.TableRace;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Every walk without locks against every way to free tables, on every architecture.
///
/// x86 ends as [translation](docs/translation.md) has it for interrupts. arm64 differs in one cell: interrupts off
/// and freeing at once is unsafe there, for its flush waits for nobody in kernel mode. ppc64 broadcasts too, but has
/// its interrupt where tables are unhooked, so that W waits in all cells with interrupts off.
@Timeout(300)
final class TableRaceOfPortsTest {

    @TestFactory
    Stream<DynamicTest> cells() {
        return InstalledPorts.all()
                .flatMap(installed ->
                        TableRace.cells(installed.port(), installed.facts().flush()));
    }
}
