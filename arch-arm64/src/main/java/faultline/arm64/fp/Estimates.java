package faultline.arm64.fp;

/// The estimates of reciprocals (Arm ARM J1.3, RecipEstimate and RecipSqrtEstimate). Eight bits of
/// them are right, and which ones the architecture prescribes.
final class Estimates {

    private static final int FIRST = 128;
    private static final byte[] RECIPROCALS = new byte[256];
    private static final byte[] ROOTS = new byte[512 - FIRST];

    static {
        for (int a = 256; a < 512; a++) {
            RECIPROCALS[a - 256] = (byte) (((1 << 19) / (2 * a + 1) + 1) / 2);
        }
        for (int a = FIRST; a < 512; a++) {
            ROOTS[a - FIRST] = (byte) root(a < 256 ? 2 * a + 1 : ((a >> 1 << 1) + 1) * 2);
        }
    }

    private Estimates() {}

    private static int root(int a) {
        int b = 512;
        while (a * (b + 1) * (b + 1) < 1 << 28) {
            b++;
        }
        return (b + 1) / 2;
    }

    /// 256 to 511 for 256 to 511, which are 0.5 to 1: the first nine bits of 1 to 2.
    static int reciprocal(int a) {
        return 256 | RECIPROCALS[a - 256] & 0xff;
    }

    /// 256 to 511 for 128 to 511, which are 0.25 to 1.
    static int reciprocalRoot(int a) {
        return 256 | ROOTS[a - FIRST] & 0xff;
    }
}
