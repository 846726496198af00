package faultline.ppc64.insn;

/// Densely packed decimal: three digits in ten bits (Power ISA Book I, appendix on DPD).
final class Declets {

    private Declets() {}

    /// The three digits of a declet, four bits each.
    static long digits(int declet) {
        long p = declet >> 7 & 7;
        int s = declet >> 4 & 7;
        int small = declet & 15;
        int low = declet & 7;
        if ((declet & 8) == 0) {
            return p << 8 | s << 4 | low;
        }
        int ones = declet & 1;
        return switch (small >> 1 & 3) {
            case 0 -> p << 8 | s << 4 | 8 | ones;
            case 1 -> p << 8 | (8 | s & 1) << 4 | s & 6 | ones;
            case 2 -> (8 | p & 1) << 8 | s << 4 | p & 6 | ones;
            default -> largeDigits(p, s, ones);
        };
    }

    /// The digits where more than one of them is 8 or 9.
    private static long largeDigits(long p, int s, int ones) {
        long large = 8L << 8 | 8 << 4 | 8;
        long bits = (p & 1) << 8 | (s & 1) << 4 | ones;
        return switch (s >> 1) {
            case 0 -> (large & 0xff0 | bits) & ~0xe | p & 6;
            case 1 -> (large & 0xf0f | bits) & ~0xe0 | (p & 6) << 4;
            case 2 -> (large & 0x0ff | bits) & ~0xe00 | (p & 6) << 8;
            default -> large | bits;
        };
    }

    /// The declet of three digits. What is no digit gives the declet of its bits.
    static long declet(int digits) {
        int a = digits >> 8 & 15;
        int b = digits >> 4 & 15;
        int c = digits & 15;
        int ones = (a & 1) << 7 | (b & 1) << 4 | c & 1;
        int high = a >> 1 & 3;
        int middle = b >> 1 & 3;
        int low = c >> 1 & 3;
        return switch (a >> 3 << 2 | b >> 3 << 1 | c >> 3) {
            case 0b000 -> ones | high << 8 | middle << 5 | low << 1;
            case 0b001 -> ones | high << 8 | middle << 5 | 0b1000;
            case 0b010 -> ones | high << 8 | low << 5 | 0b1010;
            case 0b100 -> ones | low << 8 | middle << 5 | 0b1100;
            case 0b110 -> ones | low << 8 | 0b00_0_1110;
            case 0b101 -> ones | middle << 8 | 0b01_0_1110;
            case 0b011 -> ones | high << 8 | 0b10_0_1110;
            default -> ones | 0b11_0_1110;
        };
    }
}
