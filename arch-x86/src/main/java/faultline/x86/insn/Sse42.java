package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.simd.Lanes;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;

/// SSE4.2 String and Text Processing, and Packed Comparison Instructions (SDM volume 1, 5.11, and
/// volume 2, 4.1).
///
/// CRC32 is in [BitByte], as 5.1.6 has it.
final class Sse42 {

    // What the immediate says.
    private static final int WORDS = 1;
    private static final int SIGNED = 1 << 1;
    private static final int NEGATED = 1 << 4;
    private static final int NEGATED_VALID_ONLY = 1 << 5;

    /// The index of the last match, or a mask of whole elements.
    private static final int LAST_OR_EXPANDED = 1 << 6;

    private Sse42() {}

    @Insn("66 0F 38 37 /r ?SSE4_2 | pcmpgtq Vdq, Wdq")
    static long pcmpgtq(long a, long b) {
        return a > b ? -1 : 0;
    }

    /// Strings that end at a zero element; the index goes to ECX.
    @Insn("66 0F 3A 63 /r ib ?SSE4_2 | pcmpistri Vdq, Wdq, Ib | unaligned")
    static void pcmpistri(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        index(cpu, new Text(aLo, aHi, c), new Text(bLo, bHi, c), (int) c);
    }

    /// The same with the mask to XMM0.
    @Insn("66 0F 3A 62 /r ib ?SSE4_2 | pcmpistrm Vdq, Wdq, Ib | unaligned")
    static void pcmpistrm(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        mask(cpu, new Text(aLo, aHi, c), new Text(bLo, bHi, c), (int) c);
    }

    /// Strings whose lengths are in EAX and EDX, RAX and RDX with REX.W.
    @Insn("66 0F 3A 61 /r ib W0 ?SSE4_2 | pcmpestri Vdq, Wdq, Ib | unaligned")
    static void pcmpestri(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        long[] r = cpu.r;
        index(cpu, new Text(aLo, aHi, c, (int) r[X86Cpu.RAX]), new Text(bLo, bHi, c, (int) r[X86Cpu.RDX]), (int) c);
    }

    @Insn("66 0F 3A 61 /r ib W1 ?SSE4_2 | pcmpestri Vdq, Wdq, Ib | unaligned")
    static void pcmpestri64(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        long[] r = cpu.r;
        index(cpu, new Text(aLo, aHi, c, r[X86Cpu.RAX]), new Text(bLo, bHi, c, r[X86Cpu.RDX]), (int) c);
    }

    @Insn("66 0F 3A 60 /r ib W0 ?SSE4_2 | pcmpestrm Vdq, Wdq, Ib | unaligned")
    static void pcmpestrm(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        long[] r = cpu.r;
        mask(cpu, new Text(aLo, aHi, c, (int) r[X86Cpu.RAX]), new Text(bLo, bHi, c, (int) r[X86Cpu.RDX]), (int) c);
    }

    @Insn("66 0F 3A 60 /r ib W1 ?SSE4_2 | pcmpestrm Vdq, Wdq, Ib | unaligned")
    static void pcmpestrm64(X86Cpu cpu, long aLo, long aHi, long bLo, long bHi, long c) {
        long[] r = cpu.r;
        mask(cpu, new Text(aLo, aHi, c, r[X86Cpu.RAX]), new Text(bLo, bHi, c, r[X86Cpu.RDX]), (int) c);
    }

    private static void index(X86Cpu cpu, Text a, Text b, int how) {
        int matches = matches(a, b, how);
        int index = a.elements;
        if (matches != 0) {
            index = (how & LAST_OR_EXPANDED) != 0
                    ? 31 - Integer.numberOfLeadingZeros(matches)
                    : Integer.numberOfTrailingZeros(matches);
        }
        cpu.r[X86Cpu.RCX] = index;
        setFlags(cpu, a, b, matches);
    }

    private static void mask(X86Cpu cpu, Text a, Text b, int how) {
        int matches = matches(a, b, how);
        long low = matches;
        long high = 0;
        if ((how & LAST_OR_EXPANDED) != 0) {
            int perHalf = a.elements / 2;
            low = expanded(matches, perHalf);
            high = expanded(matches >> perHalf, perHalf);
        }
        cpu.v[0] = low;
        cpu.v[1] = high;
        setFlags(cpu, a, b, matches);
    }

    private static long expanded(int matches, int elements) {
        int bits = 64 / elements;
        long r = 0;
        for (int i = 0; i < elements; i++) {
            r |= (matches >> i & 1) * ((1L << bits) - 1) << i * bits;
        }
        return r;
    }

    /// CF: any match; OF: the first place matches; ZF and SF: the second and the first string end.
    private static void setFlags(X86Cpu cpu, Text a, Text b, int matches) {
        Flags.setImage(
                cpu,
                (matches != 0 ? Flags.CF : 0)
                        | ((matches & 1) != 0 ? Flags.OF : 0)
                        | (b.length < b.elements ? Flags.ZF : 0)
                        | (a.length < a.elements ? Flags.SF : 0));
    }

    /// A bit for each place of the second string where the comparison of bits 2 and 3 holds,
    /// negated as bits 4 and 5 say.
    private static int matches(Text a, Text b, int how) {
        int matches = 0;
        for (int place = 0; place < b.elements; place++) {
            boolean match = switch (how >> 2 & 3) {
                case 0 -> isAny(a, b, place);
                case 1 -> isInRange(a, b, place);
                case 2 -> isEqual(a, b, place, place);
                default -> begins(a, b, place);
            };
            matches |= match ? 1 << place : 0;
        }
        if ((how & NEGATED) == 0) {
            return matches;
        }
        int all = (1 << b.elements) - 1;
        return matches ^ ((how & NEGATED_VALID_ONLY) != 0 ? (1 << b.length) - 1 : all);
    }

    /// Equal any: whether an element of the second string is in the first, a set.
    private static boolean isAny(Text set, Text b, int place) {
        if (place >= b.length) {
            return false;
        }
        for (int i = 0; i < set.length; i++) {
            if (set.at(i) == b.at(place)) {
                return true;
            }
        }
        return false;
    }

    /// Ranges: whether it is within one of the pairs of the first string.
    private static boolean isInRange(Text ranges, Text b, int place) {
        if (place >= b.length) {
            return false;
        }
        for (int i = 0; i + 1 < ranges.length; i += 2) {
            if (ranges.at(i) <= b.at(place) && b.at(place) <= ranges.at(i + 1)) {
                return true;
            }
        }
        return false;
    }

    /// Equal each: both behind their ends are equal, only one is not.
    private static boolean isEqual(Text a, Text b, int i, int place) {
        boolean inside = i < a.length;
        return inside == place < b.length && (!inside || a.at(i) == b.at(place));
    }

    /// Equal ordered: whether the first string, as far as it fits, begins at a place of the second.
    private static boolean begins(Text sought, Text b, int place) {
        for (int i = 0; i < sought.length && place + i < b.elements; i++) {
            if (!isEqual(sought, b, i, place + i)) {
                return false;
            }
        }
        return true;
    }

    /// A register as sixteen bytes or eight words, signed or not, of which the first `length`
    /// count.
    private static final class Text {
        final int elements;
        final int length;
        private final long low;
        private final long high;
        private final boolean words;
        private final boolean signed;

        /// Up to its first zero.
        Text(long low, long high, long how) {
            this(low, high, how, Long.MAX_VALUE, true);
        }

        /// Of the magnitude of an explicit length, at most all of it.
        Text(long low, long high, long how, long length) {
            this(low, high, how, length, false);
        }

        private Text(long low, long high, long how, long given, boolean terminated) {
            this.low = low;
            this.high = high;
            words = (how & WORDS) != 0;
            signed = (how & SIGNED) != 0;
            elements = words ? 8 : 16;
            long magnitude = given == Long.MIN_VALUE ? elements : Math.min(Math.abs(given), elements);
            int end = (int) magnitude;
            if (terminated) {
                end = 0;
                while (end < elements && at(end) != 0) {
                    end++;
                }
            }
            length = end;
        }

        int at(int i) {
            if (words) {
                long half = i < 4 ? low : high;
                return signed ? Lanes.s16(half, i & 3) : Lanes.u16(half, i & 3);
            }
            long half = i < 8 ? low : high;
            return signed ? Lanes.s8(half, i & 7) : Lanes.u8(half, i & 7);
        }
    }
}
