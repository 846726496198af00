package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedMachineTest {

    @TempDir
    private Path directory;

    @Test
    void machinesThatHaveEndedLeaveNoRamBehind() throws Exception {
        assumeThat(Path.of("/proc/self/maps")).isReadable();
        // Machines of other tests, the ones that vectors run on among them, may live still.
        List<String> before = ramMappings();
        for (int i = 0; i < 10; i++) {
            assertThat(GuestRun.of(directory, "hello", List.of()).status()).isZero();
        }
        // RAM begins as a mapping of a removed file of this name; "touch 16" needs more than that.
        assertThat(GuestRun.of(directory, "touch", List.of("16", "1", "1")).status())
                .isZero();
        assertThat(ramMappings()).hasSizeLessThanOrEqualTo(before.size());
    }

    private static List<String> ramMappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("/faultline-") && line.endsWith("(deleted)"))
                .toList();
    }
}
