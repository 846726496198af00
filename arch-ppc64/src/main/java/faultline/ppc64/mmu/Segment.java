package faultline.ppc64.mmu;

/// Segments of the virtual address space, of 256 MiB and of 1 TiB, and how an entry of the hashed table
/// is found for an address in one (Power ISA 3.0B Book III 5.7.8, 5.7.9.2). A VPN here counts pages of
/// 4 KiB of a 78-bit virtual address, whatever the segment's page size.
final class Segment {

    /// B of 256 MiB.
    static final int SIZE_256M = 0;

    /// B of 1 TiB.
    static final int SIZE_1T = 1;

    static final int VPN_SHIFT = 12;

    /// 39 bits of a hash value.
    private static final long HASH_BITS = (1L << 39) - 1;

    // How Linux makes VSIDs (arch/powerpc/include/asm/book3s/64/mmu-hash.h): a multiplication by a prime
    // modulo 2^n - 1 spreads contexts over the table.

    private static final long MULTIPLIER = 12538073;
    private static final int VA_BITS = 68;

    private Segment() {}

    /// How many bits of an address lie inside a segment.
    static int shift(int size) {
        return size == SIZE_1T ? 40 : 28;
    }

    /// `user_segment_size`: small ones below 1 TiB, so that a small program takes few VSIDs.
    static int sizeFor(long ea) {
        return ea >>> shift(SIZE_1T) != 0 ? SIZE_1T : SIZE_256M;
    }

    /// `get_vsid`: the segment of an address in a context.
    static long vsid(int context, long ea, int size) {
        int esidBits = VA_BITS - (shift(size) + ContextIds.HASH_CONTEXT_BITS);
        int bits = VA_BITS - shift(size);
        long proto = (long) context << esidBits | ea >>> shift(size) & (1L << esidBits) - 1;
        return scramble(proto, bits);
    }

    /// `vsid_scramble`: a number below 2^40 times one of 24 bits, modulo 2^bits - 1.
    private static long scramble(long proto, int bits) {
        long modulus = (1L << bits) - 1;
        long product = proto * MULTIPLIER;
        long folded = (product & modulus) + (product >>> bits);
        return folded + (folded + 1 >>> bits) & modulus;
    }

    /// `hpt_vpn`.
    static long vpn(long vsid, long ea, int size) {
        return vsid << shift(size) - VPN_SHIFT | (ea & (1L << shift(size)) - 1) >>> VPN_SHIFT;
    }

    /// `hpt_hash`: the primary hash of a page.
    static long hash(long vpn, int pageShift, int size) {
        int bits = shift(size) - VPN_SHIFT;
        long page = (vpn & (1L << bits) - 1) >>> pageShift - VPN_SHIFT;
        long vsid = vpn >>> bits;
        long hash = size == SIZE_1T ? vsid ^ vsid << 25 ^ page : vsid ^ page;
        return hash & HASH_BITS;
    }
}
