package faultline.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.testing.FlatMemory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which call an older one stands for, and with which arguments.
final class LegacyCallsTest {

    private static final long BASE = 0x1000;

    private final SyscallTable table = new SyscallTable();
    private final List<String> made = new ArrayList<>();
    private final FlatMemory memory = new FlatMemory(BASE, 64, ByteOrder.BIG_ENDIAN);

    @BeforeEach
    void register() {
        LegacyCalls.register(table);
        for (String name : List.of(
                "sendto",
                "recvfrom",
                "select",
                "wait4",
                "statfs",
                "fstatfs",
                "sync_file_range",
                "shmget",
                "shmctl",
                "shmdt",
                "setpriority")) {
            table.add(name, "", (task, a) -> {
                made.add(name + Arrays.toString(a));
                return 7;
            });
        }
        table.add("getpriority", "", (task, a) -> 15);
    }

    /// None of these looks at its task.
    @SuppressWarnings("NullAway")
    private long call(String name, long... arguments) {
        return Objects.requireNonNull(table.find(name), name).call().call(null, arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "send             | sendto[1, 2, 3, 4, 0, 0]",
                "recv             | recvfrom[1, 2, 3, 4, 0, 0]",
                "_newselect       | select[1, 2, 3, 4, 5, 6]",
                "waitpid          | wait4[1, 2, 3, 0, 0, 0]",
                "sync_file_range2 | sync_file_range[1, 3, 4, 2, 0, 0]",
            })
    void theWiderCallIsMade(String name, String expected) {
        assertThat(call(name, 1, 2, 3, 4, 5, 6)).isEqualTo(7);
        assertThat(made).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "22 | shmdt[5, 0, 0, 0, 0, 0]",
                "23 | shmget[2, 3, 4, 0, 0, 0]",
                "24 | shmctl[2, 3, 5, 0, 0, 0]",
            })
    void ipcSplitsUp(int number, String expected) {
        assertThat(call("ipc", number | 0x10000, 2, 3, 4, 5, 6)).isEqualTo(7);
        assertThat(made).containsExactly(expected);
    }

    @Test
    void whatIpcHasBesidesIsNotImplemented() {
        assertThatThrownBy(() -> call("ipc", 2, 2, 3, 4, 5, 6))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSYS));
    }

    @Test
    void argumentsOfSocketcallAreWordsInMemory() {
        for (int i = 0; i < 6; i++) {
            memory.store64(BASE + 8L * i, 0x1_0000_0000L + i);
        }
        assertThat(LegacyCalls.socketArguments(memory, 2, BASE))
                .containsExactly(0x1_0000_0000L, 0x1_0000_0001L, 0x1_0000_0002L, 0, 0, 0);
        assertThat(LegacyCalls.socketArguments(memory, 12, BASE)).endsWith(0x1_0000_0005L);
        assertThatThrownBy(() -> LegacyCalls.socketArguments(memory, 21, BASE))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void statfs64IsToldTheSize() {
        assertThat(call("statfs64", 1, 120, 3, 4, 5, 6)).isEqualTo(7);
        assertThat(call("fstatfs64", 1, 120, 3, 4, 5, 6)).isEqualTo(7);
        assertThat(made).containsExactly("statfs[1, 3, 0, 0, 0, 0]", "fstatfs[1, 3, 0, 0, 0, 0]");
        assertThatThrownBy(() -> call("statfs64", 1, 88, 3, 4, 5, 6))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void niceAddsToThePriorityThereIs() {
        call("nice", 3, 0, 0, 0, 0, 0);
        call("nice", 100, 0, 0, 0, 0, 0);
        assertThat(made).containsExactly("setpriority[0, 0, 8, 0, 0, 0]", "setpriority[0, 0, 19, 0, 0, 0]");
    }
}
