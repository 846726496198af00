package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.cpu.Flags;
import faultline.x86.fp.SseUnit;

/// SSE and SSE2 Comparison Instructions (SDM volume 1, 5.5.1.3, 5.6.1.4).
final class SseComparison {

    private SseComparison() {}

    /// Compare by predicate: all ones where it holds.
    @Insn("NP 0F C2 /r ib | cmpps Vdq, Wdq, Ib")
    static long cmpps(long a, long b, long c, SseUnit unit) {
        return Lanes.pair(cmpss(a, b, c, unit), cmpss(a >>> 32, b >>> 32, c, unit));
    }

    @Insn("F3 0F C2 /r ib | cmpss Vd, Wd, Ib")
    static long cmpss(long a, long b, long c, SseUnit unit) {
        return holds(unit.compare32(a, b, isSignalling(c)), c) ? -1 : 0;
    }

    @Insn("""
            66 0F C2 /r ib | cmppd Vdq, Wdq, Ib
            F2 0F C2 /r ib | cmpsd Vq, Wq, Ib
            """)
    static long cmppd(long a, long b, long c, SseUnit unit) {
        return holds(unit.compare64(a, b, isSignalling(c)), c) ? -1 : 0;
    }

    /// Predicates 1, 2, 5 and 6 ask for an order, which a NaN does not have.
    private static boolean isSignalling(long predicate) {
        return (predicate & 3) == 1 || (predicate & 3) == 2;
    }

    /// The predicates by number: equal, less, less or equal, unordered, and 4 to 7 their opposites.
    private static boolean holds(int order, long predicate) {
        boolean holds = switch ((int) predicate & 3) {
            case 0 -> order == 0;
            case 1 -> order < 0;
            case 2 -> order <= 0;
            default -> order == SseUnit.UNORDERED;
        };
        return holds == ((predicate & 4) == 0);
    }

    /// Compare into ZF, PF and CF; OF, SF and AF are cleared.
    @Insn("66 0F 2F /r | comisd Vq, Wq  | -> flags")
    static long comisd(long a, long b, SseUnit unit) {
        return flags(unit.compare64(a, b, true));
    }

    @Insn("NP 0F 2F /r | comiss Vd, Wd  | -> flags")
    static long comiss(long a, long b, SseUnit unit) {
        return flags(unit.compare32(a, b, true));
    }

    /// The same, but only a signalling NaN is invalid.
    @Insn("66 0F 2E /r | ucomisd Vq, Wq | -> flags")
    static long ucomisd(long a, long b, SseUnit unit) {
        return flags(unit.compare64(a, b, false));
    }

    @Insn("NP 0F 2E /r | ucomiss Vd, Wd | -> flags")
    static long ucomiss(long a, long b, SseUnit unit) {
        return flags(unit.compare32(a, b, false));
    }

    private static long flags(int order) {
        return switch (order) {
            case -1 -> Flags.CF;
            case 0 -> Flags.ZF;
            case 1 -> 0;
            default -> Flags.ZF | Flags.PF | Flags.CF;
        };
    }
}
