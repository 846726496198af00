package faultline.ppc64.mmu;

/// The bits of an entry of the hashed page table, two doublewords (Power ISA 2.07 Book III-S 5.7.7.1;
/// 3.0 moved B from the first to the second), by Linux's names.
final class Hpte {

    // The first doubleword.

    static final long VALID = 1;

    /// H: found by the secondary hash.
    static final long SECONDARY = 1 << 1;

    /// L: the page is not of 4 KiB; which it is, LP says.
    static final long LARGE = 1 << 2;

    /// A lock, in a bit that is software's.
    static final long LOCK = 1 << 3;

    /// Software: not to be evicted.
    static final long BOLTED = 1 << 4;

    static final int AVPN_SHIFT = 7;
    static final int SIZE_SHIFT = 62;

    /// What names a page: B and AVPN.
    static final long COMPARE = -1L << AVPN_SHIFT;

    /// AVPN begins so many bits up in a virtual address: what lies below is in the hash.
    private static final int AVPN_FROM = 23;

    // The second.

    /// PP0, the upper bit of three.
    static final long PP0 = 1L << 63;

    static final long RPN = 0x0fff_ffff_ffff_f000L;
    static final long R = 1 << 8;
    static final long C = 1 << 7;

    /// Memory coherence required.
    static final long M = 1 << 4;

    static final long G = 1 << 3;

    /// No-execute.
    static final long N = 1 << 2;

    static final long PP = 3;

    /// LP of 64 KiB pages in a segment of 64 KiB pages, where the address has bits that are 0.
    static final long LP_64K = 1L << 12;

    private static final int KEY_HIGH_SHIFT = 60;
    private static final int KEY_LOW_SHIFT = 9;
    private static final int KEY_LOW_BITS = 3;

    private Hpte() {}

    /// The first doubleword of a page's entry without V and H: `hpte_encode_v`.
    static long first(long vpn, boolean large, int segmentSize) {
        return (long) segmentSize << SIZE_SHIFT
                | vpn >>> AVPN_FROM - Segment.VPN_SHIFT << AVPN_SHIFT
                | (large ? LARGE : 0);
    }

    /// The key's bits in the second.
    static long keyBits(int key) {
        return (long) (key >>> KEY_LOW_BITS) << KEY_HIGH_SHIFT
                | (long) (key & (1 << KEY_LOW_BITS) - 1) << KEY_LOW_SHIFT;
    }

    static int key(long second) {
        return (int) (second >>> KEY_HIGH_SHIFT & 3) << KEY_LOW_BITS
                | (int) (second >>> KEY_LOW_SHIFT) & (1 << KEY_LOW_BITS) - 1;
    }

    /// Whether a program may load, where its segment has Kp 1, as Linux's have.
    static boolean permitsLoad(long second) {
        return (second & PP0) == 0 && (second & PP) != 0;
    }

    /// Whether it may store.
    static boolean permitsStore(long second) {
        return (second & (PP0 | PP)) == 2;
    }
}
