package faultline.core.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import faultline.core.testing.FlatMmu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every access in both byte orders, against the bytes one by one.
final class ByteOrderTest {

    private static final long RAM = 1 << 16;
    private static final int FRAME = PhysicalMemory.FRAME_BYTES;

    /// Around the end of a page, a granule of reservations and a word: aligned, misaligned and across each of them.
    private static final long FIRST = 3 * FRAME - 80;

    private static final long LAST = 3 * FRAME + 24;

    private static final long LOW = 0x0807_0605_0403_0281L;
    private static final long HIGH = 0x900f_0e0d_0c0b_0a99L;

    @AutoClose
    private final PhysicalMemory memory = PhysicalMemory.reserve(RAM);

    static List<ByteOrder> orders() {
        return List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private Mem mem(ByteOrder order) {
        return Mem.of(order, memory, new FlatMmu(RAM), new Others(true));
    }

    /// Memory of one of several vCPUs: exclusive accesses watch their frames.
    private Mem oneOfMany(ByteOrder order) {
        Others others = new Others(false);
        Mem mem = Mem.of(order, memory, new FlatMmu(RAM), others);
        others.tlb = mem.tlb();
        return mem;
    }

    /// There are others, or none; they have no translations.
    private static final class Others implements ExclusiveSection {
        private final boolean alone;
        private @Nullable SoftTlb tlb;

        Others(boolean alone) {
            this.alone = alone;
        }

        @Override
        public void enter() {}

        @Override
        public void leave() {}

        @Override
        public boolean alone() {
            return alone;
        }

        @Override
        public void takeWriteTags(long pfn) {
            if (tlb != null) {
                tlb.protectFrame(pfn);
            }
        }
    }

    /// The bytes at `pa` as RAM has them, in a buffer of an order.
    private ByteBuffer bytes(ByteOrder order, long pa, int length) {
        byte[] bytes = new byte[length];
        memory.read(pa, bytes, 0, length);
        return ByteBuffer.wrap(bytes).order(order);
    }

    private void put(long pa, ByteBuffer from) {
        byte[] bytes = new byte[from.capacity()];
        from.get(0, bytes);
        memory.write(pa, bytes, 0, bytes.length);
    }

    /// Sixteen bytes in the order of a guest's 128-bit value.
    private static ByteBuffer pair(ByteOrder order, long low, long high) {
        boolean big = order == ByteOrder.BIG_ENDIAN;
        return ByteBuffer.allocate(16).order(order).putLong(big ? high : low).putLong(big ? low : high);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void saysItsOrder(ByteOrder order) {
        assertThat(mem(order).byteOrder()).isEqualTo(order);
        assertThat(mem(order).isBigEndian()).isEqualTo(order == ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void loads(ByteOrder order) {
        Mem mem = mem(order);
        for (long va = FIRST; va < LAST; va++) {
            put(va, ByteBuffer.allocate(8).order(order).putLong(LOW));
            ByteBuffer there = bytes(order, va, 8);
            assertThat(mem.load8(va)).isEqualTo(there.get(0));
            assertThat(mem.load16(va)).isEqualTo(there.getShort(0));
            assertThat(mem.load32(va)).isEqualTo(there.getInt(0));
            assertThat(mem.load64(va)).isEqualTo(LOW);
            assertThat(mem.load8ForWrite(va)).isEqualTo(there.get(0));
            assertThat(mem.load16ForWrite(va)).isEqualTo(there.getShort(0));
            assertThat(mem.load32ForWrite(va)).isEqualTo(there.getInt(0));
            assertThat(mem.load64ForWrite(va)).isEqualTo(LOW);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void stores(ByteOrder order) {
        stores(mem(order), order);
    }

    /// Stores to such frames go another way.
    @ParameterizedTest
    @MethodSource("orders")
    void storesToWatchedFrames(ByteOrder order) {
        stores(watching(order), order);
    }

    private Mem watching(ByteOrder order) {
        Mem mem = oneOfMany(order);
        mem.exclusives().load(FIRST & -FRAME, 8);
        mem.exclusives().load(LAST & -FRAME, 8);
        assertThat(mem.exclusives().isWatched(FIRST)).isTrue();
        return mem;
    }

    private void stores(Mem mem, ByteOrder order) {
        for (long va = FIRST; va < LAST; va++) {
            mem.store16(va, (short) LOW);
            assertThat(bytes(order, va, 2).getShort()).isEqualTo((short) LOW);
            mem.store32(va, (int) LOW);
            assertThat(bytes(order, va, 4).getInt()).isEqualTo((int) LOW);
            mem.store64(va, LOW);
            assertThat(bytes(order, va, 8).getLong()).isEqualTo(LOW);
            mem.store8(va, (byte) HIGH);
            assertThat(bytes(order, va, 1).get()).isEqualTo((byte) HIGH);
            mem.store128(va, LOW, HIGH);
            assertThat(bytes(order, va, 16)).isEqualTo(pair(order, LOW, HIGH).rewind());
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void loadsHalves(ByteOrder order) {
        Mem mem = mem(order);
        for (long va = FIRST; va < LAST; va++) {
            put(va, pair(order, LOW, HIGH));
            assertThat(mem.loadLowHalf(va)).isEqualTo(LOW);
            assertThat(mem.loadHighHalf(va)).isEqualTo(HIGH);
        }
    }

    /// The low half of a big-endian value is in the second page.
    @ParameterizedTest
    @MethodSource("orders")
    void faultsOfTheFirstPageComeFirst(ByteOrder order) {
        Holes holes = new Holes();
        Mem mem = Mem.of(order, memory, holes, new Others(true));
        for (long va = 3 * FRAME - 15; va < 3 * FRAME; va++) {
            long at = va;
            assertThatThrownBy(() -> mem.loadLowHalf(at)).isSameAs(GuestFault.PAGE_FAULT);
            assertThat(holes.last & -FRAME).isEqualTo(2 * FRAME);
        }
    }

    /// Maps nothing, and remembers what it was asked for.
    private static final class Holes implements Mmu {
        long last;
        private final Walk.Faulted faulted = new Walk.Faulted();

        @Override
        public Walk walk(long va, Access access, Privilege privilege) {
            last = va;
            return faulted.set(va, 0);
        }

        @Override
        public void setRoot(long rootPa) {}

        @Override
        public long root() {
            return 0;
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void comparesAndSets(ByteOrder order) {
        compareAndSet(mem(order), order);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void comparesAndSetsInWatchedFrames(ByteOrder order) {
        compareAndSet(watching(order), order);
    }

    private void compareAndSet(Mem mem, ByteOrder order) {
        for (long va = FIRST; va < LAST; va++) {
            put(va, ByteBuffer.allocate(8).order(order).putLong(LOW));
            ByteBuffer there = bytes(order, va, 8);
            assertThat(mem.cas8(va, (byte) (there.get(0) + 1), (byte) 1)).isFalse();
            assertThat(mem.cas16(va, (short) (there.getShort(0) + 1), (short) 1))
                    .isFalse();
            assertThat(mem.cas32(va, there.getInt(0) + 1, 1)).isFalse();
            assertThat(mem.cas64(va, LOW + 1, 1)).isFalse();
            assertThat(bytes(order, va, 8)).isEqualTo(there);
            assertThat(mem.cas64(va, LOW, HIGH)).isTrue();
            there.putLong(0, HIGH);
            assertThat(bytes(order, va, 8)).isEqualTo(there);
            assertThat(mem.cas32(va, there.getInt(0), 0x1234_5678)).isTrue();
            there.putInt(0, 0x1234_5678);
            assertThat(bytes(order, va, 8)).isEqualTo(there);
            assertThat(mem.cas16(va, there.getShort(0), (short) 0xfe01)).isTrue();
            there.putShort(0, (short) 0xfe01);
            assertThat(bytes(order, va, 8)).isEqualTo(there);
            assertThat(mem.cas8(va, there.get(0), (byte) 0x77)).isTrue();
            there.put(0, (byte) 0x77);
            assertThat(bytes(order, va, 8)).isEqualTo(there);
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void comparesAndSetsPairs(ByteOrder order) {
        Mem mem = mem(order);
        for (long va = FIRST; va < LAST; va++) {
            put(va, pair(order, LOW, HIGH));
            assertThat(mem.cas128(va, HIGH, LOW, 1, 2)).isFalse();
            assertThat(mem.cas128(va, LOW, HIGH, 1, 2)).isTrue();
            assertThat(bytes(order, va, 16)).isEqualTo(pair(order, 1, 2).rewind());
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void loadsAndStoresExclusively(ByteOrder order) {
        for (Mem mem : List.of(mem(order), oneOfMany(order))) {
            ExclusiveAccess exclusives = mem.exclusives();
            for (long va = FIRST; va < LAST; va += 8) {
                put(va, ByteBuffer.allocate(8).order(order).putLong(LOW));
                ByteBuffer there = bytes(order, va, 8);
                assertThat(exclusives.load(va, 1)).isEqualTo(there.get(0) & 0xffL);
                assertThat(exclusives.load(va, 2)).isEqualTo(there.getShort(0) & 0xffffL);
                assertThat(exclusives.load(va, 4)).isEqualTo(there.getInt(0) & 0xffff_ffffL);
                assertThat(exclusives.loadWords(va)).isEqualTo((int) LOW);
                assertThat(exclusives.high()).isEqualTo(LOW >>> 32);
                assertThat(exclusives.load(va, 8)).isEqualTo(LOW);
                assertThat(exclusives.store(va, 8, HIGH)).isTrue();
                assertThat(bytes(order, va, 8).getLong()).isEqualTo(HIGH);
                exclusives.load(va, 4);
                assertThat(exclusives.store(va, 4, LOW)).isTrue();
                assertThat(bytes(order, va, 4).getInt()).isEqualTo((int) LOW);
                exclusives.load(va, 2);
                assertThat(exclusives.store(va, 2, HIGH)).isTrue();
                assertThat(bytes(order, va, 2).getShort()).isEqualTo((short) HIGH);
                exclusives.load(va, 1);
                assertThat(exclusives.store(va, 1, LOW)).isTrue();
                assertThat(bytes(order, va, 1).get()).isEqualTo((byte) LOW);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void loadsAndStoresPairsExclusively(ByteOrder order) {
        for (Mem mem : List.of(mem(order), oneOfMany(order))) {
            ExclusiveAccess exclusives = mem.exclusives();
            for (long va = FIRST; va < LAST; va += 16) {
                put(va, pair(order, LOW, HIGH));
                assertThat(exclusives.loadPair(va)).isEqualTo(LOW);
                assertThat(exclusives.high()).isEqualTo(HIGH);
                assertThat(exclusives.storePair(va, 1, 2)).isTrue();
                assertThat(bytes(order, va, 16)).isEqualTo(pair(order, 1, 2).rewind());
                assertThat(exclusives.swapPair(va, 2, 1, LOW, HIGH)).isEqualTo(1);
                assertThat(exclusives.high()).isEqualTo(2);
                assertThat(exclusives.swapPair(va, 1, 2, LOW, HIGH)).isEqualTo(1);
                assertThat(bytes(order, va, 16))
                        .isEqualTo(pair(order, LOW, HIGH).rewind());
            }
        }
    }

    @Test
    void bigEndianEntriesAreWhatRamHas() {
        memory.store64BigEndian(FIRST, LOW);
        assertThat(bytes(ByteOrder.BIG_ENDIAN, FIRST, 8).getLong()).isEqualTo(LOW);
        assertThat(memory.load64BigEndian(FIRST)).isEqualTo(LOW);
        assertThat(memory.compareAndSet64BigEndian(FIRST, HIGH, 1)).isFalse();
        assertThat(memory.compareAndSet64BigEndian(FIRST, LOW, HIGH)).isTrue();
        assertThat(memory.getAndSet64BigEndian(FIRST, 1)).isEqualTo(HIGH);
        assertThat(bytes(ByteOrder.BIG_ENDIAN, FIRST, 8).getLong()).isEqualTo(1);
    }
}
