package faultline.ppc64.conformance;

import faultline.core.conformance.TestVector;
import java.util.Map;

/// Estimates of single precision in four lanes, which processors compute more or less precisely
/// (Book I 6.9.6): any result within the bound is right.
final class Estimates {

    /// By the mnemonic, how far from the exact result one may be, in parts of it; for the logarithm,
    /// absolutely.
    private static final Map<String, Float> BOUNDS =
            Map.of("vlogefp", 1f / 32, "vrefp", 1f / 4096, "vrsqrtefp", 1f / 4096);

    private Estimates() {}

    /// Makes the target of an estimate one that need only be near.
    static void tolerate(String mnemonic, int target, TestVector vector) {
        if (BOUNDS.containsKey(mnemonic)) {
            for (int at = target - 1; at <= target; at++) {
                vector.undefined[at] = -1;
                vector.tolerances.add(new TestVector.Tolerance(PowerState.LAYOUT.name(at), mnemonic));
            }
        }
    }

    static boolean isWithin(TestVector.Tolerance tolerance, long[] expected, long[] found) {
        int at = PowerState.LAYOUT.index(tolerance.word());
        Float bound = BOUNDS.get(tolerance.rule());
        if (bound == null) {
            throw new IllegalArgumentException(tolerance.rule() + ": there is no such tolerance");
        }
        boolean absolute = tolerance.rule().equals("vlogefp");
        return isNear((int) expected[at], (int) found[at], bound, absolute)
                && isNear((int) (expected[at] >>> 32), (int) (found[at] >>> 32), bound, absolute);
    }

    /// Either result may be off by the bound.
    private static boolean isNear(int expected, int found, float bound, boolean absolute) {
        float a = Float.intBitsToFloat(expected);
        float b = Float.intBitsToFloat(found);
        return expected == found || Math.abs(a - b) <= 2 * bound * (absolute ? 1 : Math.abs(a)) + Float.MIN_NORMAL;
    }
}
