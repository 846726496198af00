package faultline.x86.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Shootdowns between three vCPUs that share one table of 64 pages.
final class X86TlbInvalidationTest {

    private static final long VA = 0x40_0000;
    private static final int PAGES = 64;

    private final PhysicalMemory memory = PhysicalMemory.reserve(128 << 12);
    private final X86PageTableFormat format = new X86PageTableFormat();
    private final VcpuSet vcpus = new VcpuSet(3, memory, () -> new X86Mmu(memory), new Steps(new ParallelSchedule()));
    private final X86TlbInvalidation invalidation = new X86TlbInvalidation();

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

    private long cached(int vcpu) {
        long count = 0;
        for (int page = 0; page < PAGES; page++) {
            if (vcpus.get(vcpu).mem().tlb().peek(va(page), 0) >= 0) {
                count++;
            }
        }
        return count;
    }

    @Test
    void forgetsExactlyTheRangeHereAndOnTheVcpusPicked() {
        Vcpu self = vcpus.get(0);
        self.enterKernel();
        int interrupted = invalidation.flushRange(self, vcpu -> vcpu.id() == 1, va(10), va(12));
        assertThat(interrupted).isEqualTo(1);
        assertThat(cached(0)).isEqualTo(PAGES - 2);
        assertThat(self.mem().tlb().peek(va(9), 0)).isEqualTo(32 + 9);
        assertThat(self.mem().tlb().peek(va(10), 0)).isEqualTo(-1);
        assertThat(self.mem().tlb().peek(va(12), 0)).isEqualTo(32 + 12);
        // An idle vCPU need not answer at once, but before it translates again.
        vcpus.get(1).enterGuest();
        assertThat(cached(1)).isEqualTo(PAGES - 2);
        vcpus.get(2).enterGuest();
        assertThat(cached(2)).isEqualTo(PAGES);
    }

    @Test
    void beyondTheCeilingEverythingGoes() {
        Vcpu self = vcpus.get(0);
        self.enterKernel();
        invalidation.flushRange(self, vcpu -> false, va(0), va(33));
        assertThat(cached(0)).isEqualTo(PAGES - 33);
        mapPagesAndLoadTlbs();
        invalidation.flushRange(self, vcpu -> false, va(0), va(34));
        assertThat(cached(0)).isZero();
    }

    /// The sender waits for a vCPU with interrupts off until it turns them on.
    @Test
    void waitsForAVcpuWithInterruptsOff() throws InterruptedException {
        Vcpu deaf = vcpus.get(1);
        deaf.enterKernel();
        deaf.interruptsOff();
        CountDownLatch done = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            vcpus.get(0).enterKernel();
            invalidation.flushRange(vcpus.get(0), vcpu -> vcpu.id() == 1, va(0), va(1));
            done.countDown();
        });
        sender.start();
        while (!deaf.wantsAttention()) {
            Thread.onSpinWait();
        }
        assertThat(done.await(20, TimeUnit.MILLISECONDS))
                .as("answered with interrupts off")
                .isFalse();
        assertThat(deaf.mem().tlb().peek(va(0), 0))
                .as("a stale entry translates until flushed")
                .isEqualTo(32);
        deaf.interruptsOn();
        sender.join();
        assertThat(deaf.mem().tlb().peek(va(0), 0)).isEqualTo(-1);
    }
}
