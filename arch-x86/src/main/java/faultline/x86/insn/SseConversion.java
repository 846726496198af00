package faultline.x86.insn;

import faultline.core.isa.Insn;

/// SSE and SSE2 Conversion Instructions (SDM volume 1, 5.5.1.6, 5.6.1.6, 5.6.2).
///
/// Conversions to integers round to the nearest even value, or truncate where the mnemonic says so;
/// what does not fit becomes the integer indefinite, the most negative number.
final class SseConversion {

    private SseConversion() {}

    @Insn("F2 0F 2A /r | cvtsi2sd Vq, Ey")
    static long cvtsi2sd(long b) {
        return Double.doubleToRawLongBits((double) b);
    }

    @Insn("F3 0F 2A /r | cvtsi2ss Vd, Ey")
    static long cvtsi2ss(long b) {
        return Float.floatToRawIntBits((float) b);
    }

    @Insn("F2 0F 2C /r | cvttsd2si Gy, Wq")
    static long cvttsd2si(long b, int bits) {
        return integer(Floats.truncate(Floats.d(b)), bits);
    }

    @Insn("F2 0F 2D /r | cvtsd2si Gy, Wq")
    static long cvtsd2si(long b, int bits) {
        return integer(Math.rint(Floats.d(b)), bits);
    }

    @Insn("F3 0F 2C /r | cvttss2si Gy, Wd")
    static long cvttss2si(long b, int bits) {
        return integer(Floats.truncate(Floats.f(b)), bits);
    }

    @Insn("F3 0F 2D /r | cvtss2si Gy, Wd")
    static long cvtss2si(long b, int bits) {
        return integer(Math.rint(Floats.f(b)), bits);
    }

    private static long integer(double rounded, int bits) {
        return bits == 64 ? Floats.toLong(rounded) : Floats.toInt(rounded);
    }

    @Insn("F3 0F 5A /r | cvtss2sd Vq, Wd")
    static long cvtss2sd(long b) {
        return Floats.widen(b);
    }

    @Insn("F2 0F 5A /r | cvtsd2ss Vd, Wq")
    static long cvtsd2ss(long b) {
        return Floats.narrow(b);
    }

    @Insn("NP 0F 5A /r | cvtps2pd Vdq, Wq | high=cvtps2pdHigh")
    static long cvtps2pd(long b) {
        return Floats.widen(b);
    }

    static long cvtps2pdHigh(long b) {
        return Floats.widen(b >>> 32);
    }

    @Insn("66 0F 5A /r | cvtpd2ps Vqz, Wdq")
    static long cvtpd2ps(long bLo, long bHi) {
        return Lanes.pair(Floats.narrow(bLo), Floats.narrow(bHi));
    }

    @Insn("NP 0F 5B /r | cvtdq2ps Vdq, Wdq")
    static long cvtdq2ps(long b) {
        return Lanes.pair(Float.floatToRawIntBits((int) b), Float.floatToRawIntBits((int) (b >>> 32)));
    }

    @Insn("66 0F 5B /r | cvtps2dq Vdq, Wdq")
    static long cvtps2dq(long b) {
        return Lanes.pair(Floats.toInt(Math.rint(Floats.f(b))), Floats.toInt(Math.rint(Floats.f(b >>> 32))));
    }

    @Insn("F3 0F 5B /r | cvttps2dq Vdq, Wdq")
    static long cvttps2dq(long b) {
        return Lanes.pair(
                Floats.toInt(Floats.truncate(Floats.f(b))), Floats.toInt(Floats.truncate(Floats.f(b >>> 32))));
    }

    @Insn("F3 0F E6 /r | cvtdq2pd Vdq, Wq | high=cvtdq2pdHigh")
    static long cvtdq2pd(long b) {
        return Double.doubleToRawLongBits((int) b);
    }

    static long cvtdq2pdHigh(long b) {
        return Double.doubleToRawLongBits((int) (b >>> 32));
    }

    @Insn("F2 0F E6 /r | cvtpd2dq Vqz, Wdq")
    static long cvtpd2dq(long bLo, long bHi) {
        return Lanes.pair(Floats.toInt(Math.rint(Floats.d(bLo))), Floats.toInt(Math.rint(Floats.d(bHi))));
    }

    @Insn("66 0F E6 /r | cvttpd2dq Vqz, Wdq")
    static long cvttpd2dq(long bLo, long bHi) {
        return Lanes.pair(Floats.toInt(Floats.truncate(Floats.d(bLo))), Floats.toInt(Floats.truncate(Floats.d(bHi))));
    }
}
