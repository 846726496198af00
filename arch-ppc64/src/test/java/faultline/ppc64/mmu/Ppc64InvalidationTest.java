package faultline.ppc64.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.testing.SharedTable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What POWER has beside a plain broadcast, between vCPUs that share a table.
final class Ppc64InvalidationTest {

    private static final int PAGES = 64;

    private final SharedTable table = new SharedTable(
            new RadixPageTableFormat(PageGeometry.KIB_4), PAGES, memory -> new RadixMmu(memory, PageGeometry.KIB_4));
    private final Ppc64Invalidation invalidation = Ppc64Invalidation.of(MmuChoice.RADIX, PageGeometry.KIB_4);

    @Test
    void beyondTheCeilingTheWholePidGoes() {
        table.vcpu(0).enterKernel();
        invalidation.flushRange(table.vcpu(0), vcpu -> false, table.va(0), table.va(33));
        assertThat(table.cached(0)).isEqualTo(PAGES - 33);
        table.load();
        invalidation.flushRange(table.vcpu(0), vcpu -> false, table.va(0), table.va(34));
        assertThat(table.cached(0)).isZero();
    }

    @Test
    void aPageOf64KiBIsSixteenFrames() {
        SharedTable large = new SharedTable(
                new RadixPageTableFormat(PageGeometry.KIB_64), 2, memory -> new RadixMmu(memory, PageGeometry.KIB_64));
        for (int frame = 0; frame < 16; frame++) {
            large.vcpu(0).mem().load8(large.va(1) + frame * 4096L);
        }
        large.vcpu(0).enterKernel();
        Ppc64Invalidation.of(MmuChoice.RADIX, PageGeometry.KIB_64)
                .flushRange(large.vcpu(0), vcpu -> false, large.va(1), large.va(2));
        for (int frame = 0; frame < 16; frame++) {
            assertThat(large.vcpu(0).mem().tlb().peek(large.va(1) + frame * 4096L, 0))
                    .isEqualTo(-1);
        }
        assertThat(large.cached(0, 0)).isEqualTo(large.frame(0));
    }

    /// A broadcast does not wait for it, and an unhooked table does.
    @Test
    @Timeout(30)
    void anUnhookedTableWaitsForAVcpuWithInterruptsOff() throws InterruptedException {
        Vcpu deaf = table.vcpu(1);
        deaf.enterKernel();
        deaf.interruptsOff();
        CountDownLatch flushed = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            table.vcpu(0).enterKernel();
            invalidation.flushRange(table.vcpu(0), vcpu -> vcpu.id() == 1, table.va(0), table.va(1));
            flushed.countDown();
            assertThat(invalidation.tablesUnhooked(table.vcpu(0), vcpu -> vcpu.id() == 1))
                    .isEqualTo(1);
            done.countDown();
        });
        sender.start();
        flushed.await();
        assertThat(done.await(20, TimeUnit.MILLISECONDS))
                .as("answered with interrupts off")
                .isFalse();
        deaf.interruptsOn();
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        sender.join();
    }
}
