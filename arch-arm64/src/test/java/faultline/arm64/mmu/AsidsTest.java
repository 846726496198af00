package faultline.arm64.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.SoftTlb;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.kernel.mm.pgtable.AddressSpaceIds.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Three bits of ASID, seven of use, for two vCPUs. Each address space maps one page, at the same
/// address, to a frame of its own.
final class AsidsTest {

    private static final long VA = 0x40_0000;
    private static final int BITS = 3;
    private static final int SPACES = 24;

    private final PhysicalMemory memory = PhysicalMemory.reserve(8 << 20);
    private final Arm64PageTableFormat format = new Arm64PageTableFormat(PageGeometry.KIB_4);
    private final VcpuSet vcpus = new VcpuSet(
            2, memory, () -> new Arm64Mmu(memory, PageGeometry.KIB_4, true), new Steps(new ParallelSchedule()));
    private final Asids asids = new Asids(BITS, 2);
    private final List<Context> spaces =
            IntStream.range(0, SPACES).mapToObj(_ -> new Context()).toList();

    @AfterEach
    void giveBack() {
        memory.close();
    }

    private static long root(int space) {
        return 4 + 4L * space << 12;
    }

    private static long data(int space) {
        return 1024L + space;
    }

    private void build(int space) {
        long table = root(space);
        for (int level = 3; level >= 0; level--) {
            long entryPa = table + ((VA >>> format.shift(level) & 511) << 3);
            long next = (table >>> 12) + 1;
            format.store(
                    memory,
                    entryPa,
                    level > 0
                            ? format.table(level, next)
                            : format.leaf(data(space), format.protection(true, false, false, 0)));
            table = next << 12;
        }
    }

    /// Runs a space on a vCPU and says which frame the page has there.
    private long runs(int cpu, int space) {
        Vcpu vcpu = vcpus.get(cpu);
        asids.switchTo(vcpu, spaces.get(space));
        vcpu.mem().mmu().setRoot(root(space));
        vcpu.mem().load8(VA);
        return vcpu.mem().tlb().peek(VA, 0);
    }

    private static long asid(Context context) {
        return context.id & (1 << BITS) - 1;
    }

    private static long generation(Context context) {
        return context.id >>> BITS;
    }

    @Test
    void aSwitchAndBackKeepsTranslations() {
        build(0);
        build(1);
        runs(0, 0);
        runs(0, 1);
        SoftTlb tlb = vcpus.get(0).mem().tlb();
        assertThat(tlb.peek(VA, 0)).isEqualTo(data(1));
        asids.switchTo(vcpus.get(0), spaces.get(0));
        assertThat(tlb.peek(VA, 0)).as("without a walk").isEqualTo(data(0));
        assertThat(asids.rollovers()).isZero();
    }

    /// Were the TLB not emptied when ids are given out anew, a space would find the frame of who had
    /// its id before.
    @Test
    void nobodyFindsATranslationOfAnotherThroughRollOvers() {
        IntStream.range(0, SPACES).forEach(this::build);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 4_000; i++) {
            int space = random.nextInt(SPACES);
            assertThat(runs(random.nextInt(2), space)).isEqualTo(data(space));
            assertNoTwoShareAnId();
        }
        assertThat(asids.rollovers()).isGreaterThan(100);
    }

    private void assertNoTwoShareAnId() {
        long newest = spaces.stream().mapToLong(AsidsTest::generation).max().orElseThrow();
        List<Long> inUse = new ArrayList<>();
        for (Context context : spaces) {
            if (context.id != 0 && generation(context) == newest) {
                assertThat(asid(context)).isNotZero();
                assertThat(inUse).doesNotContain(asid(context));
                inUse.add(asid(context));
            }
        }
    }

    @Test
    void whoRunsThroughARollOverKeepsItsId() {
        IntStream.range(0, SPACES).forEach(this::build);
        runs(1, 0);
        long before = asid(spaces.get(0));
        for (int space = 1; space < SPACES; space++) {
            runs(0, space);
        }
        assertThat(asids.rollovers()).isPositive();
        for (int space = 1; space < SPACES; space++) {
            assertThat(asid(spaces.get(space)) == before && isCurrent(spaces.get(space)))
                    .isFalse();
        }
        runs(1, 0);
        assertThat(asid(spaces.get(0))).isEqualTo(before);
        assertThat(isCurrent(spaces.get(0))).isTrue();
    }

    private boolean isCurrent(Context context) {
        return generation(context)
                == spaces.stream().mapToLong(AsidsTest::generation).max().orElseThrow();
    }

    @Test
    void refusesTooFewForItsVcpus() {
        assertThatThrownBy(() -> new Asids(1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Asids(17, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
