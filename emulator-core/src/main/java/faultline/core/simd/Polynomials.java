package faultline.core.simd;

/// Products of polynomials over GF(2) with 64 coefficients.
public final class Polynomials {

    private Polynomials() {}

    /// The low 64 coefficients.
    public static long low(long a, long b) {
        long product = 0;
        for (long rest = a; rest != 0; rest &= rest - 1) {
            product ^= b << Long.numberOfTrailingZeros(rest);
        }
        return product;
    }

    /// The high ones.
    public static long high(long a, long b) {
        long product = 0;
        for (long rest = a & -2; rest != 0; rest &= rest - 1) {
            product ^= b >>> 64 - Long.numberOfTrailingZeros(rest);
        }
        return product;
    }
}
