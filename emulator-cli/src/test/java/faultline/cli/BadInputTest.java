package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess.Result;
import faultline.cli.run.CrashReport;
import faultline.cli.run.Exit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every row of the table "Bad input" of docs/architecture.md.
final class BadInputTest {

    private static final String EXIT = "31ff b83c000000 0f05";

    @TempDir
    Path directory;

    static Stream<Arguments> filesThatAreNoProgram() {
        byte[] good = TinyElf.of(EXIT);
        return Stream.of(
                Arguments.of("empty", new byte[0]),
                Arguments.of("text", "hello, I am no program\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Arguments.of("32-bit", changed(good, TinyElf.CLASS, 1, 1)),
                Arguments.of("truncated header", Arrays.copyOf(good, 40)),
                Arguments.of("truncated program headers", Arrays.copyOf(good, 80)),
                Arguments.of("another machine", changed(good, TinyElf.MACHINE, 2, 243)),
                Arguments.of("program headers outside the file", changed(good, TinyElf.PROGRAM_HEADERS, 8, 1L << 40)),
                Arguments.of("program headers that overflow", changed(good, TinyElf.PROGRAM_HEADERS, 8, -8)),
                Arguments.of("65535 program headers", changed(good, TinyElf.PROGRAM_HEADER_COUNT, 2, 65_535)),
                Arguments.of("no program headers", changed(good, TinyElf.PROGRAM_HEADER_COUNT, 2, 0)),
                Arguments.of("more in the file than in memory", changed(good, TinyElf.SEGMENT_FILE_BYTES, 8, 1L << 20)),
                Arguments.of("a segment that wraps around", changed(good, TinyElf.SEGMENT_MEMORY_BYTES, 8, -1)));
    }

    private static byte[] changed(byte[] from, int at, int bytes, long value) {
        byte[] copy = from.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        switch (bytes) {
            case 1 -> buffer.put(at, (byte) value);
            case 2 -> buffer.putShort(at, (short) value);
            default -> buffer.putLong(at, value);
        }
        return copy;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("filesThatAreNoProgram")
    void aFileThatIsNoProgramIsRefusedInOneLine(String what, byte[] contents) throws Exception {
        Path file = TinyElf.write(directory, "bad", contents);
        Result result = FaultlineProcess.run("run", file.toString());
        assertThat(result.status()).as(what + ": " + result.err()).isEqualTo(Exit.CANNOT_RUN);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("faultline: ")
                .contains("bad: ");
    }

    @Test
    void theSmallestProgramRuns() throws Exception {
        Path file = TinyElf.write(directory, "good", TinyElf.of(EXIT));
        assertThat(FaultlineProcess.run("run", file.toString())).isEqualTo(new Result(0, "", ""));
    }

    /// Linux maps what a segment has in memory only as it maps the heap.
    @Test
    void memoryBehindASegmentsFileIsWritableWhateverTheHeaderSays() throws Exception {
        // mov dword [0x402000],1
        byte[] program = TinyElf.of("c704250020400001000000" + EXIT);
        Path file = TinyElf.write(directory, "bss", changed(program, TinyElf.SEGMENT_MEMORY_BYTES, 8, 0x3000));
        assertThat(FaultlineProcess.run("run", file.toString())).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void aMissingProgramIs127() throws Exception {
        refused(Exit.NOT_FOUND, "no such file", "run", directory + "/nothing");
        refused(Exit.NOT_FOUND, "no such guest", "run", "nothing");
    }

    @Test
    void aFileThatMayNotBeExecutedIs126() throws Exception {
        Path file = directory.resolve("plain");
        Files.write(file, TinyElf.of(EXIT));
        refused(Exit.CANNOT_RUN, "permission denied", "run", file.toString());
        refused(Exit.CANNOT_RUN, "is a directory", "run", directory.toString());
    }

    @Test
    void aWrongCommandLineIs2() throws Exception {
        refused(Exit.USAGE, "unknown option --nothing", "run", "--nothing", "hello");
        refused(Exit.USAGE, "did you mean --memory", "run", "--memry", "1G", "hello");
        refused(Exit.USAGE, "expected a size", "run", "--memory", "much", "hello");
        refused(Exit.USAGE, "the host refuses to reserve", "run", "--memory", "100000T", "hello");
        refused(Exit.USAGE, "no such model", "run", "--cpu", "i386", "hello");
        refused(Exit.USAGE, "there are", "run", "--fault-design", "wishful", "hello");
        refused(Exit.USAGE, "has no such MMU", "run", "--mmu", "wishful", "hello");
        refused(Exit.USAGE, "--help", "nonsense");
    }

    private void refused(int status, String says, String... words) throws IOException, InterruptedException {
        Result result = FaultlineProcess.runIn(directory, "", words);
        assertThat(result.status()).as(result.err()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("faultline: ")
                .contains(says);
    }

    @Test
    void aKilledGuestSaysWhereAndWhy() throws Exception {
        // mov eax,[0x10]
        Path file = TinyElf.write(directory, "null", TinyElf.of("8b042510000000"));
        Result result = FaultlineProcess.run("run", file.toString());
        assertThat(result.status()).isEqualTo(Exit.SIGNALED + 11);
        assertThat(result.err())
                .isEqualTo("faultline: " + file + ": SIGSEGV at pc 0x400078 address 0x10 (SEGV_MAPERR)\n");
    }

    @Test
    void anUnknownSystemCallIsReportedOnceToWhoAsks() throws Exception {
        // mov eax,9999; syscall, twice.
        Path file = TinyElf.write(directory, "unknown", TinyElf.errnoOf("b80f270000 0f05 b80f270000"));
        Result silent = FaultlineProcess.run("run", file.toString());
        assertThat(silent).isEqualTo(new Result(38, "", ""));
        Result asked = FaultlineProcess.run("run", "-v", file.toString());
        assertThat(asked.status()).isEqualTo(38);
        assertThat(asked.err().lines()).singleElement().asString().contains("9999");
    }

    @Test
    void moreMemoryThanThereIsIsEnomem() throws Exception {
        // mmap(0, 1 << 46, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
        Path file = TinyElf.write(
                directory,
                "memory",
                TinyElf.errnoOf("31ff 48be0000000000400000 ba03000000 41ba22000000 4983c8ff 4531c9 b809000000"));
        assertThat(FaultlineProcess.run("run", "--memory", "64M", file.toString()))
                .isEqualTo(new Result(12, "", ""));
    }

    @Test
    void moreThreadsThanTheLimitIsEagain() throws Exception {
        // fork()
        Path file = TinyElf.write(directory, "threads", TinyElf.errnoOf("b839000000"));
        assertThat(FaultlineProcess.run("run", "--limit-threads", "1", file.toString()))
                .isEqualTo(new Result(11, "", ""));
    }

    @Test
    void moreFilesThanTheLimitIsEmfile() throws Exception {
        // dup(0)
        Path file = TinyElf.write(directory, "files", TinyElf.errnoOf("31ff b820000000"));
        assertThat(FaultlineProcess.run("run", "--limit-files", "3", file.toString()))
                .isEqualTo(new Result(24, "", ""));
    }

    @Test
    void aGuestWithoutEndIsEndedByTheTimeout() throws Exception {
        Path file = TinyElf.write(directory, "forever", TinyElf.of("ebfe"));
        Result result = FaultlineProcess.run("run", "--timeout", "300ms", file.toString());
        assertThat(result.status()).isEqualTo(Exit.TIMED_OUT);
        assertThat(result.err()).contains("--timeout");
    }

    /// A heap far too small for the table of the machine's frames: what runs out is ours, so it is
    /// not the guest's fault.
    @Test
    void anOutOfMemoryErrorOfOursIs125WithAReport() throws Exception {
        List<String> command = FaultlineProcess.command();
        command.add(1, "-Xmx8m");
        command.addAll(List.of("run", "--memory", "64G", "hello"));
        Result result = FaultlineProcess.execute(directory, "", command);
        assertThat(result.status()).as(result.err()).isEqualTo(Exit.BUG);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("faultline: this is a bug in Faultline: java.lang.OutOfMemoryError")
                .contains("please report it with ");
        Path report = Path.of(result.err().strip().replaceFirst(".* please report it with ", ""));
        try {
            assertThat(report)
                    .content()
                    .contains("command line: faultline run --memory 64G hello", "OutOfMemoryError", "\tat ");
        } finally {
            Files.delete(report);
        }
    }

    @Test
    void aBugOfOursBecomesAReport() {
        String report = CrashReport.text(List.of("run", "hello"), new IllegalStateException("made up"));
        assertThat(report)
                .contains("faultline 0.1.0", "command line: faultline run hello", "java: ", "host: ")
                .contains("IllegalStateException: made up")
                .containsPattern("at faultline\\.cli(@[^/]*)?/faultline\\.cli\\.BadInputTest");
    }

    @Test
    void discardedFilesAreSaidInOneLine() throws Exception {
        // open("f", O_CREAT|O_WRONLY, 0600), close; the name is in the code.
        Path file = TinyElf.write(
                directory,
                "writer",
                TinyElf.of("eb02 6600 488d3df7ffffff be41000000 ba80010000 b802000000 0f05 " + EXIT));
        Result result = FaultlineProcess.runIn(directory, "", "run", file.toString());
        assertThat(result.status()).isEqualTo(0);
        assertThat(result.err().lines()).singleElement().asString().contains("1 file was", "--bind .:rw");
        assertThat(directory.resolve("f")).doesNotExist();
        Result kept = FaultlineProcess.runIn(directory, "", "run", "--bind", ".:rw", file.toString());
        assertThat(kept.err()).isEmpty();
        assertThat(directory.resolve("f")).exists();
    }
}
