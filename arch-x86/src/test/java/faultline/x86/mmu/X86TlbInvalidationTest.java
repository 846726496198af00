package faultline.x86.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.kernel.testing.SharedTable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Shootdowns between three vCPUs that share one table of 64 pages.
final class X86TlbInvalidationTest {

    private static final int PAGES = 64;

    private final SharedTable table = new SharedTable(new X86PageTableFormat(), PAGES, X86Mmu::new);
    private final X86TlbInvalidation invalidation = new X86TlbInvalidation();

    @Test
    void forgetsExactlyTheRangeHereAndOnTheVcpusPicked() {
        Vcpu self = table.vcpu(0);
        self.enterKernel();
        int interrupted = invalidation.flushRange(self, vcpu -> vcpu.id() == 1, table.va(10), table.va(12));
        assertThat(interrupted).isEqualTo(1);
        assertThat(table.cached(0)).isEqualTo(PAGES - 2);
        assertThat(table.cached(0, 9)).isEqualTo(table.frame(9));
        assertThat(table.cached(0, 10)).isEqualTo(-1);
        assertThat(table.cached(0, 12)).isEqualTo(table.frame(12));
        // An idle vCPU need not answer at once, but before it translates again.
        table.vcpu(1).enterGuest();
        assertThat(table.cached(1)).isEqualTo(PAGES - 2);
        table.vcpu(2).enterGuest();
        assertThat(table.cached(2)).isEqualTo(PAGES);
    }

    @Test
    void beyondTheCeilingEverythingGoes() {
        Vcpu self = table.vcpu(0);
        self.enterKernel();
        invalidation.flushRange(self, vcpu -> false, table.va(0), table.va(33));
        assertThat(table.cached(0)).isEqualTo(PAGES - 33);
        table.load();
        invalidation.flushRange(self, vcpu -> false, table.va(0), table.va(34));
        assertThat(table.cached(0)).isZero();
    }

    /// The sender waits for a vCPU with interrupts off until it turns them on.
    @Test
    void waitsForAVcpuWithInterruptsOff() throws InterruptedException {
        Vcpu deaf = table.vcpu(1);
        deaf.enterKernel();
        deaf.interruptsOff();
        CountDownLatch done = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            table.vcpu(0).enterKernel();
            invalidation.flushRange(table.vcpu(0), vcpu -> vcpu.id() == 1, table.va(0), table.va(1));
            done.countDown();
        });
        sender.start();
        while (!deaf.wantsAttention()) {
            Thread.onSpinWait();
        }
        assertThat(done.await(20, TimeUnit.MILLISECONDS))
                .as("answered with interrupts off")
                .isFalse();
        assertThat(table.cached(1, 0))
                .as("a stale entry translates until flushed")
                .isEqualTo(table.frame(0));
        deaf.interruptsOn();
        sender.join();
        assertThat(table.cached(1, 0)).isEqualTo(-1);
    }
}
