package faultline.arm64.conformance;

import static faultline.arm64.conformance.A64State.FLAGS;
import static faultline.arm64.conformance.A64State.FPCR;
import static faultline.arm64.conformance.A64State.FPSR;
import static faultline.arm64.conformance.A64State.GENERAL;
import static faultline.arm64.conformance.A64State.NZCV_SHIFT;
import static faultline.arm64.conformance.A64State.SP;
import static faultline.arm64.conformance.A64State.VECTOR;
import static faultline.core.conformance.Words.field;
import static faultline.core.conformance.Words.is;

import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestVector;

/// A state in which a word is worth trying: its registers have corners, its address lies where
/// something is or just not, floating point has all modes.
final class RowState {

    /// QC, IDC and the five exceptions of IEEE 754.
    private static final int FPSR_BITS = 0x0800009f;

    private static final int STACK_ALIGNMENT = 16;

    private final RandomSource random;
    private final TestVector vector;
    private final long[] words;
    private final int word;
    private final String chapter;
    private final A64Places places;

    /// `chapter` is empty for a random word.
    RowState(RandomSource random, TestVector vector, int word, String chapter) {
        this.random = random;
        this.vector = vector;
        words = vector.before;
        this.word = word;
        this.chapter = chapter;
        places = new A64Places(random);
    }

    void fill() {
        words[FLAGS] = (long) random.below(16) << NZCV_SHIFT;
        words[SP] += (long) STACK_ALIGNMENT * random.below(64);
        for (int shift : new int[] {0, 5, 10, 16}) {
            general(field(word, shift, 5), random.integer());
        }
        if (EncodingClasses.isVector(word) || EncodingClasses.isLoadStore(word)) {
            vectors();
        }
        Access access = Access.of(word);
        if (access != null) {
            memory(access);
        } else if (is(word, 0xff9ffc1f, 0xd61f0000)) {
            general(field(word, 5, 5), places.target());
        } else if (is(word, 0xfff80000, 0xd5080000)) {
            // System instructions on caches take an address. Of one that is not there the emulator knows nothing.
            general(field(word, 0, 5), places.readable());
        }
    }

    private void general(int number, long value) {
        if (number != SP) {
            words[GENERAL + number] = value;
        }
    }

    private void vectors() {
        FloatState floats = new FloatState(random);
        LaneOperands lanes = new LaneOperands(random);
        words[FPCR] = floats.fpcr();
        words[FPSR] = random.oneIn(3) ? random.bits() & FPSR_BITS : 0;
        if (EncodingClasses.isLoadStore(word)) {
            lanes.integers(words, VECTOR + 2 * field(word, 0, 5));
            return;
        }
        boolean floating = floats.chooseFormat(word, chapter);
        int last = -1;
        for (int shift : new int[] {0, 10, 16, 5}) {
            int at = VECTOR + 2 * field(word, shift, 5);
            if (floating && !random.oneIn(16)) {
                floats.vector(words, at, last);
            } else {
                lanes.integers(words, at);
            }
            last = at;
        }
    }

    private void memory(Access access) {
        if (access.index() >= 0 && access.index() != access.base()) {
            general(access.index(), random.oneIn(8) ? random.integer() : random.below(512) - 256);
        }
        int alignment = access.base() == SP ? STACK_ALIGNMENT : access.bytes();
        boolean safe = EmulatorDifferences.isTriedInside(word);
        long at = safe ? places.aligned(access.bytes()) : places.place(access.bytes(), alignment);
        long base = at - access.offset(words);
        if (access.base() == SP) {
            // A stack pointer that is not aligned is another fault, which the oracle does not have.
            words[SP] = base & -STACK_ALIGNMENT;
        } else {
            words[GENERAL + access.base()] = base;
        }
        Exclusives.prepare(random, vector, word, at);
    }
}
