package faultline.ppc64.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.MmConstants;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.tty.Termios;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Numbers against what `src/test/native/abi-numbers.c` takes from a system's headers.
final class GuestNumbersTest {

    private final Map<String, Integer> recorded = read().lines()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(
                    words -> words[0], words -> Long.decode(words[1]).intValue()));

    private static String read() {
        try (InputStream in = GuestNumbersTest.class.getResourceAsStream("numbers.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int value(String name) {
        return recorded.get(name);
    }

    @Test
    void openFlags() {
        assertThat(GuestNumbers.OPEN.toKernel(value("O_DIRECT"))).isEqualTo(FileMode.O_DIRECT);
        assertThat(GuestNumbers.OPEN.toKernel(value("O_DIRECTORY"))).isEqualTo(FileMode.O_DIRECTORY);
        assertThat(GuestNumbers.OPEN.toKernel(value("O_NOFOLLOW"))).isEqualTo(FileMode.O_NOFOLLOW);
        assertThat(GuestNumbers.OPEN.toKernel(value("O_LARGEFILE"))).isEqualTo(FileMode.O_LARGEFILE);
    }

    @Test
    void mapFlags() {
        assertThat(mapped("MAP_LOCKED")).isEqualTo(MmConstants.MAP_LOCKED);
        assertThat(mapped("MAP_NORESERVE")).isEqualTo(MmConstants.MAP_NORESERVE);
        assertThat(mapped("MAP_GROWSDOWN")).isEqualTo(MmConstants.MAP_GROWSDOWN);
        assertThat(mapped("MAP_DENYWRITE")).isEqualTo(MmConstants.MAP_DENYWRITE);
        assertThat(mapped("MAP_EXECUTABLE")).isEqualTo(MmConstants.MAP_EXECUTABLE);
        assertThat(mapped("MAP_POPULATE")).isEqualTo(MmConstants.MAP_POPULATE);
        assertThat(mapped("MAP_STACK")).isEqualTo(MmConstants.MAP_STACK);
        assertThat(GuestNumbers.MAP.lockAll().toKernel(value("MCL_CURRENT"))).isEqualTo(MmConstants.MCL_CURRENT);
        assertThat(GuestNumbers.MAP.lockAll().toKernel(value("MCL_FUTURE"))).isEqualTo(MmConstants.MCL_FUTURE);
        assertThat(GuestNumbers.MAP.lockAll().toKernel(value("MCL_ONFAULT"))).isEqualTo(MmConstants.MCL_ONFAULT);
        assertThat(GuestNumbers.MAP.lockAll().drops(MmConstants.MCL_CURRENT)).isTrue();
    }

    private int mapped(String name) {
        return GuestNumbers.MAP.mmap().toKernel(value(name));
    }

    @Test
    void commandsOfIoctl() {
        Map<String, Integer> expected = Map.ofEntries(
                Map.entry("TCGETS", Ioctls.TCGETS),
                Map.entry("TCSETS", Ioctls.TCSETS),
                Map.entry("TCSETSW", Ioctls.TCSETSW),
                Map.entry("TCSETSF", Ioctls.TCSETSF),
                Map.entry("TCSBRK", Ioctls.TCSBRK),
                Map.entry("TCXONC", Ioctls.TCXONC),
                Map.entry("TCFLSH", Ioctls.TCFLSH),
                Map.entry("TIOCSCTTY", Ioctls.TIOCSCTTY),
                Map.entry("TIOCGPGRP", Ioctls.TIOCGPGRP),
                Map.entry("TIOCSPGRP", Ioctls.TIOCSPGRP),
                Map.entry("TIOCOUTQ", Ioctls.TIOCOUTQ),
                Map.entry("TIOCSTI", Ioctls.TIOCSTI),
                Map.entry("TIOCGWINSZ", Ioctls.TIOCGWINSZ),
                Map.entry("TIOCSWINSZ", Ioctls.TIOCSWINSZ),
                Map.entry("FIONREAD", Ioctls.FIONREAD),
                Map.entry("TIOCNOTTY", Ioctls.TIOCNOTTY),
                Map.entry("TIOCGETD", Ioctls.TIOCGETD),
                Map.entry("TCSBRKP", Ioctls.TCSBRKP),
                Map.entry("TIOCGSID", Ioctls.TIOCGSID),
                Map.entry("FIOCLEX", Ioctls.FIOCLEX),
                Map.entry("FIONCLEX", Ioctls.FIONCLEX),
                Map.entry("FIONBIO", Ioctls.FIONBIO),
                Map.entry("FIOASYNC", Ioctls.FIOASYNC),
                Map.entry("TIOCGPTN", Ioctls.TIOCGPTN),
                Map.entry("TIOCSPTLCK", Ioctls.TIOCSPTLCK));
        expected.forEach((name, kernel) ->
                assertThat(GuestNumbers.IOCTL.toKernel(value(name))).as(name).isEqualTo(kernel));
        for (int foreign : List.of(Ioctls.TCGETS, Ioctls.FIONREAD, Ioctls.TIOCGWINSZ, Ioctls.FIOCLEX)) {
            assertThat(GuestNumbers.IOCTL.toKernel(foreign)).isEqualTo(IoctlNumbers.UNKNOWN);
        }
    }

    @Test
    void socketOptions() {
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_PASSCRED"))).isEqualTo(16);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_PEERCRED"))).isEqualTo(17);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_RCVLOWAT"))).isEqualTo(18);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_SNDLOWAT"))).isEqualTo(19);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_RCVTIMEO_OLD")))
                .isEqualTo(20);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_SNDTIMEO_OLD")))
                .isEqualTo(21);
        assertThat(GuestNumbers.SOCKET_OPTIONS.toKernel(value("SO_ACCEPTCONN"))).isEqualTo(30);
    }

    @Test
    void sharedMemory() {
        assertThat(GuestNumbers.SHM.size()).isEqualTo(value("shmid64_ds.shm_segsz"));
        assertThat(GuestNumbers.SHM.times()).isEqualTo(value("shmid64_ds.shm_atime"));
        assertThat(GuestNumbers.SHM.times() + 8).isEqualTo(value("shmid64_ds.shm_dtime"));
        assertThat(GuestNumbers.SHM.times() + 16).isEqualTo(value("shmid64_ds.shm_ctime"));
    }

    @Test
    void controlCharacters() {
        Map<String, Integer> expected = Map.ofEntries(
                Map.entry("VINTR", Termios.VINTR),
                Map.entry("VQUIT", Termios.VQUIT),
                Map.entry("VERASE", Termios.VERASE),
                Map.entry("VKILL", Termios.VKILL),
                Map.entry("VEOF", Termios.VEOF),
                Map.entry("VMIN", Termios.VMIN),
                Map.entry("VEOL", Termios.VEOL),
                Map.entry("VTIME", Termios.VTIME),
                Map.entry("VEOL2", Termios.VEOL2),
                Map.entry("VSWTC", 7),
                Map.entry("VWERASE", Termios.VWERASE),
                Map.entry("VREPRINT", Termios.VREPRINT),
                Map.entry("VSUSP", Termios.VSUSP),
                Map.entry("VSTART", Termios.VSTART),
                Map.entry("VSTOP", Termios.VSTOP),
                Map.entry("VLNEXT", Termios.VLNEXT),
                Map.entry("VDISCARD", 13));
        expected.forEach(
                (name, kernel) -> assertThat(GuestNumbers.TERMIOS.characters().get(value(name)))
                        .as(name)
                        .isEqualTo(kernel));
    }

    @Test
    void terminalFlags() {
        Map<String, Integer> input = Map.of("IXON", Termios.IXON, "IXANY", Termios.IXANY, "IXOFF", 0x1000);
        input.forEach((name, kernel) -> assertThat(GuestNumbers.TERMIOS.input().toKernel(value(name)))
                .as(name)
                .isEqualTo(kernel));
        assertThat(GuestNumbers.TERMIOS.input().toKernel(value("IUCLC"))).isEqualTo(Termios.IUCLC);
        assertThat(GuestNumbers.TERMIOS.input().toKernel(value("IUTF8"))).isEqualTo(Termios.IUTF8);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("ONLCR"))).isEqualTo(Termios.ONLCR);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("OLCUC"))).isEqualTo(Termios.OLCUC);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("TABDLY"))).isEqualTo(Termios.XTABS);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("CRDLY"))).isEqualTo(0x600);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("BSDLY"))).isEqualTo(0x2000);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("VTDLY"))).isEqualTo(0x4000);
        assertThat(GuestNumbers.TERMIOS.output().toKernel(value("FFDLY"))).isEqualTo(0x8000);
        Map<String, Integer> control = Map.of(
                "CSIZE",
                0x30,
                "CSTOPB",
                0x40,
                "CREAD",
                0x80,
                "PARENB",
                0x100,
                "PARODD",
                0x200,
                "HUPCL",
                0x400,
                "CLOCAL",
                0x800,
                "CRTSCTS",
                0x80000000);
        control.forEach(
                (name, kernel) -> assertThat(GuestNumbers.TERMIOS.control().toKernel(value(name)))
                        .as(name)
                        .isEqualTo(kernel));
        Map<String, Integer> local = Map.ofEntries(
                Map.entry("ISIG", Termios.ISIG),
                Map.entry("ICANON", Termios.ICANON),
                Map.entry("XCASE", 0x4),
                Map.entry("ECHO", Termios.ECHO),
                Map.entry("ECHOE", Termios.ECHOE),
                Map.entry("ECHOK", Termios.ECHOK),
                Map.entry("ECHONL", Termios.ECHONL),
                Map.entry("NOFLSH", Termios.NOFLSH),
                Map.entry("TOSTOP", Termios.TOSTOP),
                Map.entry("ECHOCTL", Termios.ECHOCTL),
                Map.entry("ECHOPRT", 0x400),
                Map.entry("ECHOKE", Termios.ECHOKE),
                Map.entry("FLUSHO", 0x1000),
                Map.entry("PENDIN", 0x4000),
                Map.entry("IEXTEN", Termios.IEXTEN),
                Map.entry("EXTPROC", 0x10000));
        local.forEach((name, kernel) -> assertThat(GuestNumbers.TERMIOS.local().toKernel(value(name)))
                .as(name)
                .isEqualTo(kernel));
    }
}
