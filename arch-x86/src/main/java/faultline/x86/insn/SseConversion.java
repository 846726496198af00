package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.fp.SseUnit;

/// SSE and SSE2 Conversion Instructions (SDM volume 1, 5.5.1.6, 5.6.1.6, 5.6.2).
///
/// Conversions to integers round as MXCSR says, or truncate where the mnemonic has a second `t`;
/// what does not fit becomes the integer indefinite, the most negative number.
final class SseConversion {

    private SseConversion() {}

    @Insn("F2 0F 2A /r | cvtsi2sd Vq, Ey")
    static long cvtsi2sd(long b, SseUnit unit) {
        return unit.fromLong64(b);
    }

    @Insn("F3 0F 2A /r | cvtsi2ss Vd, Ey")
    static long cvtsi2ss(long b, SseUnit unit) {
        return unit.fromLong32(b);
    }

    @Insn("F2 0F 2C /r | cvttsd2si Gy, Wq")
    static long cvttsd2si(long b, int bits, SseUnit unit) {
        return unit.truncate64(b, bits);
    }

    @Insn("F2 0F 2D /r | cvtsd2si Gy, Wq")
    static long cvtsd2si(long b, int bits, SseUnit unit) {
        return unit.round64(b, bits);
    }

    @Insn("F3 0F 2C /r | cvttss2si Gy, Wd")
    static long cvttss2si(long b, int bits, SseUnit unit) {
        return unit.truncate32(b, bits);
    }

    @Insn("F3 0F 2D /r | cvtss2si Gy, Wd")
    static long cvtss2si(long b, int bits, SseUnit unit) {
        return unit.round32(b, bits);
    }

    @Insn("F3 0F 5A /r | cvtss2sd Vq, Wd")
    static long cvtss2sd(long b, SseUnit unit) {
        return unit.widen(b);
    }

    @Insn("F2 0F 5A /r | cvtsd2ss Vd, Wq")
    static long cvtsd2ss(long b, SseUnit unit) {
        return unit.narrow(b);
    }

    @Insn("NP 0F 5A /r | cvtps2pd Vdq, Wq | high=cvtps2pdHigh")
    static long cvtps2pd(long b, SseUnit unit) {
        return unit.widen(b);
    }

    static long cvtps2pdHigh(long b, SseUnit unit) {
        return unit.widen(b >>> 32);
    }

    @Insn("66 0F 5A /r | cvtpd2ps Vqz, Wdq")
    static long cvtpd2ps(long bLo, long bHi, SseUnit unit) {
        return Lanes.pair(unit.narrow(bLo), unit.narrow(bHi));
    }

    @Insn("NP 0F 5B /r | cvtdq2ps Vdq, Wdq")
    static long cvtdq2ps(long b, SseUnit unit) {
        return Lanes.pair(unit.fromLong32(b << 32 >> 32), unit.fromLong32(b >> 32));
    }

    @Insn("66 0F 5B /r | cvtps2dq Vdq, Wdq")
    static long cvtps2dq(long b, SseUnit unit) {
        return Lanes.pair(unit.round32(b, 32), unit.round32(b >>> 32, 32));
    }

    @Insn("F3 0F 5B /r | cvttps2dq Vdq, Wdq")
    static long cvttps2dq(long b, SseUnit unit) {
        return Lanes.pair(unit.truncate32(b, 32), unit.truncate32(b >>> 32, 32));
    }

    @Insn("F3 0F E6 /r | cvtdq2pd Vdq, Wq | high=cvtdq2pdHigh")
    static long cvtdq2pd(long b) {
        return Double.doubleToRawLongBits((int) b);
    }

    static long cvtdq2pdHigh(long b) {
        return Double.doubleToRawLongBits((int) (b >>> 32));
    }

    @Insn("F2 0F E6 /r | cvtpd2dq Vqz, Wdq")
    static long cvtpd2dq(long bLo, long bHi, SseUnit unit) {
        return Lanes.pair(unit.round64(bLo, 32), unit.round64(bHi, 32));
    }

    @Insn("66 0F E6 /r | cvttpd2dq Vqz, Wdq")
    static long cvttpd2dq(long bLo, long bHi, SseUnit unit) {
        return Lanes.pair(unit.truncate64(bLo, 32), unit.truncate64(bHi, 32));
    }

    // To and from MMX registers. From memory CVTPI2PD reads no MMX register and leaves the x87 as it is.

    @Insn("NP 0F 2A /r | cvtpi2ps Vq, Qq")
    static long cvtpi2ps(long b, SseUnit unit) {
        return Lanes.pair(unit.fromLong32(b << 32 >> 32), unit.fromLong32(b >> 32));
    }

    @Insn("66 0F 2A /r | cvtpi2pd Vdq, Qq | high=cvtpi2pdHigh")
    static long cvtpi2pd(long b) {
        return Double.doubleToRawLongBits((int) b);
    }

    static long cvtpi2pdHigh(long b) {
        return Double.doubleToRawLongBits((int) (b >>> 32));
    }

    @Insn("NP 0F 2D /r | cvtps2pi Pq, Wq")
    static long cvtps2pi(long b, SseUnit unit) {
        return Lanes.pair(unit.round32(b, 32), unit.round32(b >>> 32, 32));
    }

    @Insn("NP 0F 2C /r | cvttps2pi Pq, Wq")
    static long cvttps2pi(long b, SseUnit unit) {
        return Lanes.pair(unit.truncate32(b, 32), unit.truncate32(b >>> 32, 32));
    }

    @Insn("66 0F 2D /r | cvtpd2pi Pq, Wdq")
    static long cvtpd2pi(long bLo, long bHi, SseUnit unit) {
        return Lanes.pair(unit.round64(bLo, 32), unit.round64(bHi, 32));
    }

    @Insn("66 0F 2C /r | cvttpd2pi Pq, Wdq")
    static long cvttpd2pi(long bLo, long bHi, SseUnit unit) {
        return Lanes.pair(unit.truncate64(bLo, 32), unit.truncate64(bHi, 32));
    }
}
