package faultline.arm64.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Broadcasts between three vCPUs that share one table of 8 pages.
final class Arm64TlbInvalidationTest {

    private static final long VA = 0x40_0000;
    private static final int PAGES = 8;

    private final PhysicalMemory memory = PhysicalMemory.reserve(64 << 12);
    private final Arm64PageTableFormat format = new Arm64PageTableFormat(PageGeometry.KIB_4);
    private final VcpuSet vcpus = new VcpuSet(
            3, memory, () -> new Arm64Mmu(memory, PageGeometry.KIB_4, true), new Steps(new ParallelSchedule()));
    private final Arm64TlbInvalidation invalidation = new Arm64TlbInvalidation(PageGeometry.KIB_4);

    @BeforeEach
    void mapPagesAndLoadTlbs() {
        for (int level = 3; level >= 1; level--) {
            long entry = (4L - level << 12) + ((VA >>> format.shift(level) & 511) << 3);
            format.store(memory, entry, format.table(5 - level));
        }
        for (int page = 0; page < PAGES; page++) {
            long entry = (4L << 12) + ((va(page) >>> 12 & 511) << 3);
            format.store(memory, entry, format.leaf(32 + page, format.protection(true, false, false, 0)));
        }
        for (int id = 0; id < 3; id++) {
            vcpus.get(id).mem().mmu().setRoot(1 << 12);
            for (int page = 0; page < PAGES; page++) {
                vcpus.get(id).mem().load8(va(page));
            }
        }
    }

    private static long va(int page) {
        return VA + ((long) page << 12);
    }

    private long frame(int vcpu, int page) {
        return vcpus.get(vcpu).mem().tlb().peek(va(page), 0);
    }

    @Test
    void forgetsTheRangeOnTheVcpusPickedAndInterruptsNobody() {
        vcpus.get(0).enterKernel();
        assertThat(invalidation.flushRange(vcpus.get(0), vcpu -> vcpu.id() == 1, va(2), va(4)))
                .isZero();
        assertThat(frame(0, 2)).isEqualTo(-1);
        assertThat(frame(0, 4)).isEqualTo(32 + 4);
        vcpus.get(1).enterGuest();
        assertThat(frame(1, 3)).isEqualTo(-1);
        vcpus.get(2).enterGuest();
        assertThat(frame(2, 3)).isEqualTo(32 + 3);
    }

    @Test
    void forgetsATranslationThatATaggedAddressMade() {
        Vcpu self = vcpus.get(0);
        long tagged = 0x3cL << 56 | va(5);
        self.mem().load8(tagged);
        assertThat(self.mem().tlb().peek(tagged, 0)).isEqualTo(32 + 5);
        self.enterKernel();
        invalidation.flushRange(self, vcpu -> false, va(5), va(6));
        assertThat(self.mem().tlb().peek(tagged, 0)).isEqualTo(-1);
    }

    /// The difference from an interrupt, and what walks that only turn interrupts off stumble over.
    @Test
    @Timeout(30)
    void doesNotWaitForAVcpuWithInterruptsOff() {
        Vcpu deaf = vcpus.get(1);
        deaf.enterKernel();
        deaf.interruptsOff();
        vcpus.get(0).enterKernel();
        invalidation.flushRange(vcpus.get(0), vcpu -> vcpu.id() == 1, va(0), va(1));
        assertThat(frame(1, 0)).as("not dropped yet").isEqualTo(32);
        deaf.interruptsOn();
        deaf.enterGuest();
        assertThat(frame(1, 0)).isEqualTo(-1);
    }

    @Test
    @Timeout(30)
    void waitsForAVcpuInGuestMode() throws InterruptedException {
        Vcpu guest = vcpus.get(1);
        guest.enterGuest();
        CountDownLatch done = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            vcpus.get(0).enterKernel();
            invalidation.flushRange(vcpus.get(0), vcpu -> vcpu.id() == 1, va(0), va(1));
            done.countDown();
        });
        sender.start();
        while (!guest.wantsAttention()) {
            Thread.onSpinWait();
        }
        assertThat(done.await(20, TimeUnit.MILLISECONDS)).as("before the poll").isFalse();
        assertThat(frame(1, 0)).as("a stale entry translates until then").isEqualTo(32);
        guest.enterKernel();
        guest.answer();
        sender.join();
        assertThat(frame(1, 0)).isEqualTo(-1);
    }
}
