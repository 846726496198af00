package faultline.ppc64.insn;

import faultline.ppc64.cpu.Ppc64State;

/// Decimals as characters, to and from packed ones (Power ISA Book I 6.17): national, seven UTF-16
/// characters and a sign, and zoned, sixteen EBCDIC or ASCII characters the last of which has a sign
/// where the others have their zone.
final class CharacterDecimal {

    private static final long NATIONAL_DIGITS = 0x000f000f000f000fL;
    private static final long NATIONAL_ZONES = 0x0030003000300030L;
    private static final long NATIONAL_PLUS = 0x2b;
    private static final long NATIONAL_MINUS = 0x2d;

    private static final long ZONED_DIGITS = 0x0f0f0f0f0f0f0f0fL;

    private CharacterDecimal() {}

    // National.

    /// A national decimal as a packed one.
    static long ofNational(long low, long high, int ps, int part) {
        long sign = low & 0xffff;
        long digits = Long.compress(high, NATIONAL_DIGITS) << 12 | Long.compress(low, NATIONAL_DIGITS) >>> 4;
        boolean valid = (high & ~NATIONAL_DIGITS) == NATIONAL_ZONES
                && (low & ~NATIONAL_DIGITS) >>> 16 == NATIONAL_ZONES >>> 16
                && PackedDecimal.isDigits(digits)
                && (sign == NATIONAL_PLUS || sign == NATIONAL_MINUS);
        boolean negative = sign == NATIONAL_MINUS;
        return switch (part) {
            case 0 -> digits << 4 | PackedDecimal.sign(negative, ps);
            case 1 -> 0;
            default -> valid ? PackedDecimal.field(negative, digits == 0, false) : Ppc64State.SO;
        };
    }

    /// A packed decimal as a national one.
    static long national(long low, long high, int part) {
        return switch (part) {
            case 0 -> Long.expand(low >>> 4, NATIONAL_DIGITS) << 16 | NATIONAL_ZONES << 16 | sign(low);
            case 1 -> Long.expand(low >>> 16, NATIONAL_DIGITS) | NATIONAL_ZONES;
            default -> field(low, high, high != 0 || low >>> 32 != 0);
        };
    }

    private static long sign(long low) {
        return PackedDecimal.isNegative(low) ? NATIONAL_MINUS : NATIONAL_PLUS;
    }

    private static long field(long low, long high, boolean overflow) {
        return PackedDecimal.isValid(low, high)
                ? PackedDecimal.field(PackedDecimal.isNegative(low), PackedDecimal.isZero(low, high), overflow)
                : Ppc64State.SO;
    }

    // Zoned. PS says which zone there is.

    private static long zones(int ps) {
        return ps == 0 ? 0x3030303030303030L : 0xf0f0f0f0f0f0f0f0L;
    }

    /// A zoned decimal as a packed one.
    static long ofZoned(long low, long high, int ps, int part) {
        long sign = low >>> 4 & 15;
        boolean negative = ps == 0 ? (sign & 4) != 0 : PackedDecimal.isMinus(sign);
        long digits = Long.compress(high, ZONED_DIGITS) << 32 | Long.compress(low, ZONED_DIGITS);
        boolean valid = (high & ~ZONED_DIGITS) == zones(ps)
                && (low & ~ZONED_DIGITS) >>> 8 == zones(ps) >>> 8
                && PackedDecimal.isDigits(digits)
                && (ps == 0 || sign > 9);
        return switch (part) {
            case 0 -> digits << 4 | PackedDecimal.sign(negative, 0);
            case 1 -> digits >>> 60;
            default -> valid ? PackedDecimal.field(negative, digits == 0, false) : Ppc64State.SO;
        };
    }

    /// A packed decimal as a zoned one.
    static long zoned(long low, long high, int ps, int part) {
        long sign = ps == 0
                ? (PackedDecimal.isNegative(low) ? 7 : 3)
                : PackedDecimal.sign(PackedDecimal.isNegative(low), 0);
        return switch (part) {
            case 0 -> Long.expand(low >>> 4, ZONED_DIGITS) | zones(ps) & ~0xffL | sign << 4;
            case 1 -> Long.expand(low >>> 36 | high << 28, ZONED_DIGITS) | zones(ps);
            default -> field(low, high, high >>> 4 != 0);
        };
    }
}
