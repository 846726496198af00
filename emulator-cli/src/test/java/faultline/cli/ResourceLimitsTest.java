package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.cli.FaultlineProcess.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A guest that asks for more and more of something is refused as Linux refuses, also where Java has
/// little room: DESIGN's "never a Java exception".
final class ResourceLimitsTest {

    @TempDir
    Path directory;

    private Result hog(String... kinds) throws Exception {
        List<String> command = FaultlineProcess.command();
        command.add(1, "-Xmx48m");
        command.addAll(List.of("run", "--memory", "32M", "--limit-threads", "100", "--timeout", "100", "hog"));
        command.addAll(List.of(kinds));
        return FaultlineProcess.execute(directory, "", command);
    }

    @Test
    void kernelObjectsEndInErrorsOfLinux() throws Exception {
        Result result =
                hog("names", "passing-names", "links", "locks", "timers", "signals", "files", "epolls", "numbers");
        assertThat(result.err()).contains("written in memory only").doesNotContain("bug");
        assertThat(result.out().lines())
                .containsExactly(
                        "names: ENOSPC",
                        "passing-names: 10000 made and removed",
                        "links: ENOSPC",
                        "locks: 0",
                        "timers: EAGAIN",
                        "signals: EAGAIN",
                        "files: EMFILE",
                        "epolls: EINVAL, chain ELOOP",
                        "numbers: 0 known");
        assertThat(result.status()).isZero();
    }

    @Test
    void memoryAndFilesEndInErrorsOfLinux() throws Exception {
        Result result =
                hog("memory", "reads", "data", "sparse", "holes", "address-space", "heap", "stack", "arguments");
        // A page of its own takes RAM and its way in the index Java's heap: which ends first depends on the heap.
        assertThat(result.out().replace("sparse: ENOMEM", "sparse: ENOSPC").lines())
                .containsExactly(
                        "memory: ended with 137",
                        "reads: ended with 137",
                        "data: ENOSPC",
                        "sparse: ENOSPC",
                        "holes: size 0, data -6, hole 5, punched 0",
                        "mincore: EFAULT",
                        "address-space: ENOMEM",
                        "heap: stays",
                        "stack: ended with 139",
                        "arguments: E2BIG");
        assertThat(result.status()).as(result.err()).isZero();
    }

    /// Ids of processes that nobody waits for used to run out, and the search for one never ended.
    @Test
    void processesAndThreadsEndInEagain() throws Exception {
        Result result = hog("processes", "zombies", "threads");
        assertThat(result.out().lines()).containsExactly("processes: EAGAIN", "zombies: EAGAIN", "threads: EAGAIN");
        assertThat(result.status()).as(result.err()).isZero();
    }

    /// 23 MiB of code is more than decoded code may take of 48 MiB of heap.
    @Test
    void codeIsDecodedAgainWhereItDoesNotFit() throws Exception {
        Result result = hog("code");
        assertThat(result).isEqualTo(new Result(0, "code: all returned\n", ""));
    }
}
