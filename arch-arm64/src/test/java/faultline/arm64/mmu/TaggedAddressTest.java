package faultline.arm64.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One page under several tags: the top byte of an address is ignored.
final class TaggedAddressTest {

    private static final long VA = 0x40_0000;
    private static final long TAGGED = 0x5aL << 56 | VA;
    private static final long FRAME = 32;
    private static final int TABLES = 4;

    private final PhysicalMemory memory = PhysicalMemory.reserve(64 << 12);
    private final Arm64PageTableFormat format = new Arm64PageTableFormat(PageGeometry.KIB_4);
    private final VcpuSet vcpus = new VcpuSet(
            1, memory, () -> new Arm64Mmu(memory, PageGeometry.KIB_4, true), new Steps(new ParallelSchedule()));
    private final Vcpu vcpu = vcpus.get(0);
    private final Mem mem = vcpu.mem();

    @BeforeEach
    void mapOnePage() {
        for (int table = 1; table < TABLES; table++) {
            format.store(memory, entry(table), format.table(TABLES - table, table + 1L));
        }
        format.store(memory, entry(TABLES), format.leaf(FRAME, format.protection(true, true, false, 0)));
        mem.mmu().setRoot(1 << 12);
        memory.store64(FRAME << 12, 0x1122334455667788L);
    }

    /// Where the entry for `VA` is; table 1 is the root.
    private long entry(int table) {
        return ((long) table << 12) + ((VA >>> format.shift(TABLES - table) & 511) << 3);
    }

    @Test
    void tagsDoNotCountForTranslation() {
        assertThat(mem.load64(TAGGED)).isEqualTo(0x1122334455667788L);
        mem.store32(0x7fL << 56 | VA, 7);
        assertThat(mem.load32(VA)).isEqualTo(7);
    }

    @Test
    void invalidationForgetsAPageUnderEveryTag() {
        mem.load64(TAGGED);
        mem.load64(TAGGED + 8);
        format.store(memory, entry(TABLES), 0);

        mem.tlb().flushRange(VA, VA + 4096);

        assertThatThrownBy(() -> mem.load64(TAGGED)).isInstanceOf(GuestFault.class);
    }

    @Test
    void otherPagesOfTheSlotStay() {
        mem.load64(TAGGED);

        mem.tlb().flushRange(VA + (4L << 20), VA + (4L << 20) + 4096);

        assertThat(mem.tlb().peek(TAGGED, 0)).isEqualTo(FRAME);
    }
}
