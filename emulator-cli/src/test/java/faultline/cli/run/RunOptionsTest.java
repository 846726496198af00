package faultline.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.trace.TraceEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunOptionsTest {

    private static RunOptions parse(String... words) {
        return RunOptions.parse(List.of(words), RunOption.Command.RUN);
    }

    @Test
    void whatFollowsTheProgramIsItsOwn() {
        RunOptions options = parse("--cpus", "3", "prog", "--cpus", "9", "--", "-x");
        assertThat(options.cpus).isEqualTo(3);
        assertThat(options.program).isEqualTo("prog");
        assertThat(options.arguments).containsExactly("--cpus", "9", "--", "-x");
    }

    @Test
    void twoDashesEndTheOptions() {
        RunOptions options = parse("--cpus=3", "--", "--help", "x");
        assertThat(options.program).isEqualTo("--help");
        assertThat(options.help).isFalse();
    }

    @Test
    void valuesStandBehindOrBesideTheirOption() {
        assertThat(parse("-L/root", "p").root).isEqualTo("/root");
        assertThat(parse("-L", "/root", "p").root).isEqualTo("/root");
        assertThat(parse("--memory=2G", "p").memory).isEqualTo(2L << 30);
        assertThat(parse("--timeout", "1.5s", "p").timeout).isEqualTo(1_500_000_000L);
        assertThat(parse("--schedule", "seeded:0x10", "p").seed).isEqualTo(16);
        assertThat(parse("--strace", "p").program).isEqualTo("p");
        assertThat(parse("--strace=f", "p").straceFile).isEqualTo("f");
    }

    @Test
    void aDiskTakesNoTimeUnlessItIsSaid() {
        assertThat(parse("p").diskLatency).isZero();
        assertThat(parse("p").diskQueue).isEqualTo(32);
        RunOptions options = parse("--disk-latency", "250us", "--disk-queue=1", "p");
        assertThat(options.diskLatency).isEqualTo(250_000L);
        assertThat(options.diskQueue).isEqualTo(1);
        assertThat(parse("--disk-latency", "0", "p").diskLatency).isZero();
        assertThatThrownBy(() -> parse("--disk-latency", "5 parsecs", "p")).hasMessageContaining("expected a time");
        assertThatThrownBy(() -> parse("--disk-latency", "5x", "p")).hasMessageContaining("expected a time");
        assertThatThrownBy(() -> parse("--disk-queue", "0", "p")).hasMessageContaining("from 1 to");
        assertThatThrownBy(() -> parse("--timeout", "0", "p")).hasMessageContaining("expected a time");
    }

    @Test
    void theEnvironmentIsTheHostsWithChanges() {
        RunOptions options = parse("-E", "A=1", "-u", "B", "p");
        assertThat(options.environment(Map.of("B", "2", "FAULTLINE_JAVA_OPTS", "-Xmx1g")))
                .containsExactly("A=1");
        assertThat(parse("-i", "p").environment(Map.of("B", "2"))).isEmpty();
    }

    @Test
    void tracepointsAreChosenByGlobAndTheFileComesLast() {
        TraceChoice choice = parse("--trace", "pagefault:spf_vma_*,tlb_flush,mmap_lock:*released:out", "p").trace;
        assertThat(choice.file()).isEqualTo("out");
        assertThat(choice.events())
                .containsExactlyInAnyOrder(
                        TraceEvent.SPF_VMA_CHANGED,
                        TraceEvent.SPF_VMA_NOANON,
                        TraceEvent.SPF_VMA_NOTSUP,
                        TraceEvent.SPF_VMA_ACCESS,
                        TraceEvent.TLB_FLUSH,
                        TraceEvent.MMAP_LOCK_RELEASED);
        assertThat(parse("--trace", "vma_lock", "--trace=exceptions:*", "p")
                        .trace
                        .events())
                .hasSize(6);
        assertThat(parse("--trace", "*", "p").trace.events()).hasSize(TraceEvent.values().length);
        assertThat(parse("--trace", "help").listsTracepoints).isTrue();
        assertThatThrownBy(() -> parse("--trace", "tlb:nothing")).hasMessageContaining("tlb:nothing");
        assertThatThrownBy(() -> parse("--trace", "tlb:*:out,vma_lock")).hasMessageContaining("expected");
    }

    @Test
    void bindsAreReadFromTheRight() {
        assertThat(parse("--bind", "dir:/guest:rw", "p").binds)
                .containsExactly(new RunOptions.Bind("dir", "/guest", true));
        assertThat(parse("--bind", ".:rw", "p").binds).containsExactly(new RunOptions.Bind(".", ".", true));
        assertThat(parse("--bind", "/a:ro", "p").binds).containsExactly(new RunOptions.Bind("/a", "/a", false));
    }

    @Test
    void aBindNeedsADirectoryAndAnAbsoluteGuestPath() {
        assertThatThrownBy(() -> parse("--bind", ":rw", "p")).hasMessageContaining("expected DIR");
        assertThatThrownBy(() -> parse("--bind", "/a:b", "p")).hasMessageContaining("GUEST an absolute path");
    }

    @Test
    void debuggerOptionsAreNotForRun() {
        assertThatThrownBy(() -> parse("--batch", "p")).isInstanceOf(Refusal.class);
        assertThat(RunOptions.parse(List.of("--batch", "-ex", "run", "p"), RunOption.Command.DEBUG).commands)
                .containsExactly("run");
    }

    @Test
    void whatAnArchitectureDoesNotHaveIsRefusedInOneLine() {
        KernelPort port = Ports.named("arm64");
        assertThat(Ports.mmu(port, null, 0)).isEqualTo(port.architecture().usualMmu());
        assertThat(Ports.mmu(port, "radix", 65_536)).isEqualTo(new MmuChoice("radix", PageGeometry.KIB_64));
        assertThatThrownBy(() -> Ports.mmu(port, "hash", 0))
                .isInstanceOf(Refusal.class)
                .hasMessage("--mmu hash: arm64 has no such MMU; it has radix");
        assertThatThrownBy(() -> Ports.stackGrowth(port, StackGrowth.STACK_POINTER))
                .isInstanceOf(Refusal.class)
                .hasMessage("--stack-growth stack-pointer: arm64 never had that rule; it has guard-gap");
        assertThatThrownBy(() -> parse("--stack-growth", "up", "p"))
                .hasMessage("--stack-growth up: expected guard-gap or stack-pointer");
    }
}
