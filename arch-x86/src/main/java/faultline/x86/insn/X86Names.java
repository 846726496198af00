package faultline.x86.insn;

import faultline.core.isa.OpcodeNames;

/// The names of registers and conditions in assembly text (SDM Vol. 1, 3.4; Vol. 2, appendix B).
public final class X86Names implements OpcodeNames {

    private static final String[] CLASSIC = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] LOW = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH = {"ah", "ch", "dh", "bh"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };

    public X86Names() {}

    @Override
    public String general(int number, int bits, boolean high) {
        if (number >= 8) {
            String suffix = switch (bits) {
                case 8 -> "b";
                case 16 -> "w";
                case 32 -> "d";
                default -> "";
            };
            return "r" + number + suffix;
        }
        return switch (bits) {
            case 8 -> high ? HIGH[number] : LOW[number];
            case 16 -> CLASSIC[number];
            case 32 -> "e" + CLASSIC[number];
            default -> "r" + CLASSIC[number];
        };
    }

    @Override
    public String vector(int number) {
        return "xmm" + number;
    }

    @Override
    public String mmx(int number) {
        return "mm" + number;
    }

    @Override
    public String stack(int index) {
        return "st(" + index + ")";
    }

    @Override
    public String segment(int number) {
        return SEGMENTS[number];
    }

    @Override
    public String control(int number) {
        return "cr" + number;
    }

    @Override
    public String debug(int number) {
        return "dr" + number;
    }

    @Override
    public String programCounter(boolean narrow) {
        return narrow ? "eip" : "rip";
    }

    @Override
    public String condition(int number) {
        return CONDITIONS[number];
    }
}
