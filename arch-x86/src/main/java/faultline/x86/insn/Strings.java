package faultline.x86.insn;

import faultline.core.isa.Insn;

/// String Instructions (SDM volume 1, 5.1.8).
///
/// One element per execution; a repeated instruction leaves the registers exact after each, so that a fault in the
/// middle restarts where it stopped. I/O strings are in [InputOutput].
final class Strings {

    private Strings() {}

    /// Move an element.
    @Insn("""
            A4 | movs Yb, Xb | rep
            A5 | movs Yv, Xv | rep
            """)
    static long movs(long b) {
        return b;
    }

    /// Compare elements: the first operand is the source.
    @Insn("""
            A6 | cmps Xb, Yb | repz sub -> none
            A7 | cmps Xv, Yv | repz sub -> none
            """)
    static long cmps(long a, long b) {
        return a - b;
    }

    /// Store the accumulator.
    @Insn("""
            AA | stos Yb, AL  | rep
            AB | stos Yv, rAX | rep
            """)
    static long stos(long b) {
        return b;
    }

    /// Load the accumulator.
    @Insn("""
            AC | lods AL, Xb  | rep
            AD | lods rAX, Xv | rep
            """)
    static long lods(long b) {
        return b;
    }

    /// Compare the accumulator with an element.
    @Insn("""
            AE | scas AL, Yb  | repz sub -> none
            AF | scas rAX, Yv | repz sub -> none
            """)
    static long scas(long a, long b) {
        return a - b;
    }
}
