package faultline.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.kernel.mm.pgtable.BroadcastInvalidation;
import faultline.kernel.testing.SharedTable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Broadcasts between three vCPUs that share one table of 8 pages.
final class BroadcastInvalidationTest {

    private static final int PAGES = 8;

    private final SharedTable table = new SharedTable(new ToyFormat(), PAGES, ToyMmu::new);
    private final BroadcastInvalidation invalidation = new BroadcastInvalidation("broadcast", 4L << 12);

    @Test
    void forgetsTheRangeOnTheVcpusPickedAndInterruptsNobody() {
        table.vcpu(0).enterKernel();
        assertThat(invalidation.flushRange(table.vcpu(0), vcpu -> vcpu.id() == 1, table.va(2), table.va(4)))
                .isZero();
        assertThat(table.cached(0, 2)).isEqualTo(-1);
        assertThat(table.cached(0, 4)).isEqualTo(table.frame(4));
        table.vcpu(1).enterGuest();
        assertThat(table.cached(1, 3)).isEqualTo(-1);
        table.vcpu(2).enterGuest();
        assertThat(table.cached(2, 3)).isEqualTo(table.frame(3));
    }

    @Test
    void fromSoManyPagesOnEverythingGoes() {
        table.vcpu(0).enterKernel();
        invalidation.flushRange(table.vcpu(0), vcpu -> false, table.va(0), table.va(3));
        assertThat(table.cached(0)).isEqualTo(PAGES - 3);
        invalidation.flushRange(table.vcpu(0), vcpu -> false, table.va(0), table.va(4));
        assertThat(table.cached(0)).isZero();
    }

    /// The difference from an interrupt, and what walks that only turn interrupts off stumble over.
    @Test
    @Timeout(30)
    void doesNotWaitForAVcpuWithInterruptsOff() {
        Vcpu deaf = table.vcpu(1);
        deaf.enterKernel();
        deaf.interruptsOff();
        table.vcpu(0).enterKernel();
        invalidation.flushRange(table.vcpu(0), vcpu -> vcpu.id() == 1, table.va(0), table.va(1));
        assertThat(table.cached(1, 0)).as("not dropped yet").isEqualTo(table.frame(0));
        deaf.interruptsOn();
        deaf.enterGuest();
        assertThat(table.cached(1, 0)).isEqualTo(-1);
    }

    @Test
    @Timeout(30)
    void waitsForAVcpuInGuestMode() throws InterruptedException {
        Vcpu guest = table.vcpu(1);
        guest.enterGuest();
        CountDownLatch done = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            table.vcpu(0).enterKernel();
            invalidation.flushRange(table.vcpu(0), vcpu -> vcpu.id() == 1, table.va(0), table.va(1));
            done.countDown();
        });
        sender.start();
        while (!guest.wantsAttention()) {
            Thread.onSpinWait();
        }
        assertThat(done.await(20, TimeUnit.MILLISECONDS)).as("before the poll").isFalse();
        assertThat(table.cached(1, 0)).as("a stale entry translates until then").isEqualTo(table.frame(0));
        guest.enterKernel();
        guest.answer();
        sender.join();
        assertThat(table.cached(1, 0)).isEqualTo(-1);
    }
}
