package faultline.arm64.conformance;

import static faultline.arm64.conformance.A64State.GENERAL;
import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.Words;
import java.nio.ByteOrder;

/// What exclusives and compare-and-swap need: a store behind the load, and memory that holds what
/// is compared.
final class Exclusives {

    private static final int COMPARE_BYTES = 16;

    private Exclusives() {}

    /// STXR and its kin.
    static boolean isStore(int word) {
        return is(word, 0x3fc00000, 0x08000000) && !is(word, 0xbfa00000, 0x08200000);
    }

    static void prepare(RandomSource random, TestVector vector, int word, long at) {
        if (is(word, 0x3f400000, 0x08400000) && field(word, 23, 1) == 0 && field(word, 21, 1) == 0
                || is(word, 0xbf600000, 0x88600000)) {
            storeBehind(random, vector, word);
        } else if (is(word, 0x3fa00000, 0x08a00000) || is(word, 0xbfa00000, 0x08200000)) {
            expected(random, vector, word, at);
        }
    }

    /// LDXR and its kin, with the store that belongs to it, releasing or not.
    private static void storeBehind(RandomSource random, TestVector vector, int load) {
        int base = field(load, 5, 5);
        if (random.oneIn(4) || base == field(load, 0, 5) || base == field(load, 10, 5)) {
            return;
        }
        int status = other(random, load, 0);
        int store = load & ~(1 << 22) & ~(31 << 16) | status << 16;
        if (random.oneIn(8)) {
            store ^= 1 << 15;
        }
        if (!Unpredictable.is(store)) {
            vector.code = Words.bytes(ByteOrder.LITTLE_ENDIAN, load, store);
        }
    }

    /// A register that is none of the load's.
    private static int other(RandomSource random, int load, int tries) {
        int number = random.below(31);
        boolean taken = number == field(load, 0, 5) || number == field(load, 5, 5) || number == field(load, 10, 5);
        return taken && tries < 20 ? other(random, load, tries + 1) : number;
    }

    /// Memory that holds what CAS or CASP compares with, most of the time.
    private static void expected(RandomSource random, TestVector vector, int word, long at) {
        long address = at << 8 >>> 8;
        if (random.oneIn(3) || !TestMemory.isWritable(address, COMPARE_BYTES)) {
            return;
        }
        boolean pair = is(word, 0xbfa00000, 0x08200000);
        int size = pair ? 4 << field(word, 30, 1) : 1 << field(word, 30, 2);
        int compare = field(word, 16, 5);
        byte[] bytes = new byte[pair ? 2 * size : size];
        for (int i = 0; i < bytes.length; i++) {
            int number = compare + i / size;
            long value = number >= A64State.SP ? 0 : vector.before[GENERAL + number];
            bytes[i] = (byte) (value >>> 8 * (i % size));
        }
        vector.memoryBefore.add(new MemoryRun(address, bytes));
    }
}
