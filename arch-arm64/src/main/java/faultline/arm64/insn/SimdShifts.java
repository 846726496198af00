package faultline.arm64.insn;

import faultline.core.simd.Lanes;

/// Shifts of a lane by an amount that may be negative, which is to the right; rounded, saturating,
/// both.
///
/// A lane arrives extended to 64 bits, as its sign says; amounts are between -128 and 127.
final class SimdShifts {

    private SimdShifts() {}

    // One lane.

    /// To the right by 1 or more. The result of an amount beyond 64 is that of 64 unless it is
    /// rounded, which leaves 0.
    static long right(long value, int amount, boolean signed, boolean rounded) {
        if (amount > 64) {
            return rounded || !signed ? 0 : value >> 63;
        }
        long last = rounded ? value >>> amount - 1 & 1 : 0;
        if (amount == 64) {
            return (signed ? value >> 63 : 0) + last;
        }
        return (signed ? value >> amount : value >>> amount) + last;
    }

    private static long left(long value, int amount) {
        return amount > 63 ? 0 : value << amount;
    }

    /// Whether a shift to the left by 0 or more leaves a number that a lane cannot hold.
    private static boolean overflows(long value, int amount, int size, boolean signed) {
        if (value == 0) {
            return false;
        }
        if (amount >= 8 << size) {
            return true;
        }
        long shifted = value << amount;
        if (signed) {
            int unused = 64 - (8 << size);
            return shifted >> amount != value || shifted << unused >> unused != shifted;
        }
        return shifted >>> amount != value || (shifted & ~Lanes.mask(size)) != 0;
    }

    private static long limit(long value, int size, boolean signed) {
        if (!signed) {
            return -1;
        }
        long greatest = Lanes.mask(size) >>> 1;
        return value < 0 ? ~greatest : greatest;
    }

    static long shifted(long value, int amount, int size, boolean signed, boolean rounded, boolean saturated) {
        if (amount < 0) {
            return right(value, -amount, signed, rounded);
        }
        return saturated && overflows(value, amount, size, signed) ? limit(value, size, signed) : left(value, amount);
    }

    // All lanes of half a register.

    private static long lane(long a, int lane, int size, boolean signed) {
        return signed ? Lanes.signed(a, lane, size) : Lanes.unsigned(a, lane, size);
    }

    /// Each lane by the signed low byte of the lane of `amounts`.
    static long byLanes(long a, long amounts, int size, boolean signed, boolean rounded, boolean saturated) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            int amount = (byte) (amounts >>> (lane * 8 << size));
            long value = shifted(lane(a, lane, size, signed), amount, size, signed, rounded, saturated);
            result |= Lanes.place(value, lane, size);
        }
        return result;
    }

    /// Ones in the lanes in which [#byLanes] saturates.
    static long saturates(long a, long amounts, int size, boolean signed) {
        long lanes = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            int amount = (byte) (amounts >>> (lane * 8 << size));
            if (amount > 0 && overflows(lane(a, lane, size, signed), amount, size, signed)) {
                lanes |= Lanes.place(-1, lane, size);
            }
        }
        return lanes;
    }

    /// Each lane to the right by 1 to its width.
    static long right(long a, int amount, int size, boolean signed, boolean rounded) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size); lane++) {
            result |= Lanes.place(right(lane(a, lane, size, signed), amount, signed, rounded), lane, size);
        }
        return result;
    }

    // Narrowing, from lanes of twice the size.

    /// The lanes of half a register, shifted to the right by `amount`, in the low 32 bits with half
    /// their size. Saturation is to numbers of the sign `signedResult`.
    static long narrowed(
            long a, int amount, int size, boolean signed, boolean rounded, boolean saturated, boolean signedResult) {
        long result = 0;
        for (int lane = 0; lane < Lanes.count(size + 1); lane++) {
            long value = narrowedLane(a, lane, amount, size, signed, rounded);
            long cut = saturated ? clamped(value, size, signed, signedResult) : value;
            result |= Lanes.place(cut, lane, size);
        }
        return result;
    }

    /// Ones in the lanes in which that saturates, there where [#narrowed] has them.
    static long narrowSaturates(long a, int amount, int size, boolean signed, boolean rounded, boolean signedResult) {
        long lanes = 0;
        for (int lane = 0; lane < Lanes.count(size + 1); lane++) {
            long value = narrowedLane(a, lane, amount, size, signed, rounded);
            if (clamped(value, size, signed, signedResult) != value) {
                lanes |= Lanes.place(-1, lane, size);
            }
        }
        return lanes;
    }

    private static long narrowedLane(long a, int lane, int amount, int size, boolean signed, boolean rounded) {
        long value = lane(a, lane, size + 1, signed);
        return amount == 0 ? value : right(value, amount, signed, rounded);
    }

    /// The nearest number that a lane can hold. An unsigned value of 64 bits may look negative.
    private static long clamped(long value, int size, boolean signed, boolean signedResult) {
        long greatest = signedResult ? Lanes.mask(size) >>> 1 : Lanes.mask(size);
        if (!signed) {
            return Long.compareUnsigned(value, greatest) > 0 ? greatest : value;
        }
        return Math.clamp(value, signedResult ? ~greatest : 0, greatest);
    }
}
