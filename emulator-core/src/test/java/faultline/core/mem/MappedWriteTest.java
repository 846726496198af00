package faultline.core.mem;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.testing.FlatMmu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What the kernel writes by physical address, and those who have reserved or are about to reserve bytes there.
final class MappedWriteTest {

    private static final long RAM = 1 << 16;
    private static final int FRAME = PhysicalMemory.FRAME_BYTES;

    /// The last eight bytes of a frame.
    private static final long CELL = 3 * FRAME - Long.BYTES;

    private static final long NEW = 0x1234_5678_9abc_def0L;

    @AutoClose
    private final PhysicalMemory memory = PhysicalMemory.reserve(RAM);

    private final StoreTracker tracker = memory.storeTracker();

    /// One vCPU's accesses; the others have no translations, and are told nothing but this.
    private ExclusiveAccess vcpu(Runnable whenTagsAreTaken) {
        return Mem.of(ByteOrder.LITTLE_ENDIAN, memory, new FlatMmu(RAM), new ExclusiveSection() {
                    @Override
                    public void enter() {}

                    @Override
                    public void leave() {}

                    @Override
                    public boolean alone() {
                        return false;
                    }

                    @Override
                    public void takeWriteTags(long pfn) {
                        whenTagsAreTaken.run();
                    }
                })
                .exclusives();
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    /// The write has looked at the frame before it was watched, and stores after.
    @Test
    void whoBeginsToWatchWaitsForAWriteUnderWay() throws InterruptedException {
        CountDownLatch tagsTaken = new CountDownLatch(1);
        ExclusiveAccess exclusives = vcpu(tagsTaken::countDown);
        long[] loaded = new long[1];
        boolean held = tracker.beginWrite(CELL, Long.BYTES);
        Thread vcpu = Thread.ofPlatform().start(() -> loaded[0] = exclusives.load(CELL, Long.BYTES));
        tagsTaken.await();
        // The load has nothing left to wait for but the write: it would be through at once.
        vcpu.join(100);
        assertThat(vcpu.isAlive()).isTrue();
        memory.store64(CELL, NEW);
        tracker.endWrite(CELL, Long.BYTES, held);
        vcpu.join();
        assertThat(loaded[0]).isEqualTo(NEW);
        assertThat(exclusives.store(CELL, Long.BYTES, 0)).isTrue();
    }

    @Test
    void aWriteThatSeesTheWatchComingHoldsTheVersions() {
        ExclusiveAccess exclusives = vcpu(() -> {
            boolean held = tracker.beginWrite(CELL, Long.BYTES);
            assertThat(held).isTrue();
            memory.store64(CELL, NEW);
            tracker.endWrite(CELL, Long.BYTES, true);
        });
        assertThat(exclusives.load(CELL, Long.BYTES)).isEqualTo(NEW);
    }

    @Test
    void reservationsAreLostWhereBytesChangeAndNowhereElse() {
        ExclusiveAccess exclusives = vcpu(() -> {});
        exclusives.load(CELL, Long.BYTES);
        memory.writeMapped(CELL - 64, bytes(NEW), 0, Long.BYTES);
        assertThat(exclusives.store(CELL, Long.BYTES, 1)).isTrue();
        exclusives.load(CELL, Long.BYTES);
        memory.writeMapped(CELL, bytes(NEW), 0, Long.BYTES);
        assertThat(exclusives.store(CELL, Long.BYTES, 1)).isFalse();
        assertThat(memory.load64(CELL)).isEqualTo(NEW);
        exclusives.load(CELL, Long.BYTES);
        memory.clearMapped(CELL, 2 * Long.BYTES);
        assertThat(exclusives.store(CELL, Long.BYTES, 1)).isFalse();
        assertThat(memory.load64(CELL)).isZero();
    }

    @Test
    void bytesGoOnInTheNextFrame() {
        byte[] from = new byte[2 * FRAME];
        for (int i = 0; i < from.length; i++) {
            from[i] = (byte) (i % 251 + 1);
        }
        byte[] to = new byte[from.length];
        memory.writeMapped(CELL, from, 0, from.length);
        memory.read(CELL, to, 0, to.length);
        assertThat(to).isEqualTo(from);
        memory.clearMapped(CELL + 1, from.length - 2);
        memory.read(CELL, to, 0, to.length);
        byte[] ends = new byte[from.length];
        ends[0] = from[0];
        ends[from.length - 1] = from[from.length - 1];
        assertThat(to).isEqualTo(ends);
    }

    /// A vCPU adds nothing, again and again. What was written stays, then, whenever the watch began.
    @Test
    void noWriteIsLost() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        ExclusiveAccess exclusives = vcpu(() -> {});
        Thread vcpu = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                exclusives.store(CELL, Long.BYTES, exclusives.load(CELL, Long.BYTES));
            }
        });
        ByteBuffer frame = ByteBuffer.allocate(FRAME).order(ByteOrder.LITTLE_ENDIAN);
        int lost = 0;
        for (long value = 1; value <= 20_000; value++) {
            tracker.letGo(CELL / FRAME);
            frame.putLong(FRAME - Long.BYTES, value);
            memory.writeMapped(CELL & -FRAME, frame.array(), 0, FRAME);
            for (int look = 0; look < 20; look++) {
                lost += memory.load64(CELL) == value ? 0 : 1;
            }
        }
        done.set(true);
        vcpu.join();
        assertThat(lost).isZero();
    }
}
