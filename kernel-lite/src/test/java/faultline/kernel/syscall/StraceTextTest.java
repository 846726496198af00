package faultline.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.Errno;
import faultline.kernel.FlagMap;
import faultline.kernel.NumberMap;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFlags;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StraceTextTest {

    private final FlagNames flags = new FlagNames(ArgumentNumbers.GENERIC);

    @ParameterizedTest
    @CsvSource({
        "open, 0, O_RDONLY",
        "open, 0x241, O_WRONLY|O_CREAT|O_TRUNC",
        "open, 0x80000, O_RDONLY|O_CLOEXEC",
        "prot, 0, PROT_NONE",
        "prot, 3, PROT_READ|PROT_WRITE",
        "map, 0x22, MAP_PRIVATE|MAP_ANONYMOUS",
        "map, 0x40000011, MAP_SHARED|MAP_FIXED|0x40000000",
        "open, 0x90800, O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY",
        "futex, 0x81, FUTEX_WAKE_PRIVATE",
        "futex, 0x109, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME",
        "futex, 0x189, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME",
        "futex_bitset, 0xffffffff, FUTEX_BITSET_MATCH_ANY",
        "prctl, 16, PR_GET_NAME",
        "whence, 2, SEEK_END",
        "whence, 9, 0x9",
        "wait, 0, 0",
        "wait, 3, WNOHANG|WSTOPPED",
        "clock, 1, CLOCK_MONOTONIC",
        "rusage_who, -1, RUSAGE_CHILDREN",
    })
    void flagsHaveStracesNames(String kind, String value, String expected) {
        assertThat(flags.text(kind, Long.decode(value))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "openat, 2, 0x80000, dirfd path open",
        "openat, 2, 0x41, dirfd path open mode",
        "futex, 1, 0x81, ptr futex uint",
        "futex, 1, 0x89, ptr futex uint timespec - futex_bitset",
        "fcntl, 1, 1, fd fcntl",
        "fcntl, 1, 4, fd fcntl open",
        "prctl, 0, 16, prctl >str",
        "ioctl, 1, 0x5413, fd ioctl >winsize",
    })
    void anArgumentDecidesWhichOthersAreShown(String name, int index, String value, String expected) {
        long[] arguments = new long[6];
        arguments[index] = Long.decode(value);
        SyscallTable.Entry entry = new SyscallTable.Entry(name, "declared", (task, a) -> 0);
        assertThat(ArgumentKinds.of(entry, arguments, IoctlNumbers.GENERIC)).containsExactly(expected.split(" "));
    }

    /// Names follow the guest's numbers, and what it cannot have meant has none.
    @Test
    void anotherArchitecturesNumbersHaveTheSameNames() {
        IoctlNumbers commands =
                new IoctlNumbers(new IoctlNumbers.Encoding(13, 1, 2, 4), Map.of(0x40087468, Ioctls.TIOCGWINSZ));
        FlagNames names = new FlagNames(new ArgumentNumbers(
                new OpenFlags(0x20000, 0x10000, 0x4000, 0x8000),
                new MapFlags(FlagMap.of(0x80, 0x2000, 0x40, 0x4000), FlagMap.SAME),
                commands,
                new NumberMap(Map.of(16, 18, 18, 16))));
        assertThat(names.text("open", 0x84000)).isEqualTo("O_RDONLY|O_CLOEXEC|O_DIRECTORY");
        assertThat(names.text("map", 0xe2)).isEqualTo("MAP_PRIVATE|MAP_ANONYMOUS|MAP_LOCKED|MAP_NORESERVE");
        assertThat(names.text("ioctl", 0x40087468)).isEqualTo("TIOCGWINSZ");
        assertThat(names.text("ioctl", 0x5413)).isEqualTo("0x5413");
        assertThat(names.text("sockopt", 18)).isEqualTo("SO_PASSCRED");
        SyscallTable.Entry entry = new SyscallTable.Entry("ioctl", "declared", (task, a) -> 0);
        assertThat(ArgumentKinds.of(entry, new long[] {1, 0x40087468, 0, 0, 0, 0}, commands))
                .containsExactly("fd", "ioctl", ">winsize");
    }

    @Test
    void stringsAreEscapedAsInC() {
        byte[] bytes = "a\"b\\c\n\t\0001\0x\177\303".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(StructText.quote(bytes, bytes.length)).isEqualTo("\"a\\\"b\\\\c\\n\\t\\0001\\0x\\177\\303\"");
    }

    @Test
    void signalSetsDropTheirPrefixAndInvertWhenMostlyFull() {
        assertThat(StructText.sigset(0)).isEqualTo("[]");
        assertThat(StructText.sigset(Signals.set(Signals.SIGINT) | Signals.set(Signals.SIGCHLD)))
                .isEqualTo("[INT CHLD]");
        assertThat(StructText.sigset(~(Signals.set(32) | Signals.set(33)))).isEqualTo("~[RTMIN RT_1]");
    }

    @Test
    void waitStatusesAreSpelledOut() {
        assertThat(StructText.waitStatus(0x300)).isEqualTo("{WIFEXITED(s) && WEXITSTATUS(s) == 3}");
        assertThat(StructText.waitStatus(11)).isEqualTo("{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV}");
        assertThat(StructText.waitStatus(0x8b)).isEqualTo("{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}");
        assertThat(StructText.waitStatus(0x147f)).isEqualTo("{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTSTP}");
        assertThat(StructText.waitStatus(0xffff)).isEqualTo("{WIFCONTINUED(s)}");
    }

    @Test
    void resultsAreNumbersAddressesOrErrors() {
        SyscallTable table = new SyscallTable();
        table.add("mmap", "ptr size prot map fd off", (task, a) -> 0);
        table.add("read", "fd out size", (task, a) -> 0);
        table.add("exit_group", "int", (task, a) -> 0);
        assertThat(ResultText.of(table.find("read"), 22)).isEqualTo("22");
        assertThat(ResultText.of(table.find("mmap"), 0x7000)).isEqualTo("0x7000");
        assertThat(ResultText.of(table.find("read"), Errno.ENOENT.result()))
                .isEqualTo("-1 ENOENT (No such file or directory)");
        assertThat(ResultText.of(table.find("read"), Errno.ERESTARTSYS.result()))
                .isEqualTo("? ERESTARTSYS (To be restarted if SA_RESTART is set)");
        assertThat(ResultText.of(table.find("exit_group"), SystemCall.NO_RESULT))
                .isEqualTo("?");
    }

    @Test
    void aSignalShowsTheFieldsItsCodeGives() {
        assertThat(SiginfoText.signal(Siginfo.fault(Signals.SIGSEGV, 1, 0x10)))
                .isEqualTo("SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}");
        assertThat(SiginfoText.signal(Siginfo.sent(Signals.SIGUSR1, Siginfo.SI_TKILL, 4, 1000)))
                .isEqualTo("SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=4, si_uid=1000}");
        assertThat(SiginfoText.signal(Siginfo.child(Signals.SIGCHLD, 1, 5, 0, 3)))
                .isEqualTo("SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, si_status=3}");
        assertThat(SiginfoText.signal(Siginfo.kernel(Signals.SIGALRM)))
                .isEqualTo("SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL}");
    }
}
