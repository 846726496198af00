package faultline.arm64.conformance;

import faultline.core.conformance.BulkOperation;
import faultline.core.conformance.HardFloats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The operations of floating point for bulk comparison, scalar and vector (Arm ARM C4.1.95 and
/// C4.1.90): V3 is the destination and third operand, V0 and V1 (or X1) are the operands.
final class FloatOperations {

    /// A format with its bits in scalar encodings, and what assemblers call its registers.
    private record Format(HardFloats floats, int type, String letter) {
        int lanes() {
            return 128 / floats.width();
        }

        boolean isHalf() {
            return floats == HardFloats.HALF;
        }

        /// Whether elements are 64 bits wide, in bit 22 of vector encodings.
        int wide() {
            return floats == HardFloats.DOUBLE ? 1 << 22 : 0;
        }
    }

    private static final List<Format> FORMATS = List.of(
            new Format(HardFloats.HALF, 3, "h"),
            new Format(HardFloats.SINGLE, 0, "s"),
            new Format(HardFloats.DOUBLE, 1, "d"));

    private static final int DESTINATION = 3;

    /// V1 as the second operand.
    private static final int SECOND = 1 << 16;

    private static final int GENERAL_SOURCE = 1 << 5;
    private static final int GENERAL_DESTINATION = 1;
    private static final int QUAD = 1 << 30;

    private final List<BulkOperation> all = new ArrayList<>();

    private FloatOperations() {}

    static List<BulkOperation> all() {
        FloatOperations operations = new FloatOperations();
        for (Format format : FORMATS) {
            operations.arithmetic(format);
            operations.conversions(format);
            operations.vectors(format);
            operations.complex(format);
        }
        operations.betweenFormats();
        operations.products();
        return List.copyOf(operations.all);
    }

    private void add(
            String name,
            int lanes,
            int word,
            @Nullable HardFloats first,
            @Nullable HardFloats second,
            @Nullable HardFloats third) {
        all.add(new BulkProgram(name, lanes, word, first, second, third));
    }

    private void same(String name, Format format, int lanes, int word) {
        add(name, lanes, word | DESTINATION, format.floats, format.floats, format.floats);
    }

    private void arithmetic(Format format) {
        int type = format.type << 22;
        String suffix = "-" + format.letter;
        String[] two = {"fmul", "fdiv", "fadd", "fsub", "fmax", "fmin", "fmaxnm", "fminnm", "fnmul"};
        for (int i = 0; i < two.length; i++) {
            same(two[i] + suffix, format, 1, 0x1e200800 | type | SECOND | i << 12);
        }
        String[] three = {"fmadd", "fmsub", "fnmadd", "fnmsub"};
        for (int i = 0; i < three.length; i++) {
            int word = 0x1f000000 | type | SECOND | (i >> 1) << 21 | (i & 1) << 15 | DESTINATION << 10;
            same(three[i] + suffix, format, 1, word);
        }
        String[] one = {"fsqrt", "frintn", "frintp", "frintm", "frintz", "frinta", "frintx", "frinti"};
        int[] opcodes = {3, 8, 9, 10, 11, 12, 14, 15};
        for (int i = 0; i < one.length; i++) {
            same(one[i] + suffix, format, 1, 0x1e204000 | type | opcodes[i] << 15);
        }
        String[] compare = {"fcmp", "fcmp0", "fcmpe", "fcmpe0"};
        for (int i = 0; i < compare.length; i++) {
            int word = 0x1e202000 | type | SECOND | i << 3;
            add(compare[i] + suffix, 1, word, format.floats, format.floats, format.floats);
        }
    }

    private void conversions(Format format) {
        String[] modes = {"n", "p", "m", "z"};
        for (int wide = 0; wide < 2; wide++) {
            String suffix = "-" + format.letter + (wide == 0 ? "w" : "x");
            int base = 0x1e200000 | wide << 31 | format.type << 22;
            for (int mode = 0; mode < modes.length; mode++) {
                toInteger("fcvt" + modes[mode] + "s" + suffix, format, base | mode << 19);
                toInteger("fcvt" + modes[mode] + "u" + suffix, format, base | mode << 19 | 1 << 16);
            }
            toInteger("fcvtas" + suffix, format, base | 4 << 16);
            toInteger("fcvtau" + suffix, format, base | 5 << 16);
            fromInteger("scvtf" + suffix, format, base | 2 << 16);
            fromInteger("ucvtf" + suffix, format, base | 3 << 16);
            // To and from numbers with 13 bits behind the point.
            int fixed = 0x1e000000 | wide << 31 | format.type << 22 | 64 - 13 << 10;
            fromInteger("scvtf-fixed" + suffix, format, fixed | 2 << 16);
            fromInteger("ucvtf-fixed" + suffix, format, fixed | 3 << 16);
            toInteger("fcvtzs-fixed" + suffix, format, fixed | 3 << 19);
            toInteger("fcvtzu-fixed" + suffix, format, fixed | 3 << 19 | 1 << 16);
        }
    }

    private void toInteger(String name, Format format, int word) {
        add(name, 1, word | GENERAL_DESTINATION, format.floats, null, null);
    }

    private void fromInteger(String name, Format format, int word) {
        add(name, 1, word | GENERAL_SOURCE | DESTINATION, null, null, format.floats);
    }

    /// Vector operations by U, a and opcode.
    private void vectors(Format format) {
        String[] three = {
            "fmaxnm 0 0 24", "fmla 0 0 25", "fadd 0 0 26", "fmulx 0 0 27", "fcmeq 0 0 28", "fmax 0 0 30",
            "frecps 0 0 31", "fminnm 0 1 24", "fmls 0 1 25", "fsub 0 1 26", "fmin 0 1 30", "frsqrts 0 1 31",
            "fmaxnmp 1 0 24", "faddp 1 0 26", "fmul 1 0 27", "fcmge 1 0 28", "facge 1 0 29", "fmaxp 1 0 30",
            "fdiv 1 0 31", "fminnmp 1 1 24", "fabd 1 1 26", "fcmgt 1 1 28", "facgt 1 1 29", "fminp 1 1 30"
        };
        for (String one : three) {
            String[] parts = one.split(" ");
            int opcode = Integer.parseInt(parts[3]);
            int word = format.isHalf() ? 0x0e400400 | (opcode & 7) << 11 : 0x0e200400 | format.wide() | opcode << 11;
            vector(parts, format, word | SECOND);
        }
        String[] two = {
            "frintn 0 0 24", "frintm 0 0 25", "fcvtns 0 0 26", "fcvtms 0 0 27", "fcvtas 0 0 28", "scvtf 0 0 29",
            "frintp 0 1 24", "frintz 0 1 25", "fcvtps 0 1 26", "fcvtzs 0 1 27", "frecpe 0 1 29", "frinta 1 0 24",
            "frintx 1 0 25", "fcvtnu 1 0 26", "fcvtmu 1 0 27", "fcvtau 1 0 28", "ucvtf 1 0 29", "frinti 1 1 25",
            "fcvtpu 1 1 26", "fcvtzu 1 1 27", "frsqrte 1 1 29", "fsqrt 1 1 31", "fcmgt0 0 1 12", "fcmeq0 0 1 13",
            "fcmlt0 0 1 14", "fcmge0 1 1 12", "fcmle0 1 1 13"
        };
        for (String one : two) {
            String[] parts = one.split(" ");
            int word = (format.isHalf() ? 0x0e780800 : 0x0e200800 | format.wide()) | Integer.parseInt(parts[3]) << 12;
            vector(parts, format, word);
        }
        int scalar = format.isHalf() ? 0x5ef9f800 : 0x5ea1f800 | format.wide();
        same("frecpx-" + format.letter, format, 1, scalar);
    }

    private void vector(String[] parts, Format format, int word) {
        int bits = Integer.parseInt(parts[1]) << 29 | Integer.parseInt(parts[2]) << 23;
        same(parts[0] + "-" + format.lanes() + format.letter, format, format.lanes(), word | bits | QUAD);
    }

    private void complex(Format format) {
        int size = (format.isHalf() ? 1 : 2 + (format.wide() >> 22)) << 22;
        String suffix = "-" + format.lanes() + format.letter;
        for (int rotation = 0; rotation < 4; rotation++) {
            int word = 0x2e00c400 | QUAD | size | SECOND | rotation << 11;
            same("fcmla" + 90 * rotation + suffix, format, format.lanes(), word);
        }
        same("fcadd90" + suffix, format, format.lanes(), 0x2e00e400 | QUAD | size | SECOND);
        same("fcadd270" + suffix, format, format.lanes(), 0x2e00f400 | QUAD | size | SECOND);
    }

    private void betweenFormats() {
        HardFloats half = HardFloats.HALF;
        HardFloats single = HardFloats.SINGLE;
        HardFloats twice = HardFloats.DOUBLE;
        add("fcvt-sh", 1, 0x1e23c000 | DESTINATION, single, null, half);
        add("fcvt-sd", 1, 0x1e22c000 | DESTINATION, single, null, twice);
        add("fcvt-ds", 1, 0x1e624000 | DESTINATION, twice, null, single);
        add("fcvt-dh", 1, 0x1e63c000 | DESTINATION, twice, null, half);
        add("fcvt-hs", 1, 0x1ee24000 | DESTINATION, half, null, single);
        add("fcvt-hd", 1, 0x1ee2c000 | DESTINATION, half, null, twice);
        add("fcvtn-4h", 4, 0x0e216800 | DESTINATION, single, null, half);
        add("fcvtn-2s", 2, 0x0e616800 | DESTINATION, twice, null, single);
        add("fcvtl-4s", 4, 0x0e217800 | DESTINATION, half, null, single);
        add("fcvtl-2d", 2, 0x0e617800 | DESTINATION, single, null, twice);
        add("fcvtxn-2s", 2, 0x2e616800 | DESTINATION, twice, null, single);
        add("fjcvtzs", 1, 0x1e7e0000 | GENERAL_DESTINATION, twice, null, null);
    }

    /// Products of half precision summed in single.
    private void products() {
        HardFloats half = HardFloats.HALF;
        HardFloats single = HardFloats.SINGLE;
        add("fmlal-4s", 4, 0x4e20ec00 | SECOND | DESTINATION, half, half, single);
        add("fmlsl-4s", 4, 0x4ea0ec00 | SECOND | DESTINATION, half, half, single);
        add("fmlal2-4s", 4, 0x6e20cc00 | SECOND | DESTINATION, half, half, single);
        add("fmlsl2-4s", 4, 0x6ea0cc00 | SECOND | DESTINATION, half, half, single);
    }
}
