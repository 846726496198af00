package faultline.ppc64.mmu;

import java.util.Arrays;

/// The segment lookaside buffer of a processor (Power ISA 3.0B Book III 5.7.8.2): software fills it, at
/// segment interrupts. The formats of an entry are those of `slbmte`.
final class Slb {

    /// As many as POWER8 and POWER9 have.
    static final int ENTRIES = 32;

    /// V, in the word with the ESID.
    static final long VALID = 1 << 27;

    // In the word with the VSID.

    static final int SIZE_SHIFT = 62;

    /// Key for privileged and for problem state.
    static final long KS = 1 << 11;

    static final long KP = 1 << 10;

    /// No-execute.
    static final long N = 1 << 9;

    static final long L = 1 << 8;

    /// Class: who loses its entries with an address space.
    static final long C = 1 << 7;

    /// LP of 64 KiB pages.
    static final long LP_64K = 1 << 4;

    private static final int VSID_SHIFT = 12;
    private static final int VSID_SHIFT_1T = 24;

    /// No segment.
    static final int NONE = -1;

    private final long[] esids = new long[ENTRIES];
    private final long[] vsids = new long[ENTRIES];
    private int next;

    /// Which entry translates an address, or [#NONE].
    int find(long ea) {
        for (int entry = 0; entry < ENTRIES; entry++) {
            if ((esids[entry] & VALID) != 0 && (esids[entry] ^ ea) >>> Segment.shift(size(entry)) == 0) {
                return entry;
            }
        }
        return NONE;
    }

    /// B.
    int size(int entry) {
        return (int) (vsids[entry] >>> SIZE_SHIFT);
    }

    long vsid(int entry) {
        int shift = size(entry) == Segment.SIZE_1T ? VSID_SHIFT_1T : VSID_SHIFT;
        return vsids[entry] << 2 >>> 2 >>> shift;
    }

    boolean has(int entry, long flag) {
        return (vsids[entry] & flag) != 0;
    }

    /// `slbmte` into the next place round: that of the oldest.
    void insert(long ea, int size, long vsid, long flags) {
        esids[next] = ea & -1L << Segment.shift(size) | VALID;
        vsids[next] =
                (long) size << SIZE_SHIFT | vsid << (size == Segment.SIZE_1T ? VSID_SHIFT_1T : VSID_SHIFT) | flags;
        next = (next + 1) % ENTRIES;
    }

    /// `slbia`.
    void clear() {
        Arrays.fill(esids, 0);
        next = 0;
    }
}
