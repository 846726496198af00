package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.SeededSchedule;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.page.PageAccount;
import java.util.concurrent.atomic.AtomicInteger;

/// Stores through shared mappings of files whose file system keeps what is written and is full.
class FullStorageTest {

    private static final int PAGE = ToyMachine.PAGE;

    /// Room for so many pages.
    private static final class Room implements PageAccount {
        final AtomicInteger left = new AtomicInteger(2);

        @Override
        public boolean tryPromise() {
            return left.getAndUpdate(pages -> Math.max(0, pages - 1)) > 0;
        }

        @Override
        public void takeBack() {
            left.incrementAndGet();
        }
    }

    @EachDesign
    void aStoreThatFindsNoRoomIsABusError(String design) {
        ToyMachine machine = new ToyMachine(1, 256, new SeededSchedule(7), true).with(design);
        Room room = new Room();
        machine.runShared(self -> {
            DiskFile file = new DiskFile(machine.kernel(), 8, true, room);
            long va = self.mm().mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            assertThat(self.store(va, 1)).isNull();
            // Also where the page is mapped already, for loads.
            assertThat(self.load(va + PAGE)).isEqualTo(2);
            assertThat(self.store(va + PAGE, 1)).isNull();
            assertThat(room.left).hasValue(0);
            assertThat(self.load(va + 2 * PAGE)).isEqualTo(3);
            assertThat(self.store(va + 2 * PAGE, 1)).isEqualTo(FaultOutcome.Signal.busError(va + 2 * PAGE));
            assertThat(self.store(va + 7 * PAGE, 1)).isEqualTo(FaultOutcome.Signal.busError(va + 7 * PAGE));
            // What was written once has its room.
            file.pages().writeback(0, 8 * PAGE);
            assertThat(self.store(va + PAGE, 2)).isNull();
            assertThat(self.load(va + 2 * PAGE)).isEqualTo(3);
            file.truncate(1);
            assertThat(room.left).hasValue(1);
            self.mm().munmap(va, 8 * PAGE);
            file.pages().evict();
        });
        assertThat(room.left).hasValue(2);
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }
}
