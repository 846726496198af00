package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Cryptographic SHA of two and three registers (Arm ARM C4.1.90; the rounds are those of FIPS 180-4).
final class SimdSha {

    private SimdSha() {}

    private static int word(long low, long high, int number) {
        return (int) ((number < 2 ? low : high) >>> 32 * (number & 1));
    }

    private static long pair(int low, int high) {
        return low & 0xffffffffL | (long) high << 32;
    }

    // SHA-1.

    /// SHA1 hash update (choose).
    @Insn("""
            0101 1110 00 0 vm:5 0 000 00 vn:5 vd:5 ?SHA1 | sha1c qd, sn, vm.4s
            """)
    static long sha1c(long vdLo, long vdHi, int vn, long vmLo, long vmHi, int half) {
        return sha1(vdLo, vdHi, vn, vmLo, vmHi, half, 0);
    }

    /// SHA1 hash update (parity).
    @Insn("""
            0101 1110 00 0 vm:5 0 001 00 vn:5 vd:5 ?SHA1 | sha1p qd, sn, vm.4s
            """)
    static long sha1p(long vdLo, long vdHi, int vn, long vmLo, long vmHi, int half) {
        return sha1(vdLo, vdHi, vn, vmLo, vmHi, half, 1);
    }

    /// SHA1 hash update (majority).
    @Insn("""
            0101 1110 00 0 vm:5 0 010 00 vn:5 vd:5 ?SHA1 | sha1m qd, sn, vm.4s
            """)
    static long sha1m(long vdLo, long vdHi, int vn, long vmLo, long vmHi, int half) {
        return sha1(vdLo, vdHi, vn, vmLo, vmHi, half, 2);
    }

    /// Four rounds of SHA-1: half of what `a` to `d` are then.
    private static long sha1(long low, long high, int start, long vmLo, long vmHi, int half, int function) {
        int a = word(low, high, 0);
        int b = word(low, high, 1);
        int c = word(low, high, 2);
        int d = word(low, high, 3);
        int e = start;
        for (int round = 0; round < 4; round++) {
            int mixed = function == 0 ? choose(b, c, d) : function == 1 ? b ^ c ^ d : majority(b, c, d);
            int next = e + Integer.rotateLeft(a, 5) + mixed + word(vmLo, vmHi, round);
            e = d;
            d = c;
            c = Integer.rotateLeft(b, 30);
            b = a;
            a = next;
        }
        return half == 0 ? pair(a, b) : pair(c, d);
    }

    private static int choose(int x, int y, int z) {
        return (y ^ z) & x ^ z;
    }

    private static int majority(int x, int y, int z) {
        return x & y | (x | y) & z;
    }

    /// SHA1 fixed rotate.
    @Insn("""
            0101 1110 00 10100 00000 10 vn:5 vd:5 ?SHA1 | sha1h sd, sn
            """)
    static long sha1h(int vn) {
        return Integer.rotateLeft(vn, 30);
    }

    /// SHA1 schedule update 0.
    @Insn("""
            0101 1110 00 0 vm:5 0 011 00 vn:5 vd:5 ?SHA1 | sha1su0 vd.4s, vn.4s, vm.4s
            """)
    static long sha1su0(long vdLo, long vdHi, long vnLo, long vm, int half) {
        return half == 0 ? vdLo ^ vdHi ^ vm : vdHi ^ vnLo ^ vm;
    }

    /// SHA1 schedule update 1.
    @Insn("""
            0101 1110 00 10100 00001 10 vn:5 vd:5 ?SHA1 | sha1su1 vd.4s, vn.4s
            """)
    static long sha1su1(long vdLo, long vdHi, long vnLo, long vnHi, int half) {
        long low = vdLo ^ (vnLo >>> 32 | vnHi << 32);
        if (half == 0) {
            return pair(Integer.rotateLeft((int) low, 1), Integer.rotateLeft((int) (low >>> 32), 1));
        }
        long high = vdHi ^ vnHi >>> 32;
        int last = Integer.rotateLeft((int) (high >>> 32), 1) ^ Integer.rotateLeft((int) low, 2);
        return pair(Integer.rotateLeft((int) high, 1), last);
    }

    // SHA-256.

    /// SHA256 hash update, part 1.
    @Insn("""
            0101 1110 00 0 vm:5 0 100 00 vn:5 vd:5 ?SHA256 | sha256h qd, qn, vm.4s
            """)
    static long sha256h(long vdLo, long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int half) {
        return sha256(vdLo, vdHi, vnLo, vnHi, vmLo, vmHi, half, true);
    }

    /// SHA256 hash update, part 2.
    @Insn("""
            0101 1110 00 0 vm:5 0 101 00 vn:5 vd:5 ?SHA256 | sha256h2 qd, qn, vm.4s
            """)
    static long sha256h2(long vdLo, long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int half) {
        return sha256(vnLo, vnHi, vdLo, vdHi, vmLo, vmHi, half, false);
    }

    /// Four rounds of SHA-256: half of what `a` to `d` are then, or `e` to `h`.
    private static long sha256(long xLo, long xHi, long yLo, long yHi, long vmLo, long vmHi, int half, boolean first) {
        int a = word(xLo, xHi, 0);
        int b = word(xLo, xHi, 1);
        int c = word(xLo, xHi, 2);
        int d = word(xLo, xHi, 3);
        int e = word(yLo, yHi, 0);
        int f = word(yLo, yHi, 1);
        int g = word(yLo, yHi, 2);
        int h = word(yLo, yHi, 3);
        for (int round = 0; round < 4; round++) {
            int sum1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
            int sum0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
            int t = h + sum1 + choose(e, f, g) + word(vmLo, vmHi, round);
            int next = t + sum0 + majority(a, b, c);
            h = g;
            g = f;
            f = e;
            e = d + t;
            d = c;
            c = b;
            b = a;
            a = next;
        }
        return first ? half == 0 ? pair(a, b) : pair(c, d) : half == 0 ? pair(e, f) : pair(g, h);
    }

    /// SHA256 schedule update 0.
    @Insn("""
            0101 1110 00 10100 00010 10 vn:5 vd:5 ?SHA256 | sha256su0 vd.4s, vn.4s
            """)
    static long sha256su0(long vdLo, long vdHi, long vnLo, int half) {
        return half == 0
                ? pair((int) vdLo + sigma0((int) (vdLo >>> 32)), (int) (vdLo >>> 32) + sigma0((int) vdHi))
                : pair((int) vdHi + sigma0((int) (vdHi >>> 32)), (int) (vdHi >>> 32) + sigma0((int) vnLo));
    }

    private static int sigma0(int x) {
        return Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ x >>> 3;
    }

    /// SHA256 schedule update 1.
    @Insn("""
            0101 1110 00 0 vm:5 0 110 00 vn:5 vd:5 ?SHA256 | sha256su1 vd.4s, vn.4s, vm.4s
            """)
    static long sha256su1(long vdLo, long vdHi, long vnLo, long vnHi, long vmLo, long vmHi, int half) {
        int first = (int) vdLo + (int) (vnLo >>> 32) + sigma1((int) vmHi);
        int second = (int) (vdLo >>> 32) + (int) vnHi + sigma1((int) (vmHi >>> 32));
        if (half == 0) {
            return pair(first, second);
        }
        int third = (int) vdHi + (int) (vnHi >>> 32) + sigma1(first);
        return pair(third, (int) (vdHi >>> 32) + (int) vmLo + sigma1(second));
    }

    private static int sigma1(int x) {
        return Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ x >>> 10;
    }
}
