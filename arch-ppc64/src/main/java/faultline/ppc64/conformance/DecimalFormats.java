package faultline.ppc64.conformance;

import static faultline.core.conformance.Words.field;

import faultline.core.conformance.TestVector;

/// Which operands are decimals to the instructions that take them (Book I 6.17): of any other the
/// result is undefined.
final class DecimalFormats {

    private static final int DIGITS = 16;
    private static final int LARGEST = 9;
    private static final int FIRST_SIGN = 10;

    // The other formats: characters of 16 bits, and digits with a zone.

    private static final int NATIONAL_PLUS = 0x2b;
    private static final int NATIONAL_MINUS = 0x2d;
    private static final int NATIONAL_ZERO = 0x30;
    private static final int ASCII_ZONE = 0x3;
    private static final int EBCDIC_ZONE = 0xf;

    private DecimalFormats() {}

    /// Whether the operands of an instruction are what it takes.
    static boolean areValid(String mnemonic, int word, TestVector vector) {
        long[] words = vector.before;
        int a = PowerState.high(32 + field(word, 16, 5));
        int b = PowerState.high(32 + field(word, 11, 5));
        return switch (mnemonic) {
            case "bcdadd.", "bcdsub.", "bcdcpsgn." -> isSigned(words, a) && isSigned(words, b);
            case "bcdsetsgn.", "bcdctn.", "bcdctz.", "bcdctsq.", "bcds.", "bcdsr.", "bcdtrunc." -> isSigned(words, b);
            case "bcdus.", "bcdutrunc." -> areDigits(words[b], 0) && areDigits(words[b - 1], 0);
            case "bcdcfn." -> isNational(words, b);
            case "bcdcfz." -> isZoned(words, b, field(word, 9, 1) != 0);
            default -> true;
        };
    }

    private static boolean isSigned(long[] words, int high) {
        return areDigits(words[high], 0) && areDigits(words[high - 1], 1) && (words[high - 1] & 15) >= FIRST_SIGN;
    }

    /// Whether all digits are decimal, but for so many on the right.
    private static boolean areDigits(long digits, int without) {
        for (int n = without; n < DIGITS; n++) {
            if ((digits >>> 4 * n & 15) > LARGEST) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNational(long[] words, int high) {
        int sign = (int) words[high - 1] & 0xffff;
        boolean valid = sign == NATIONAL_PLUS || sign == NATIONAL_MINUS;
        for (int n = 1; n < 8; n++) {
            int character = (int) (words[high - 1 + n / 4] >>> 16 * (n % 4)) & 0xffff;
            valid &= character >= NATIONAL_ZERO && character <= NATIONAL_ZERO + LARGEST;
        }
        return valid;
    }

    private static boolean isZoned(long[] words, int high, boolean ebcdic) {
        int zone = ebcdic ? EBCDIC_ZONE : ASCII_ZONE;
        boolean valid = true;
        for (int n = 0; n < 16; n++) {
            int code = (int) (words[high - 1 + n / 8] >>> 8 * (n % 8)) & 0xff;
            boolean isSign = n == 0 && (!ebcdic || code >> 4 >= FIRST_SIGN);
            valid &= (code & 15) <= LARGEST && (isSign || code >> 4 == zone);
        }
        return valid;
    }
}
