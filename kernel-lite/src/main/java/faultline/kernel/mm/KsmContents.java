package faultline.kernel.mm;

import faultline.core.mem.PhysicalMemory;
import faultline.kernel.mm.page.Page;

/// What is in pages. Who asks has a reference; somebody may store to them meanwhile, unless they are
/// write-protected.
final class KsmContents {

    // Those of xxHash, for the mixing.
    private static final long PRIME_1 = 0x9E37_79B1_85EB_CA87L;
    private static final long PRIME_2 = 0xC2B2_AE3D_27D4_EB4FL;

    private final PhysicalMemory memory;
    private final int bytes;

    /// Of a page of zeroes: `zero_checksum`.
    final long zeroes;

    KsmContents(PhysicalMemory memory, int bytes) {
        this.memory = memory;
        this.bytes = bytes;
        long sum = 0;
        for (int at = 0; at < bytes; at += Long.BYTES) {
            sum = mix(sum, 0);
        }
        this.zeroes = sum;
    }

    private static long mix(long sum, long word) {
        return Long.rotateLeft((sum ^ word * PRIME_2) * PRIME_1 + PRIME_2, 31);
    }

    /// `calc_checksum`.
    long checksum(Page page) {
        long sum = 0;
        long pa = page.pa();
        for (long end = pa + bytes; pa < end; pa += Long.BYTES) {
            sum = mix(sum, memory.load64(pa));
        }
        return sum;
    }

    /// `pages_identical`.
    boolean same(Page one, Page other) {
        for (int at = 0; at < bytes; at += Long.BYTES) {
            if (memory.load64(one.pa() + at) != memory.load64(other.pa() + at)) {
                return false;
            }
        }
        return true;
    }
}
