package faultline.cli.debug;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess;
import faultline.cli.FaultlineProcess.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The debugger on a program whose calls leave the return address in a register: `lost-pointer` for arm64.
final class LinkRegisterTest {

    private static final String[] CALLERS_OF_MAIN = {"#2  0x4004c8 in rt_main+72 ()", "#3  0x400150 in _start+16 ()"};

    @TempDir
    Path directory;

    private List<String> debug(String... commands) throws Exception {
        Result result = FaultlineProcess.runIn(
                directory,
                String.join("\n", commands) + "\n",
                "debug",
                "--arch",
                "arm64",
                "--cpus",
                "1",
                "lost-pointer");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out().lines().toList();
    }

    private List<String> callersAt(String place) throws Exception {
        return debug("break " + place, "run books", "backtrace").stream()
                .filter(line -> line.startsWith("#"))
                .toList();
    }

    @Test
    void theSessionOfTheReadmeWorksHereToo() throws Exception {
        assertThat(debug(
                        "run",
                        "x/i $pc",
                        "info registers x0 x1 lr",
                        "info registers system",
                        "set $x0 = books + 24",
                        "continue"))
                .containsSubsequence(
                        "Program received signal SIGSEGV, Segmentation fault.",
                        "x0             0x18                24",
                        "x1             0x2a                42",
                        "x30            0x400bb4            <fill+84>",
                        "far_el1        0x18                24",
                        "esr_el1        0x92000046  DABT|WnR: write, level 2 translation fault",
                        "Executing the instruction again; SIGSEGV is not delivered.",
                        "42 things are on the shelf",
                        "books 42, plants 0",
                        "[The program exited normally]")
                .anyMatch(line -> line.matches("=> 0x400b50 <put>:.*\\sstr\\s+x1, \\[x0\\]"));
    }

    @Test
    void callersAreKnownInEveryPartOfAFunction() throws Exception {
        assertThat(callersAt("put"))
                .as("of a function that keeps nothing on the stack")
                .containsExactly(
                        "#0  0x400b50 in put ()",
                        "#1  0x400bb4 in fill+84 ()",
                        "#2  0x40010c in main+28 ()",
                        "#3  0x4004c8 in rt_main+72 ()",
                        "#4  0x400150 in _start+16 ()");
        assertThat(callersAt("strcmp+4"))
                .as("in the middle of one")
                .startsWith("#0  0x4004d4 in strcmp+4 ()", "#1  0x400b88 in fill+40 ()", "#2  0x40010c in main+28 ()");
        for (int offset : new int[] {0, 4, 8, 12, 40, 100, 104}) {
            String place = offset == 0 ? "fill" : "fill+" + offset;
            assertThat(callersAt(place))
                    .as("before, in and behind the prologue, behind a call, and around the end")
                    .containsExactly(
                            "#0  0x%x in %s ()".formatted(0x400b60 + offset, place),
                            "#1  0x40010c in main+28 ()",
                            CALLERS_OF_MAIN[0],
                            CALLERS_OF_MAIN[1]);
        }
    }

    @Test
    void stepsOverCallsAndFinishEndBehindThem() throws Exception {
        assertThat(debug("break fill+36", "run", "nexti", "break put", "continue", "set $x0 = books + 24", "finish"))
                .containsSubsequence(
                        "Breakpoint 1, 0x400b84 in fill+36 ()",
                        "0x400b88 in fill+40 ()",
                        "Breakpoint 2, 0x400b50 in put ()",
                        "Run till exit from #0  0x400b50 in put ()",
                        "0x400bb4 in fill+84 ()");
    }

    @Test
    void registersCanBeSetByAnyOfTheirNames() throws Exception {
        assertThat(debug(
                        "break put",
                        "run",
                        "set $lr = 0x1234",
                        "set $fp = 0x5678",
                        "set $v3 = 7",
                        "set $fpsr = 1",
                        "set $cpsr = 0x90000000",
                        "info registers x29 x30 v3 cpsr float",
                        "disassemble put"))
                .containsSubsequence(
                        "x29            0x5678              22136",
                        "x30            0x1234              4660",
                        "v3             0x00000000000000000000000000000007",
                        "cpsr           0x90000000  [ N V ]",
                        "fpsr           0x1                 1",
                        "fpcr           0x0                 0")
                .anyMatch(line -> line.matches(".*0x400b54 <put\\+4>:.*\\sret"));
    }
}
