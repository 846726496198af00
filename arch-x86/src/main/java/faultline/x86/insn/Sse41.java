package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.cpu.Flags;

/// SSE4.1 Instructions on integers, and its blends and moves of floats (SDM volume 1, 5.10); its
/// arithmetic is in [Sse41Arithmetic].
final class Sse41 {

    private Sse41() {}

    // Multiplication.

    /// Multiply the even signed doublewords.
    @Insn("66 0F 38 28 /r ?SSE4_1 | pmuldq Vdq, Wdq")
    static long pmuldq(long a, long b) {
        return (long) (int) a * (int) b;
    }

    @Insn("66 0F 38 40 /r ?SSE4_1 | pmulld Vdq, Wdq")
    static long pmulld(long a, long b) {
        return Lanes.pair(a * b, (a >>> 32) * (b >>> 32));
    }

    // Blends: a lane of the second operand where a bit of the mask is set.

    @Insn("66 0F 3A 0C /r ib ?SSE4_1 | blendps Vdq, Wdq, Ib | high=blendpsHigh")
    static long blendps(long aLo, long bLo, long c) {
        return Lanes.pair((c & 1) != 0 ? bLo : aLo, ((c & 2) != 0 ? bLo : aLo) >>> 32);
    }

    static long blendpsHigh(long aHi, long bHi, long c) {
        return blendps(aHi, bHi, c >> 2);
    }

    @Insn("66 0F 3A 0D /r ib ?SSE4_1 | blendpd Vdq, Wdq, Ib | high=blendpdHigh")
    static long blendpd(long aLo, long bLo, long c) {
        return (c & 1) != 0 ? bLo : aLo;
    }

    static long blendpdHigh(long aHi, long bHi, long c) {
        return (c & 2) != 0 ? bHi : aHi;
    }

    @Insn("66 0F 3A 0E /r ib ?SSE4_1 | pblendw Vdq, Wdq, Ib | high=pblendwHigh")
    static long pblendw(long aLo, long bLo, long c) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask |= (c >> i & 1) * 0xffffL << 16 * i;
        }
        return Lanes.select(mask, bLo, aLo);
    }

    static long pblendwHigh(long aHi, long bHi, long c) {
        return pblendw(aHi, bHi, c >> 4);
    }

    /// By the top bits of XMM0's lanes.
    @Insn("66 0F 38 10 /r ?SSE4_1 | pblendvb Vdq, Wdq, XMM0")
    static long pblendvb(long a, long b, long c) {
        return Lanes.select(Lanes.spread8(c), b, a);
    }

    @Insn("66 0F 38 14 /r ?SSE4_1 | blendvps Vdq, Wdq, XMM0")
    static long blendvps(long a, long b, long c) {
        return Lanes.select(Lanes.spread32(c), b, a);
    }

    @Insn("66 0F 38 15 /r ?SSE4_1 | blendvpd Vdq, Wdq, XMM0")
    static long blendvpd(long a, long b, long c) {
        return c < 0 ? b : a;
    }

    // Minimum and maximum.

    @Insn("66 0F 38 38 /r ?SSE4_1 | pminsb Vdq, Wdq")
    static long pminsb(long a, long b) {
        return Lanes.select(Lanes.spread8(Lanes.greater(a, b, Lanes.TOP8)), b, a);
    }

    @Insn("66 0F 38 3C /r ?SSE4_1 | pmaxsb Vdq, Wdq")
    static long pmaxsb(long a, long b) {
        return Lanes.select(Lanes.spread8(Lanes.greater(a, b, Lanes.TOP8)), a, b);
    }

    @Insn("66 0F 38 3A /r ?SSE4_1 | pminuw Vdq, Wdq")
    static long pminuw(long a, long b) {
        return Lanes.select(Lanes.spread16(Lanes.below(a, b, Lanes.TOP16)), a, b);
    }

    @Insn("66 0F 38 3E /r ?SSE4_1 | pmaxuw Vdq, Wdq")
    static long pmaxuw(long a, long b) {
        return Lanes.select(Lanes.spread16(Lanes.below(a, b, Lanes.TOP16)), b, a);
    }

    @Insn("66 0F 38 39 /r ?SSE4_1 | pminsd Vdq, Wdq")
    static long pminsd(long a, long b) {
        return Lanes.select(Lanes.spread32(Lanes.greater(a, b, Lanes.TOP32)), b, a);
    }

    @Insn("66 0F 38 3D /r ?SSE4_1 | pmaxsd Vdq, Wdq")
    static long pmaxsd(long a, long b) {
        return Lanes.select(Lanes.spread32(Lanes.greater(a, b, Lanes.TOP32)), a, b);
    }

    @Insn("66 0F 38 3B /r ?SSE4_1 | pminud Vdq, Wdq")
    static long pminud(long a, long b) {
        return Lanes.select(Lanes.spread32(Lanes.below(a, b, Lanes.TOP32)), a, b);
    }

    @Insn("66 0F 38 3F /r ?SSE4_1 | pmaxud Vdq, Wdq")
    static long pmaxud(long a, long b) {
        return Lanes.select(Lanes.spread32(Lanes.below(a, b, Lanes.TOP32)), b, a);
    }

    /// The least word, and its place.
    @Insn("66 0F 38 41 /r ?SSE4_1 | phminposuw Vqz, Wdq")
    static long phminposuw(long bLo, long bHi) {
        long least = Long.MAX_VALUE;
        for (int i = 7; i >= 0; i--) {
            long word = Lanes.u16(i < 4 ? bLo : bHi, i & 3);
            if (word <= (least & 0xffff)) {
                least = word | (long) i << 16;
            }
        }
        return least;
    }

    /// Sums of four absolute differences: eight places of the first operand against one block of
    /// the second.
    @Insn("66 0F 3A 42 /r ib ?SSE4_1 | mpsadbw Vdq, Wdq, Ib | high=mpsadbwHigh")
    static long mpsadbw(long aLo, long aHi, long bLo, long bHi, long c) {
        return differences(aLo, aHi, (c & 2) == 0 ? bLo : bHi, c, 0);
    }

    static long mpsadbwHigh(long aLo, long aHi, long bLo, long bHi, long c) {
        return differences(aLo, aHi, (c & 2) == 0 ? bLo : bHi, c, 4);
    }

    private static long differences(long low, long high, long half, long immediate, int place) {
        int block = (int) immediate & 1;
        int start = ((int) immediate >> 2 & 1) * 4 + place;
        long r = 0;
        for (int i = 0; i < 4; i++) {
            int sum = 0;
            for (int k = 0; k < 4; k++) {
                int at = start + i + k;
                sum += Math.abs(Lanes.u8(at < 8 ? low : high, at & 7) - Lanes.u8(half, 4 * block + k));
            }
            r |= (long) sum << 16 * i;
        }
        return r;
    }

    // Comparison.

    @Insn("66 0F 38 29 /r ?SSE4_1 | pcmpeqq Vdq, Wdq")
    static long pcmpeqq(long a, long b) {
        return a == b ? -1 : 0;
    }

    /// ZF: no common bit; CF: no bit of the second operand outside of the first. The others are
    /// cleared.
    @Insn("66 0F 38 17 /r ?SSE4_1 | ptest Vdq, Wdq | -> flags")
    static long ptest(long aLo, long aHi, long bLo, long bHi) {
        boolean none = (aLo & bLo | aHi & bHi) == 0;
        boolean inside = (~aLo & bLo | ~aHi & bHi) == 0;
        return (none ? Flags.ZF : 0) | (inside ? Flags.CF : 0);
    }

    /// Pack doublewords to words with unsigned saturation.
    @Insn("66 0F 38 2B /r ?SSE4_1 | packusdw Vdq, Wdq | high=packusdwHigh")
    static long packusdw(long aLo, long aHi) {
        return Lanes.saturateU16((int) aLo)
                | (long) Lanes.saturateU16((int) (aLo >>> 32)) << 16
                | (long) Lanes.saturateU16((int) aHi) << 32
                | (long) Lanes.saturateU16((int) (aHi >>> 32)) << 48;
    }

    static long packusdwHigh(long bLo, long bHi) {
        return packusdw(bLo, bHi);
    }

    /// Non-temporal load.
    @Insn("66 0F 38 2A /r mem ?SSE4_1 | movntdqa Vdq, Mdq")
    static long movntdqa(long b) {
        return b;
    }

    // Insertion and extraction.

    @Insn("""
            66 0F 3A 14 /r ib reg ?SSE4_1 | pextrb Ed, Vdq, Ib
            66 0F 3A 14 /r ib mem ?SSE4_1 | pextrb Mb, Vdq, Ib
            """)
    static long pextrb(long bLo, long bHi, long c) {
        return Lanes.u8((c & 8) == 0 ? bLo : bHi, (int) c & 7);
    }

    /// The form with a memory operand; 5.5.3 and 5.6.3 have that for registers.
    @Insn("""
            66 0F 3A 15 /r ib reg ?SSE4_1 | pextrw Ed, Vdq, Ib
            66 0F 3A 15 /r ib mem ?SSE4_1 | pextrw Mw, Vdq, Ib
            """)
    static long pextrw41(long bLo, long bHi, long c) {
        return Lanes.u16((c & 4) == 0 ? bLo : bHi, (int) c & 3);
    }

    @Insn("""
            66 0F 3A 16 /r ib W0 ?SSE4_1 | pextrd Ed, Vdq, Ib
            66 0F 3A 17 /r ib ?SSE4_1    | extractps Ed, Vdq, Ib
            """)
    static long pextrd(long bLo, long bHi, long c) {
        return Lanes.u32((c & 2) == 0 ? bLo : bHi, (int) c & 1);
    }

    @Insn("66 0F 3A 16 /r ib W1 ?SSE4_1 | pextrq Eq, Vdq, Ib")
    static long pextrq(long bLo, long bHi, long c) {
        return (c & 1) == 0 ? bLo : bHi;
    }

    @Insn("""
            66 0F 3A 20 /r ib reg ?SSE4_1 | pinsrb Vdq, Ed, Ib | high=pinsrbHigh
            66 0F 3A 20 /r ib mem ?SSE4_1 | pinsrb Vdq, Mb, Ib | high=pinsrbHigh
            """)
    static long pinsrb(long aLo, long b, long c) {
        return (c & 8) == 0 ? inserted(aLo, b, 0xff, 8 * ((int) c & 7)) : aLo;
    }

    static long pinsrbHigh(long aHi, long b, long c) {
        return (c & 8) == 0 ? aHi : inserted(aHi, b, 0xff, 8 * ((int) c & 7));
    }

    @Insn("66 0F 3A 22 /r ib W0 ?SSE4_1 | pinsrd Vdq, Ed, Ib | high=pinsrdHigh")
    static long pinsrd(long aLo, long b, long c) {
        return (c & 2) == 0 ? inserted(aLo, b, 0xffffffffL, 32 * ((int) c & 1)) : aLo;
    }

    static long pinsrdHigh(long aHi, long b, long c) {
        return (c & 2) == 0 ? aHi : inserted(aHi, b, 0xffffffffL, 32 * ((int) c & 1));
    }

    @Insn("66 0F 3A 22 /r ib W1 ?SSE4_1 | pinsrq Vdq, Eq, Ib | high=pinsrqHigh")
    static long pinsrq(long aLo, long b, long c) {
        return (c & 1) == 0 ? b : aLo;
    }

    static long pinsrqHigh(long aHi, long b, long c) {
        return (c & 1) == 0 ? aHi : b;
    }

    private static long inserted(long into, long value, long mask, int at) {
        return into & ~(mask << at) | (value & mask) << at;
    }

    /// Insert a float, picked by bits 6 and 7 of a register operand, at the place in bits 4 and 5;
    /// then clear lanes by bits 0 to 3.
    @Insn("66 0F 3A 21 /r ib reg ?SSE4_1 | insertps Vdq, Udq, Ib | high=insertpsHigh")
    static long insertps(long aLo, long bLo, long bHi, long c) {
        return insertedFloat(aLo, Lanes.pick32(bLo, bHi, c >>> 6), c, 0);
    }

    static long insertpsHigh(long aHi, long bLo, long bHi, long c) {
        return insertedFloat(aHi, Lanes.pick32(bLo, bHi, c >>> 6), c, 2);
    }

    @Insn("66 0F 3A 21 /r ib mem ?SSE4_1 | insertps Vdq, Md, Ib | high=insertpsLoadedHigh")
    static long insertpsLoaded(long aLo, long b, long c) {
        return insertedFloat(aLo, b, c, 0);
    }

    static long insertpsLoadedHigh(long aHi, long b, long c) {
        return insertedFloat(aHi, b, c, 2);
    }

    private static long insertedFloat(long half, long value, long immediate, int firstLane) {
        int place = ((int) immediate >> 4 & 3) - firstLane;
        long r = (place & ~1) == 0 ? inserted(half, value, 0xffffffffL, 32 * place) : half;
        long keepLow = (immediate >> firstLane & 1) - 1;
        long keepHigh = (immediate >> firstLane + 1 & 1) - 1;
        return r & Lanes.pair(keepLow, keepHigh);
    }

    // Widening by sign and by zeros.

    @Insn("66 0F 38 20 /r ?SSE4_1 | pmovsxbw Vdq, Wq | high=pmovsxbwHigh")
    static long pmovsxbw(long b) {
        return sign(b, 8, 16);
    }

    static long pmovsxbwHigh(long b) {
        return sign(b >>> 32, 8, 16);
    }

    @Insn("66 0F 38 21 /r ?SSE4_1 | pmovsxbd Vdq, Wd | high=pmovsxbdHigh")
    static long pmovsxbd(long b) {
        return sign(b, 8, 32);
    }

    static long pmovsxbdHigh(long b) {
        return sign(b >>> 16, 8, 32);
    }

    @Insn("66 0F 38 22 /r ?SSE4_1 | pmovsxbq Vdq, Ww | high=pmovsxbqHigh")
    static long pmovsxbq(long b) {
        return (byte) b;
    }

    static long pmovsxbqHigh(long b) {
        return (byte) (b >>> 8);
    }

    @Insn("66 0F 38 23 /r ?SSE4_1 | pmovsxwd Vdq, Wq | high=pmovsxwdHigh")
    static long pmovsxwd(long b) {
        return sign(b, 16, 32);
    }

    static long pmovsxwdHigh(long b) {
        return sign(b >>> 32, 16, 32);
    }

    @Insn("66 0F 38 24 /r ?SSE4_1 | pmovsxwq Vdq, Wd | high=pmovsxwqHigh")
    static long pmovsxwq(long b) {
        return (short) b;
    }

    static long pmovsxwqHigh(long b) {
        return (short) (b >>> 16);
    }

    @Insn("66 0F 38 25 /r ?SSE4_1 | pmovsxdq Vdq, Wq | high=pmovsxdqHigh")
    static long pmovsxdq(long b) {
        return (int) b;
    }

    static long pmovsxdqHigh(long b) {
        return b >> 32;
    }

    @Insn("66 0F 38 30 /r ?SSE4_1 | pmovzxbw Vdq, Wq | high=pmovzxbwHigh")
    static long pmovzxbw(long b) {
        return zero(b, 8, 16);
    }

    static long pmovzxbwHigh(long b) {
        return zero(b >>> 32, 8, 16);
    }

    @Insn("66 0F 38 31 /r ?SSE4_1 | pmovzxbd Vdq, Wd | high=pmovzxbdHigh")
    static long pmovzxbd(long b) {
        return zero(b, 8, 32);
    }

    static long pmovzxbdHigh(long b) {
        return zero(b >>> 16, 8, 32);
    }

    @Insn("66 0F 38 32 /r ?SSE4_1 | pmovzxbq Vdq, Ww | high=pmovzxbqHigh")
    static long pmovzxbq(long b) {
        return b & 0xff;
    }

    static long pmovzxbqHigh(long b) {
        return b >>> 8 & 0xff;
    }

    @Insn("66 0F 38 33 /r ?SSE4_1 | pmovzxwd Vdq, Wq | high=pmovzxwdHigh")
    static long pmovzxwd(long b) {
        return zero(b, 16, 32);
    }

    static long pmovzxwdHigh(long b) {
        return zero(b >>> 32, 16, 32);
    }

    @Insn("66 0F 38 34 /r ?SSE4_1 | pmovzxwq Vdq, Wd | high=pmovzxwqHigh")
    static long pmovzxwq(long b) {
        return b & 0xffff;
    }

    static long pmovzxwqHigh(long b) {
        return b >>> 16 & 0xffff;
    }

    @Insn("66 0F 38 35 /r ?SSE4_1 | pmovzxdq Vdq, Wq | high=pmovzxdqHigh")
    static long pmovzxdq(long b) {
        return b & 0xffffffffL;
    }

    static long pmovzxdqHigh(long b) {
        return b >>> 32;
    }

    private static long sign(long packed, int from, int to) {
        long r = 0;
        for (int i = 0; i < 64 / to; i++) {
            r |= zx(Bits.sx(packed >>> i * from, from), to) << i * to;
        }
        return r;
    }

    private static long zero(long packed, int from, int to) {
        long r = 0;
        for (int i = 0; i < 64 / to; i++) {
            r |= zx(packed >>> i * from, from) << i * to;
        }
        return r;
    }
}
