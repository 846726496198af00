package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Ids, keys and ends of System V shared memory.
@Timeout(60)
class ShmTableTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int NEXT_SEQUENCE = 1 << 15;
    private static final ShmSegment.Rights RIGHTS = new ShmSegment.Rights(1, 2, 3, 4, 0640);

    private final ToyMachine machine = ToyMachine.small();
    private final ShmTable segments = new ShmTable();

    private interface Body {
        void run(ToyThread self, Mm mm);
    }

    private void inMm(Body body) {
        machine.runShared(self -> body.run(self, self.mm()));
        machine.awaitRelease();
        assertThat(machine.kernel().allocator().freeFrames())
                .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
    }

    private ShmSegment make(Mm mm, int key, int pages) {
        return segments.make(mm, true, key, (long) pages * PAGE, RIGHTS, 5, 99);
    }

    private static void assertFails(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void indicesAreUsedInTurnAndIdsNotForLong() {
        inMm((_, mm) -> {
            ShmSegment first = make(mm, 0, 1);
            assertThat(first.id()).isZero();
            ShmSegment second = make(mm, 0, 1);
            assertThat(second.id()).isEqualTo(1);
            segments.remove(first);
            for (int index = 2; index < 64; index++) {
                ShmSegment more = make(mm, 0, 1);
                assertThat(more.id()).isEqualTo(index);
                segments.remove(more);
            }
            ShmSegment again = make(mm, 0, 1);
            assertThat(again.id()).isEqualTo(NEXT_SEQUENCE);
            assertFails(Errno.EINVAL, () -> segments.withId(0));
            assertThat(segments.withIndex(0)).isSameAs(again);
            assertThat(segments.withIndex(NEXT_SEQUENCE * 3 + 1)).isSameAs(second);
            assertThat(make(mm, 0, 1).id()).as("1 is in use").isEqualTo(NEXT_SEQUENCE + 2);
            assertThat(segments.lastUsedIndex()).isEqualTo(2);
            segments.all().forEach(segments::remove);
            assertThat(segments.lastUsedIndex()).isZero();
        });
    }

    @Test
    void aKeyHasOneSegmentThoughTwoAskForIt() {
        inMm((_, mm) -> {
            AtomicReference<ShmSegment> found = new AtomicReference<>();
            Thread other = new Thread(() -> found.set(segments.get(7, Objects::requireNonNull)));
            ShmSegment made = segments.get(7, none -> {
                assertThat(none).isNull();
                other.start();
                while (other.getState() != Thread.State.BLOCKED && other.isAlive()) {
                    Thread.onSpinWait();
                }
                return make(mm, 7, 1);
            });
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(found.get()).isSameAs(made);
            segments.remove(made);
        });
    }

    /// The first to attach a segment has it before it is removed, and maps it afterwards.
    @Test
    void aSegmentThatIsBeingAttachedOutlivesItsRemoval() {
        inMm((self, mm) -> {
            ShmSegment segment = segments.holdId(make(mm, 7, 2).id());
            segments.remove(segment);
            assertThat(mm.kernel().overcommit().committed()).isEqualTo(2);
            long va = mm.mmap(0, 2 * PAGE, RW, MAP_SHARED, segment, 0);
            segment.put();
            assertThat(self.store(va, 5)).isNull();
            assertThat(self.load(va)).isEqualTo(5);
            assertThat(segments.withId(segment.id())).isSameAs(segment);
            mm.munmap(va, 2 * PAGE);
        });
        assertThat(segments.all()).isEmpty();
        assertThat(machine.kernel().overcommit().committed()).isZero();
    }

    @Test
    void whatAUserLocksCountsTogether() {
        inMm((_, mm) -> {
            ShmSegment first = make(mm, 0, 3);
            ShmSegment second = make(mm, 0, 3);
            segments.lock(first, 1000, 5);
            segments.lock(first, 1000, 0);
            assertFails(Errno.ENOMEM, () -> segments.lock(second, 1000, 5));
            segments.lock(second, 1001, 5);
            segments.unlock(second);
            segments.unlock(second);
            segments.remove(first);
            segments.lock(second, 1000, 3);
            segments.remove(second);
            assertFails(Errno.EINVAL, () -> segments.lock(second, 1000, -1));
        });
    }

    @Test
    void aLineTellsOfEach() {
        inMm((_, mm) -> {
            ShmSegment segment = make(mm, 7, 2);
            segments.lock(segment, 1000, -1);
            assertThat(segments.text().lines().skip(1))
                    .containsExactly("         7          0  2640                  8192     5     0"
                            + "      0     1     2     3     4          0          0         99"
                            + "                     0                     0");
            segments.remove(segment);
        });
    }
}
