package faultline.kernel.vfs.tty;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.FlagMap;
import faultline.kernel.testing.FlatMemory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TermiosLayoutTest {

    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, 64, ByteOrder.BIG_ENDIAN);

    /// Characters the other way round, and other bits for IXON, ONLCR, CREAD and ICANON.
    private static TermiosLayout other() {
        List<Integer> characters =
                new ArrayList<>(IntStream.range(0, Termios.NCCS).boxed().toList()).reversed();
        return new TermiosLayout(
                true,
                characters,
                FlagMap.of(0x200, Termios.IXON),
                FlagMap.of(0x2, Termios.ONLCR),
                FlagMap.of(0x300, 0x30, 0x800, 0x80),
                FlagMap.of(0x100, Termios.ICANON),
                TermiosLayout.SpeedCodes.CONSECUTIVE);
    }

    @Test
    void anotherArchitecturesStructIsWrittenInItsOrder() {
        Termios termios = new Termios(
                Termios.IXON | Termios.ICRNL,
                Termios.OPOST | Termios.ONLCR,
                0xb0 | 0x1001 | 0xd << 16,
                Termios.ICANON | Termios.ECHO,
                5,
                Termios.DEFAULT.cc(),
                57600,
                9600);
        other().write(memory, BASE, termios, false);
        assertThat(memory.load32(BASE)).isEqualTo(0x300);
        assertThat(memory.load32(BASE + 4)).isEqualTo(0x3);
        assertThat(memory.load32(BASE + 8)).isEqualTo(0xb10 | 0xd << 16);
        assertThat(memory.load32(BASE + 12)).isEqualTo(0x108);
        assertThat(memory.load8(BASE + 16 + 18 - Termios.VINTR)).isEqualTo((byte) 3);
        assertThat(memory.load8(BASE + 16 + 18 - Termios.VEOF)).isEqualTo((byte) 4);
        assertThat(memory.load8(BASE + 35)).isEqualTo((byte) 5);
        assertThat(memory.load32(BASE + 36)).isEqualTo(57600);
        assertThat(memory.load32(BASE + 40)).isEqualTo(9600);
        assertThat(other().read(memory, BASE, false)).isEqualTo(termios);
    }

    @Test
    void genericStructsHaveTheLineFirstAndSpeedsInTheSecond() {
        Termios termios = new Termios(1, 2, 0x1002, 4, 5, Termios.DEFAULT.cc(), 115200, 9600);
        TermiosLayout.GENERIC.write(memory, BASE, termios, true);
        assertThat(memory.load32(BASE + 8)).isEqualTo(0x1002);
        assertThat(memory.load8(BASE + 16)).isEqualTo((byte) 5);
        assertThat(memory.load8(BASE + 17)).isEqualTo((byte) 3);
        assertThat(memory.load32(BASE + 36)).isEqualTo(115200);
        assertThat(TermiosLayout.GENERIC.read(memory, BASE, true)).isEqualTo(termios);
        assertThat(TermiosLayout.GENERIC.read(memory, BASE, false).ospeed()).isEqualTo(38400);
    }

    /// B38400, B57600, B4000000 and BOTHER.
    @ParameterizedTest
    @CsvSource({"0xf, 0xf", "0x10, 0x1001", "0x1e, 0x100f", "0x1f, 0x1000"})
    void speedsAreNumberedThrough(String user, String kernel) {
        assertThat(TermiosLayout.SpeedCodes.CONSECUTIVE.toKernel(Integer.decode(user)))
                .isEqualTo(Integer.decode(kernel));
        assertThat(TermiosLayout.SpeedCodes.CONSECUTIVE.toUser(Integer.decode(kernel)))
                .isEqualTo(Integer.decode(user));
    }
}
