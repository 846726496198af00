package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.page.VmEvent;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What is counted of `mmap_lock`.
class MmapLockTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    @Test
    void classicFaultsReadAndCallsWrite() {
        ToyMachine machine = ToyMachine.small();
        KernelMemory kernel = machine.kernel();
        machine.runShared(self -> {
            long reads = kernel.events(VmEvent.MMAP_LOCK_READ);
            long writes = kernel.events(VmEvent.MMAP_LOCK_WRITE);
            self.mm().mmap(at(0), 8 * PAGE, RW, ANON, null, 0);
            assertThat(kernel.events(VmEvent.MMAP_LOCK_WRITE)).isEqualTo(writes + 1);
            for (int page = 0; page < 8; page++) {
                assertThat(self.store(at(page), 1)).isNull();
            }
            assertThat(kernel.events(VmEvent.MMAP_LOCK_READ)).isEqualTo(reads + 8);
            assertThat(kernel.events(VmEvent.MMAP_LOCK_WRITE)).isEqualTo(writes + 1);
        });
        assertThat(kernel.mmapLockWaits().count()).isZero();
        assertThat(kernel.mmapLockWaits().nanos()).isZero();
    }

    @Test
    void aLockThatWasNotGotIsNotCounted() {
        ToyMachine machine = ToyMachine.small();
        KernelMemory kernel = machine.kernel();
        machine.runShared(self -> {
            MmapLock lock = self.mm().mmapLock();
            lock.writeLock();
            long reads = kernel.events(VmEvent.MMAP_LOCK_READ);
            assertThat(lock.tryReadLock()).isFalse();
            assertThat(kernel.events(VmEvent.MMAP_LOCK_READ)).isEqualTo(reads);
            lock.writeUnlock();
        });
    }

    @Test
    void whoWaitsIsCountedOnceAndTimed() {
        ToyMachine machine = new ToyMachine(2, 64, new SeededSchedule(1), true);
        KernelMemory kernel = machine.kernel();
        MmapLock lock = new MmapLock(kernel, 1, null);
        AtomicInteger held = new AtomicInteger();
        machine.run(
                self -> {
                    lock.writeLock();
                    held.set(1);
                    // Long enough for the other, under a schedule that repeats, to be waiting.
                    for (int turn = 0; turn < 100; turn++) {
                        self.schedule().spin();
                    }
                    lock.writeUnlock();
                },
                self -> {
                    while (held.get() == 0) {
                        self.schedule().spin();
                    }
                    lock.readLock();
                    lock.readUnlock();
                });
        assertThat(kernel.mmapLockWaits().count()).isEqualTo(1);
        assertThat(kernel.mmapLockWaits().nanos()).isPositive();
        assertThat(kernel.events(VmEvent.MMAP_LOCK_READ)).isEqualTo(1);
        assertThat(kernel.events(VmEvent.MMAP_LOCK_WRITE)).isEqualTo(1);
    }
}
