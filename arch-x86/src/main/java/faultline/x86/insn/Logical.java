package faultline.x86.insn;

import faultline.core.isa.Insn;

/// Logical Instructions (SDM volume 1, 5.1.4). CF and OF are cleared.
///
/// AF is undefined; here it is cleared.
final class Logical {

    private Logical() {}

    /// And.
    @Insn("""
            20 /r    | and Eb, Gb  | logic lock
            21 /r    | and Ev, Gv  | logic lock
            22 /r    | and Gb, Eb  | logic
            23 /r    | and Gv, Ev  | logic
            24 ib    | and AL, Ib  | logic
            25 iz    | and rAX, Iz | logic
            80 /4 ib | and Eb, Ib  | logic lock
            81 /4 iz | and Ev, Iz  | logic lock
            83 /4 ib | and Ev, Ib  | logic lock
            """)
    static long and(long a, long b) {
        return a & b;
    }

    /// Or.
    @Insn("""
            08 /r    | or Eb, Gb  | logic lock
            09 /r    | or Ev, Gv  | logic lock
            0A /r    | or Gb, Eb  | logic
            0B /r    | or Gv, Ev  | logic
            0C ib    | or AL, Ib  | logic
            0D iz    | or rAX, Iz | logic
            80 /1 ib | or Eb, Ib  | logic lock
            81 /1 iz | or Ev, Iz  | logic lock
            83 /1 ib | or Ev, Ib  | logic lock
            """)
    static long or(long a, long b) {
        return a | b;
    }

    /// Exclusive or.
    @Insn("""
            30 /r    | xor Eb, Gb  | logic lock
            31 /r    | xor Ev, Gv  | logic lock
            32 /r    | xor Gb, Eb  | logic
            33 /r    | xor Gv, Ev  | logic
            34 ib    | xor AL, Ib  | logic
            35 iz    | xor rAX, Iz | logic
            80 /6 ib | xor Eb, Ib  | logic lock
            81 /6 iz | xor Ev, Iz  | logic lock
            83 /6 ib | xor Ev, Ib  | logic lock
            """)
    static long xor(long a, long b) {
        return a ^ b;
    }

    /// Not; changes no flag.
    @Insn("""
            F6 /2 | not Eb | lock
            F7 /2 | not Ev | lock
            """)
    static long not(long a) {
        return ~a;
    }
}
