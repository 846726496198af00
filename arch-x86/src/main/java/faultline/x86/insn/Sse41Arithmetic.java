package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.fp.SseUnit;

/// SSE4.1 Floating-Point Dot Product and Rounding Instructions (SDM volume 1, 5.10.3, 5.10.6).
final class Sse41Arithmetic {

    private Sse41Arithmetic() {}

    /// Round to an integer by the mode of the immediate.
    @Insn("66 0F 3A 08 /r ib ?SSE4_1 | roundps Vdq, Wdq, Ib")
    static long roundps(long b, long c, SseUnit unit) {
        return Lanes.pair(unit.roundToIntegral32(b, (int) c), unit.roundToIntegral32(b >>> 32, (int) c));
    }

    @Insn("66 0F 3A 0A /r ib ?SSE4_1 | roundss Vd, Wd, Ib")
    static long roundss(long b, long c, SseUnit unit) {
        return unit.roundToIntegral32(b, (int) c);
    }

    @Insn("""
            66 0F 3A 09 /r ib ?SSE4_1 | roundpd Vdq, Wdq, Ib
            66 0F 3A 0B /r ib ?SSE4_1 | roundsd Vq, Wq, Ib
            """)
    static long roundpd(long b, long c, SseUnit unit) {
        return unit.roundToIntegral64(b, (int) c);
    }

    /// Dot product of the lanes that bits 4 to 7 pick, to the lanes that bits 0 to 3 pick. Rounds
    /// after each product and each sum, neighbours first; each of these steps takes its exceptions
    /// before the next. Every lane of the result has sums of its own, which differ in the order of
    /// their operands and so in which NaN they keep.
    @Insn("66 0F 3A 40 /r ib ?SSE4_1 | dpps Vdq, Wdq, Ib | high=dppsHigh")
    static long dpps(long aLo, long aHi, long bLo, long bHi, long c, SseUnit unit) {
        long low = products(aLo, bLo, c >> 4, unit);
        long high = products(aHi, bHi, c >> 6, unit);
        return picked(dot(low, high, unit), c);
    }

    static long dppsHigh(long aLo, long aHi, long bLo, long bHi, long c, SseUnit unit) {
        long low = products(aLo, bLo, c >> 4, unit);
        long high = products(aHi, bHi, c >> 6, unit);
        return picked(dot(high, low, unit), c >> 2);
    }

    private static long products(long a, long b, long picks, SseUnit unit) {
        return Lanes.pair(
                (picks & 1) != 0 ? unit.mul32(a, b) : 0, (picks & 2) != 0 ? unit.mul32(a >>> 32, b >>> 32) : 0);
    }

    private static long dot(long own, long other, SseUnit unit) {
        unit.settle();
        long first = neighbours(own, unit);
        long second = neighbours(other, unit);
        unit.settle();
        return Lanes.pair(unit.add32(first, second), unit.add32(first >>> 32, second >>> 32));
    }

    private static long neighbours(long half, SseUnit unit) {
        return Lanes.pair(unit.add32(half >>> 32, half), unit.add32(half, half >>> 32));
    }

    private static long picked(long half, long picks) {
        return Lanes.pair(-(picks & 1), -(picks >> 1 & 1)) & half;
    }

    @Insn("66 0F 3A 41 /r ib ?SSE4_1 | dppd Vdq, Wdq, Ib | high=dppdHigh")
    static long dppd(long aLo, long aHi, long bLo, long bHi, long c, SseUnit unit) {
        long low = (c & 0x10) != 0 ? unit.mul64(aLo, bLo) : 0;
        long high = (c & 0x20) != 0 ? unit.mul64(aHi, bHi) : 0;
        unit.settle();
        return unit.add64(low, high) & -(c & 1);
    }

    static long dppdHigh(long aLo, long aHi, long bLo, long bHi, long c, SseUnit unit) {
        long low = (c & 0x10) != 0 ? unit.mul64(aLo, bLo) : 0;
        long high = (c & 0x20) != 0 ? unit.mul64(aHi, bHi) : 0;
        unit.settle();
        return unit.add64(high, low) & -(c >> 1 & 1);
    }
}
