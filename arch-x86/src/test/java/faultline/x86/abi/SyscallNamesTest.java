package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.kernel.syscall.SyscallNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class SyscallNamesTest {

    private static final Path HEADER = Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");

    private final SyscallNames names = SyscallNames.of(SyscallNumbers.TABLE);

    @Test
    void knowTheFirstAndTheLastOfEachRange() {
        assertThat(names.name(0)).isEqualTo("read");
        assertThat(names.name(334)).isEqualTo("rseq");
        assertThat(names.name(424)).isEqualTo("pidfd_send_signal");
        assertThat(names.name(462)).isEqualTo("mseal");
        assertThat(names.name(219)).isEqualTo("restart_syscall");
    }

    @Test
    void leaveNoHoleButTheKnownOnes() {
        for (int number = 0; number < names.count(); number++) {
            boolean unassigned = number > 336 && number < 424;
            assertThat(names.name(number) == null).as("number %d", number).isEqualTo(unassigned);
        }
        assertThat(names.name(-1)).isNull();
        assertThat(names.name(names.count())).isNull();
    }

    @Test
    void nameNothingTwice() {
        Set<String> seen = new HashSet<>();
        for (int number = 0; number < names.count(); number++) {
            String name = names.name(number);
            assertThat(name == null || seen.add(name)).as("%s", name).isTrue();
        }
    }

    @Test
    void agreeWithTheHeaderOfTheMachine() throws IOException {
        assumeTrue(Files.isReadable(HEADER), "no " + HEADER);
        Pattern define = Pattern.compile("#define __NR_(\\w+) (\\d+)");
        List<String> different = new ArrayList<>();
        int compared = 0;
        for (String line : Files.readAllLines(HEADER)) {
            Matcher match = define.matcher(line);
            if (match.find() && Integer.parseInt(match.group(2)) < names.count()) {
                compared++;
                if (!match.group(1).equals(names.name(Integer.parseInt(match.group(2))))) {
                    different.add(line);
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(330);
    }
}
