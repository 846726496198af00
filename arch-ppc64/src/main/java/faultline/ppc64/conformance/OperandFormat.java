package faultline.ppc64.conformance;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a register or memory holds for an instruction, as far as its mnemonic tells.
enum OperandFormat {
    INTEGER,
    HALF,
    SINGLE,
    /// A number of single precision in the format of doubles.
    SINGLE_AS_DOUBLE,
    DOUBLE,
    QUAD,
    /// Packed decimal digits with a sign.
    DECIMAL;

    private static final Pattern CONVERSION = Pattern.compile("[xvs]+cv([hsdq]p|[su][xdw]).*");
    private static final Pattern SCALAR_OR_VECTOR = Pattern.compile("x[sv].*([sdq]p)[io]?[czpm]?");

    /// Vector instructions on numbers of single precision that do not say so at the end.
    private static final Pattern VECTOR_SINGLE = Pattern.compile("v.*fp|vrfi[mnpz]|vcmp\\w+fp|vct[su]xs");

    /// Those of FPRs that take a number of double precision, or an integer, whatever their ending.
    private static final Set<String> NO_SINGLES = Set.of("fabs", "fnabs", "frsp", "fcfids", "fcfidus");

    static OperandFormat of(String mnemonic) {
        String name = mnemonic.replaceAll("\\.|<\\w+>", "");
        Matcher conversion = CONVERSION.matcher(name);
        if (conversion.matches()) {
            return ofSuffix(conversion.group(1), name.charAt(1) == 'v');
        }
        Matcher vsx = SCALAR_OR_VECTOR.matcher(name);
        if (vsx.matches()) {
            return ofSuffix(vsx.group(1), name.charAt(1) == 'v');
        }
        if (VECTOR_SINGLE.matcher(name).matches()) {
            return SINGLE;
        }
        if (name.startsWith("bcd") || name.startsWith("vmul10") || name.equals("cbcdtd") || name.equals("addg6s")) {
            return DECIMAL;
        }
        if (name.startsWith("f") && !name.startsWith("fcfid") || name.startsWith("stf") || name.startsWith("stxs")) {
            boolean single = name.endsWith("s") && !NO_SINGLES.contains(name) || name.startsWith("stfs");
            return single ? SINGLE_AS_DOUBLE : DOUBLE;
        }
        return INTEGER;
    }

    private static OperandFormat ofSuffix(String suffix, boolean vector) {
        return switch (suffix) {
            case "hp" -> HALF;
            case "sp" -> vector ? SINGLE : SINGLE_AS_DOUBLE;
            case "dp" -> DOUBLE;
            case "qp" -> QUAD;
            default -> INTEGER;
        };
    }

    /// What memory holds for a load.
    static OperandFormat ofMemory(String mnemonic) {
        if (mnemonic.startsWith("lfs") || mnemonic.startsWith("lxssp")) {
            return SINGLE;
        }
        return mnemonic.startsWith("lfd") || mnemonic.startsWith("lxsd") ? DOUBLE : INTEGER;
    }
}
