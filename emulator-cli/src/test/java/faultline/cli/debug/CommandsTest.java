package faultline.cli.debug;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess;
import faultline.cli.FaultlineProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The debugger's commands, as they are typed and what they print.
final class CommandsTest {

    @TempDir
    Path directory;

    private List<String> debug(String program, String... commands) throws Exception {
        return debug(List.of("--cpus", "1", program), commands);
    }

    private List<String> debug(List<String> words, String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("debug"));
        all.addAll(words);
        Result result =
                FaultlineProcess.runIn(directory, String.join("\n", commands) + "\n", all.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out().lines().toList();
    }

    @Test
    void breakpointsKeepTheirNumbersAndConditionsOverRuns() throws Exception {
        assertThat(debug(
                        "lost-pointer",
                        "break put if $rdi != 0",
                        "tbreak main",
                        "run",
                        "info breakpoints",
                        "disable 1",
                        "run",
                        "info breakpoints",
                        "kill",
                        "delete 1",
                        "delete 9"))
                .containsSubsequence(
                        "Breakpoint 1 at 0x401940",
                        "Temporary breakpoint 2 at 0x401000",
                        "Temporary breakpoint 2, 0x401000 in main ()",
                        "1       breakpoint     keep y   0x0000000000401940 in put ()",
                        "\tstop only if $rdi != 0",
                        "Program received signal SIGSEGV, Segmentation fault.",
                        "1       breakpoint     keep n   0x0000000000401940 in put ()",
                        "[The program was killed]",
                        "No breakpoint number 9.");
    }

    @Test
    void anIgnoredBreakpointPassesAndCounts() throws Exception {
        assertThat(debug("threads", "break print", "ignore 1 2", "run", "info breakpoints"))
                .contains("Will ignore next 2 crossings of breakpoint 1.")
                .anyMatch(line -> line.matches("\tbreakpoint already hit 3 times"));
    }

    @Test
    void expressionsReadRegistersSymbolsAndMemory() throws Exception {
        assertThat(debug(
                        "lost-pointer",
                        "print 6 * 7",
                        "print $1 - 2 == 40 && 1 < 2",
                        "print/x 255",
                        "print/u (char)200",
                        "print (char)200",
                        "print 1 +",
                        "print nothing",
                        "print $rax",
                        "set $mine = 3",
                        "print $mine + $",
                        "run",
                        "print/x *(short *)$pc",
                        "print {unsigned char}$pc",
                        "print 0 && *0",
                        "print *0",
                        "print/x $rip & 0xfff"))
                .containsSubsequence(
                        "$1 = 0x2a  42",
                        "$2 = 0x1  1",
                        "$3 = 0xff",
                        "$4 = 200",
                        "$5 = -56 '\\310'",
                        "The expression ends too early: 1 +",
                        "No symbol \"nothing\" in current context.",
                        "The program has no registers now.",
                        "$6 = 0xffffffffffffffcb  -53",
                        "$7 = 0x8948",
                        "$8 = 72 'H'",
                        "$9 = 0x0  0",
                        "Cannot access memory at address 0x0",
                        "$10 = 0x940");
    }

    @Test
    void memoryAndRegistersCanBeSet() throws Exception {
        assertThat(debug(
                        "lost-pointer",
                        "break put",
                        "run",
                        "set {int}books = 7",
                        "set *(char *)(books + 4) = 'A'",
                        "x/2wx books",
                        "set $rax = 0x1234",
                        "info registers rax",
                        "set 5 = 6"))
                .containsSubsequence(
                        "0x4031e0 <books>:\t0x00000007\t0x00000041",
                        "rax            0x1234              4660",
                        "5 is not a location; write {TYPE}ADDRESS for memory there.");
    }

    @Test
    void aWatchedVariableStopsBehindItsChange() throws Exception {
        assertThat(debug("lost-pointer", "break put", "run", "set $rdi = books", "watch {long}books", "continue"))
                .containsSubsequence(
                        "Watchpoint 2: {long}books at 0x4031e0, 8 bytes",
                        "Old value = 0x4021b9  4202937",
                        "New value = 0x2a  42")
                .contains("0x401943 in put+3 ()");
    }

    @Test
    void stepsAndFinishEndWhereTheyShould() throws Exception {
        assertThat(debug("lost-pointer", "break main", "run", "stepi", "nexti 2", "break fill", "continue", "finish"))
                .contains("Breakpoint 1, 0x401000 in main ()", "Run till exit from #0  0x401950 in fill ()")
                .anyMatch(line -> line.matches("0x40100\\w in main\\+\\d+ \\(\\)"));
    }

    @Test
    void aForkedProcessIsSaidAndItsEndToo() throws Exception {
        assertThat(debug("cow", "run"))
                .contains("[New process 3, forked by process 2]", "[Process 3 exited with code 42]")
                .endsWith("[The program exited normally]");
    }

    @Test
    void aSignalIsHandledAsSaid() throws Exception {
        assertThat(debug("lost-pointer", "handle SIGSEGV nostop print", "run"))
                .containsSubsequence(
                        "SIGSEGV      No    Yes    Yes   Segmentation fault",
                        "Thread 2 received signal SIGSEGV, Segmentation fault.",
                        "Program terminated with signal SIGSEGV, Segmentation fault.");
    }

    @Test
    void signal0GoesOnWithoutAndAnyOtherSends() throws Exception {
        assertThat(debug("lost-pointer", "break main", "run", "signal SIGTERM"))
                .containsSubsequence(
                        "Continuing with signal SIGTERM.", "Program terminated with signal SIGTERM, Terminated.");
        assertThat(debug("lost-pointer", "run", "set $rdi = books", "signal 0"))
                .containsSubsequence("Continuing with no signal.", "[The program exited normally]");
    }

    @Test
    void theProgramsStreamsCanBeRedirected() throws Exception {
        Path output = directory.resolve("out");
        assertThat(debug("hello", "run > out", "run >> out")).noneMatch(line -> line.startsWith("Hello"));
        assertThat(output).hasContent("Hello from Faultline.\nHello from Faultline.\n");
        assertThat(debug("hello", "run < missing")).contains("missing: no such file");
        Files.delete(output);
    }

    @Test
    void callersAreFoundThroughTheLinkRegister() throws Exception {
        // `put` calls nobody and keeps no frame record; `main` is left by `stepi` in its prologue.
        assertThat(debug(
                        List.of("--arch", "arm64", "--cpus", "1", "lost-pointer"),
                        "break main",
                        "run",
                        "backtrace",
                        "stepi",
                        "info registers lr",
                        "break put",
                        "continue",
                        "backtrace",
                        "info frame",
                        "finish",
                        "info registers esr_el1",
                        "backtrace"))
                .containsSubsequence(
                        "Breakpoint 1, 0x4000f0 in main ()",
                        "#0  0x4000f0 in main ()",
                        "#1  0x4004c8 in rt_main+72 ()",
                        "#2  0x400150 in _start+16 ()",
                        "x30            0x4004c8            <rt_main+72>",
                        "Breakpoint 2, 0x400b50 in put ()",
                        "#0  0x400b50 in put ()",
                        "#1  0x400bb4 in fill+84 ()",
                        "#2  0x40010c in main+28 ()",
                        "#3  0x4004c8 in rt_main+72 ()",
                        "#4  0x400150 in _start+16 ()",
                        " returns to 0x400bb4 <fill+84>, found by the return address of the last call",
                        "Program received signal SIGSEGV, Segmentation fault.",
                        "#1  0x400bb4 in fill+84 ()");
    }

    @Test
    void aWrongCommandIsAnsweredInOneLine() throws Exception {
        assertThat(debug("hello", "frobnicate", "1", "de", "info", "x/3q main", "break nowhere", "continue", "stepi"))
                .containsExactly(
                        "Undefined command: \"frobnicate\".  Try \"help\".",
                        "Undefined command: \"1\".  Try \"help\".",
                        "Ambiguous command \"de\": detach, delete.",
                        "info needs one of " + String.join(", ", InfoCommands.subjects()) + ".",
                        "x: no format or size 'q'; formats x d u o t c a s i, sizes b h w g",
                        "No symbol \"nowhere\" in current context.",
                        "The program is not being run.",
                        "The program is not being run.");
    }

    @Test
    void systemCallsAreTracedUnderTheDebuggerToo() throws Exception {
        assertThat(debug(List.of("--strace", "hello"), "run"))
                .anyMatch(line -> line.startsWith("write(1, \"Hello from Faultline.\\n\""));
    }

    @Test
    void expressionsNestedToNoEndAreRefused() throws Exception {
        String deep = "(".repeat(100_000) + "1" + ")".repeat(100_000);
        assertThat(debug("hello", "print " + deep, "print " + "-".repeat(100_000) + "1", "print ((((7))))"))
                .containsExactly(
                        "The expression is nested too deeply", "The expression is nested too deeply", "$1 = 0x7  7");
        assertThat(debug("hello", "print (char " + "*".repeat(100_000) + ") 1")).hasSize(1);
    }
}
