package faultline.core.mem;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Accesses to RAM in the order that x86-TSO asks for, the strongest memory model of our guests, on every host.
///
/// TSO lets a load pass an older store to another address and nothing else, and a store reaches all other processors at
/// once. Of Java's access modes, acquire keeps a load before every access behind it and release keeps a store behind
/// every access before it: all of TSO's order, without the fence that volatile would add between a store and a load.
/// That a store is seen by all at once is the host's part ([#STORES_REACH_ALL_AT_ONCE]), and so is what an atomic
/// operation orders beside itself ([#ATOMICS_ARE_FENCES]). docs/memory-model.md goes through it by kind of access.
///
/// Every aligned access of up to 8 bytes is one access of the host, in compiled code and in the JVM's interpreter. A
/// misaligned one is, if an aligned 8-byte word holds all of it.
final class RamAccess {

    /// Whether every other processor sees a store as soon as one of them does. Not so on POWER, where a full fence in
    /// front of each load makes up for it, as it does for a volatile load.
    private static final boolean STORES_REACH_ALL_AT_ONCE =
            !System.getProperty("os.arch").startsWith("ppc");

    /// Whether an atomic operation also keeps earlier stores of any mode before later loads of any mode. The Java
    /// memory model promises that between volatile accesses only; the locked instructions of x86 do it.
    private static final boolean ATOMICS_ARE_FENCES =
            System.getProperty("os.arch").equals("amd64");

    private static final VarHandle BYTE = handle(ValueLayout.JAVA_BYTE);
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN));
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN));
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN));
    private static final ValueLayout.OfShort SHORT_AT_ANY =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT_AT_ANY =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG_AT_ANY =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RamAccess() {}

    private static VarHandle handle(ValueLayout layout) {
        return layout.varHandle().withInvokeExactBehavior();
    }

    // Aligned loads acquire: pair with the release of whichever store they read.

    static byte load8(MemorySegment ram, long pa) {
        beforeLoad();
        return (byte) BYTE.getAcquire(ram, pa);
    }

    static short load16(MemorySegment ram, long pa) {
        beforeLoad();
        return (short) SHORT.getAcquire(ram, pa);
    }

    static int load32(MemorySegment ram, long pa) {
        beforeLoad();
        return (int) INT.getAcquire(ram, pa);
    }

    static long load64(MemorySegment ram, long pa) {
        beforeLoad();
        return (long) LONG.getAcquire(ram, pa);
    }

    private static void beforeLoad() {
        if (!STORES_REACH_ALL_AT_ONCE) {
            VarHandle.fullFence();
        }
    }

    // Aligned stores release: pair with the acquire of the loads that read them.

    static void store8(MemorySegment ram, long pa, byte value) {
        BYTE.setRelease(ram, pa, value);
    }

    static void store16(MemorySegment ram, long pa, short value) {
        SHORT.setRelease(ram, pa, value);
    }

    static void store32(MemorySegment ram, long pa, int value) {
        INT.setRelease(ram, pa, value);
    }

    static void store64(MemorySegment ram, long pa, long value) {
        LONG.setRelease(ram, pa, value);
    }

    // Of so many bytes.

    /// Loads 1, 2, 4 or 8 aligned bytes; those above are zero.
    static long load(MemorySegment ram, long pa, int bytes) {
        return switch (bytes) {
            case 1 -> load8(ram, pa) & 0xffL;
            case 2 -> load16(ram, pa) & 0xffffL;
            case 4 -> load32(ram, pa) & 0xffffffffL;
            default -> load64(ram, pa);
        };
    }

    /// Stores the low 1, 2, 4 or 8 bytes of `value`, aligned or not.
    static void store(MemorySegment ram, long pa, int bytes, long value) {
        if ((pa & bytes - 1) != 0) {
            storeAnywhere(ram, pa, bytes, value);
            return;
        }
        switch (bytes) {
            case 1 -> store8(ram, pa, (byte) value);
            case 2 -> store16(ram, pa, (short) value);
            case 4 -> store32(ram, pa, (int) value);
            default -> store64(ram, pa, value);
        }
    }

    // Misaligned, inside a frame.

    /// Loads 2, 4 or 8 bytes from anywhere; those above are zero.
    static long loadAnywhere(MemorySegment ram, long pa, int bytes) {
        if (isInWord(pa, bytes)) {
            return load64(ram, pa & -8) >>> (pa & 7) * 8 & ones(bytes);
        }
        beforeLoad();
        long value = switch (bytes) {
            case 2 -> ram.get(SHORT_AT_ANY, pa) & 0xffffL;
            case 4 -> ram.get(INT_AT_ANY, pa) & 0xffffffffL;
            default -> ram.get(LONG_AT_ANY, pa);
        };
        VarHandle.acquireFence(); // pairs with the release of whichever stores it read
        return value;
    }

    /// Stores the low 2, 4 or 8 bytes of `value` anywhere. Inside a word by compare-and-set: smaller aligned stores in
    /// a row could be seen apart.
    static void storeAnywhere(MemorySegment ram, long pa, int bytes, long value) {
        if (isInWord(pa, bytes)) {
            long old;
            do {
                old = load64(ram, pa & -8);
            } while (!LONG.compareAndSet(ram, pa & -8, old, replaced(old, pa, ones(bytes), value)));
            return;
        }
        VarHandle.releaseFence(); // pairs with the acquire of the loads that read it
        switch (bytes) {
            case 2 -> ram.set(SHORT_AT_ANY, pa, (short) value);
            case 4 -> ram.set(INT_AT_ANY, pa, (int) value);
            default -> ram.set(LONG_AT_ANY, pa, value);
        }
    }

    /// Whether an aligned 8-byte word holds all of an access.
    static boolean isInWord(long pa, int bytes) {
        return (pa & 7) + bytes <= 8;
    }

    private static long ones(int bytes) {
        return -1L >>> 64 - 8 * bytes;
    }

    /// A word in which the bytes of `mask` at `pa` are those of `value`.
    private static long replaced(long word, long pa, long mask, long value) {
        int shift = (int) (pa & 7) * 8;
        return word & ~(mask << shift) | (value & mask) << shift;
    }

    // Atomic operations.

    static boolean compareAndSet32(MemorySegment ram, long pa, int expected, int value) {
        boolean done = INT.compareAndSet(ram, pa, expected, value);
        afterAtomic();
        return done;
    }

    static boolean compareAndSet64(MemorySegment ram, long pa, long expected, long value) {
        boolean done = LONG.compareAndSet(ram, pa, expected, value);
        afterAtomic();
        return done;
    }

    static long getAndSet64(MemorySegment ram, long pa, long value) {
        long old = (long) LONG.getAndSet(ram, pa, value);
        afterAtomic();
        return old;
    }

    /// A compare-and-set of 1, 2 or 4 bytes that lie in one word.
    static boolean compareAndSetInWord(MemorySegment ram, long pa, int bytes, long expected, long value) {
        long mask = ones(bytes);
        while (true) {
            long old = load64(ram, pa & -8);
            if (((old >>> (pa & 7) * 8 ^ expected) & mask) != 0) {
                return false;
            }
            if (compareAndSet64(ram, pa & -8, old, replaced(old, pa, mask, value))) {
                return true;
            }
        }
    }

    /// Makes what was atomic a full fence, as every locked instruction of x86 is.
    static void afterAtomic() {
        if (!ATOMICS_ARE_FENCES) {
            VarHandle.fullFence();
        }
    }

    // Bulk: bytes in no order of their own, but in order with everything else. The copies of Java are plain.

    /// Copies what was loaded or stored before, into or out of RAM: a move of many stores.
    static void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        beforeLoad();
        VarHandle.releaseFence(); // pairs with the acquire of the loads that read the copy
        MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
        VarHandle.acquireFence(); // pairs with the release of whichever stores it read
    }

    static void fill(MemorySegment ram, long pa, long bytes, byte value) {
        VarHandle.releaseFence(); // pairs with the acquire of the loads that read it
        ram.asSlice(pa, bytes).fill(value);
    }
}
