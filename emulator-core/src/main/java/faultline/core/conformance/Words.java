package faultline.core.conformance;

import java.nio.ByteOrder;

/// Instructions that are words of 32 bits: their bits and bytes.
public final class Words {

    private Words() {}

    /// The words as code of an architecture whose bytes have that order.
    public static byte[] bytes(ByteOrder order, int... words) {
        byte[] bytes = new byte[Integer.BYTES * words.length];
        int first = order == ByteOrder.LITTLE_ENDIAN ? 0 : Integer.BYTES - 1;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i ^ first] = (byte) (words[i / Integer.BYTES] >>> Byte.SIZE * (i % Integer.BYTES));
        }
        return bytes;
    }

    /// The first word of code of an architecture whose bytes have that order.
    public static int first(ByteOrder order, byte[] code) {
        int word = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            int at = order == ByteOrder.BIG_ENDIAN ? i : Integer.BYTES - 1 - i;
            word = word << Byte.SIZE | code[at] & 0xff;
        }
        return word;
    }

    /// So many bits from the bit `shift` up.
    public static int field(int word, int shift, int width) {
        return word >>> shift & (1 << width) - 1;
    }

    /// The same as a signed number.
    public static int signedField(int word, int shift, int width) {
        return word << 32 - shift - width >> 32 - width;
    }

    public static boolean is(int word, int mask, int value) {
        return (word & mask) == value;
    }
}
