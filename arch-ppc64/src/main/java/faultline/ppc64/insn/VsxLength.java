package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;

/// VSX vectors of as many bytes as the top byte of RB says (Power ISA Book I 7.6.1, load and store with
/// length). Where that is 0, nothing is accessed.
final class VsxLength {

    private static final int BYTES = 16;

    private VsxLength() {}

    private static int length(long rb) {
        return (int) Math.min(rb >>> 56, BYTES);
    }

    /// Half of what is loaded, with the first byte at the low end or at the high one, and zeroes behind it.
    private static long load(Mem mem, long ea, int length, boolean fromLow, int half) {
        if (length == 0) {
            return 0;
        }
        mem.probeRead(ea, length);
        int first = fromLow ? 8 * half : 8 - 8 * half;
        long value = 0;
        for (int i = first; i < Math.min(first + 8, length); i++) {
            value |= Byte.toUnsignedLong(mem.load8(ea + i)) << shift(i, fromLow);
        }
        return value;
    }

    /// Where byte `i` is in its half.
    private static int shift(int i, boolean fromLow) {
        return 8 * (fromLow ? i & 7 : ~i & 7);
    }

    private static void store(Mem mem, long ea, int length, boolean fromLow, long low, long high) {
        if (length == 0) {
            return;
        }
        mem.probeWrite(ea, length);
        for (int i = 0; i < length; i++) {
            long half = i < 8 == fromLow ? low : high;
            mem.store8(ea + i, (byte) (half >>> shift(i, fromLow)));
        }
    }

    /// Load VSX vector with length.
    @Insn("011111 t:5 ra:5 rb:5 01000 01101 tx:1 xt=tx:t ?P9 | lxvl xt,ra|0,rb | ea:=ra")
    static long lxvl(Mem mem, long ea, long rb, int half) {
        return load(mem, ea, length(rb), !mem.isBigEndian(), half);
    }

    /// Load VSX vector left-justified with length: the first byte is the first, whatever the byte order is.
    @Insn("011111 t:5 ra:5 rb:5 01001 01101 tx:1 xt=tx:t ?P9 | lxvll xt,ra|0,rb | ea:=ra")
    static long lxvll(Mem mem, long ea, long rb, int half) {
        return load(mem, ea, length(rb), false, half);
    }

    /// Store VSX vector with length.
    @Insn("011111 s:5 ra:5 rb:5 01100 01101 sx:1 xs=sx:s ?P9 | stxvl xs,ra|0,rb | ea:=ra")
    static void stxvl(Mem mem, long ea, long rb, long xsLo, long xsHi) {
        store(mem, ea, length(rb), !mem.isBigEndian(), xsLo, xsHi);
    }

    /// Store VSX vector left-justified with length.
    @Insn("011111 s:5 ra:5 rb:5 01101 01101 sx:1 xs=sx:s ?P9 | stxvll xs,ra|0,rb | ea:=ra")
    static void stxvll(Mem mem, long ea, long rb, long xsLo, long xsHi) {
        store(mem, ea, length(rb), false, xsLo, xsHi);
    }
}
