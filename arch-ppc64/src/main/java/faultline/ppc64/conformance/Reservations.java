package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.Words;
import java.nio.ByteOrder;

/// What loads with a reservation need: the conditional store behind them.
final class Reservations {

    private static final int MASK = 0xfc0007fe;

    /// LBARX and its kin, and STBCX. and its kin, with the record bit.
    private enum Pair {
        BYTE(52, 694),
        HALFWORD(116, 726),
        WORD(20, 150),
        DOUBLEWORD(84, 214),
        QUADWORD(276, 182);

        private final int load;
        private final int store;

        Pair(int load, int store) {
            this.load = 31 << 26 | load << 1;
            this.store = 31 << 26 | store << 1;
        }
    }

    private Reservations() {}

    static boolean isStore(int word) {
        for (Pair pair : Pair.values()) {
            if (is(word, MASK, pair.store)) {
                return true;
            }
        }
        return false;
    }

    /// Puts a store behind a load, most of the time, to where that loads from; but none of a quadword,
    /// which the emulator does not do.
    static void prepare(RandomSource random, TestVector vector, int word, ByteOrder order) {
        for (Pair pair : Pair.values()) {
            if (pair != Pair.QUADWORD && is(word, MASK, pair.load) && !random.oneIn(4)) {
                storeBehind(random, vector, word, pair, order);
            }
        }
    }

    private static void storeBehind(RandomSource random, TestVector vector, int load, Pair pair, ByteOrder order) {
        int target = field(load, 21, 5);
        int ra = field(load, 16, 5);
        int rb = field(load, 11, 5);
        if (rb != target && (ra != target || ra == 0)) {
            int source = random.below(32);
            vector.code = Words.bytes(order, load, pair.store | source << 21 | ra << 16 | rb << 11 | 1);
        }
    }
}
