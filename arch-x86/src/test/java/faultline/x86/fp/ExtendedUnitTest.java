package faultline.x86.fp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Compares the unit with vectors taken from a CPU by `src/test/native/x87-vectors.c`.
final class ExtendedUnitTest {

    private static final int C0 = 0x100;
    private static final int C1 = 0x200;
    private static final int C2 = 0x400;
    private static final int C3 = 0x4000;

    private final ExtendedUnit unit = new ExtendedUnit();

    @Test
    void agreesWithTheHostsX87OnEveryVector() throws IOException {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ExtendedUnitTest.class.getResourceAsStream("x87.vectors")),
                StandardCharsets.US_ASCII))) {
            String line;
            while ((line = in.readLine()) != null) {
                String found = run(line.split(" "));
                if (!line.endsWith(found)) {
                    wrong.add(line + "  but found " + found);
                }
                count++;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThan(5000);
    }

    private String run(String[] field) {
        int control = Integer.parseInt(field[1], 16);
        unit.setControl(control >>> 10 & 3, new int[] {24, 24, 53, 64}[control >>> 8 & 3]);
        unit.setMasks(control & 0x3f);
        unit.flags = 0;
        unit.roundedUp = false;
        unit.resultSe = 0;
        unit.resultM = 0;
        int ase = Integer.parseInt(field[2].substring(0, 4), 16);
        long am = Long.parseUnsignedLong(field[2].substring(5), 16);
        int bse = Integer.parseInt(field[3].substring(0, 4), 16);
        long bm = Long.parseUnsignedLong(field[3].substring(5), 16);
        int conditions = execute(field[0], ase, am, bse, bm);
        int status = unit.flags | conditions;
        boolean ownsC1 = field[0].startsWith("prem");
        if (!ownsC1 && unit.roundedUp && (unit.flags & ExtendedUnit.PRECISION) != 0) {
            status |= C1;
        }
        int expected = Integer.parseInt(field[5], 16);
        // The stack top is the register file's affair, not the unit's.
        String shown = String.format("%04x", status | expected & 0xb8c0);
        return String.format("%04x:%016x %s", unit.resultSe, unit.resultM, shown);
    }

    private int execute(String op, int ase, long am, int bse, long bm) {
        switch (op) {
            case "add" -> unit.add(ase, am, bse, bm);
            case "sub" -> unit.subtract(ase, am, bse, bm);
            case "mul" -> unit.multiply(ase, am, bse, bm);
            case "div" -> unit.divide(ase, am, bse, bm);
            case "sqrt" -> unit.squareRoot(ase, am);
            case "rndint" -> unit.roundToIntegral(ase, am);
            case "scale" -> unit.scale(ase, am, bse, bm);
            case "prem", "prem1" -> {
                int quotient = unit.remainder(ase, am, bse, bm, op.equals("prem1"));
                return quotient < 0
                        ? C2
                        : ((quotient & 4) != 0 ? C0 : 0)
                                | ((quotient & 2) != 0 ? C3 : 0)
                                | ((quotient & 1) != 0 ? C1 : 0);
            }
            case "ucom", "com" -> {
                ExtendedUnit.Order order = unit.compare(ase, am, bse, bm, op.equals("ucom"));
                unit.resultSe = ase;
                unit.resultM = am;
                return switch (order) {
                    case LESS -> C0;
                    case EQUAL -> C3;
                    case GREATER -> 0;
                    case UNORDERED -> C0 | C2 | C3;
                };
            }
            case "stf" -> unit.resultM = unit.toFloat(ase, am) & 0xffffffffL;
            case "std" -> unit.resultM = unit.toDouble(ase, am);
            case "stw" -> unit.resultM = unit.toInteger(ase, am, 16, false) & 0xffffL;
            case "stl" -> unit.resultM = unit.toInteger(ase, am, 32, false) & 0xffffffffL;
            case "stq" -> unit.resultM = unit.toInteger(ase, am, 64, false);
            case "sttq" -> unit.resultM = unit.toInteger(ase, am, 64, true);
            case "ldf" -> unit.fromFloat((int) am);
            case "ldd" -> unit.fromDouble(am);
            case "ldq" -> unit.fromLong(am);
            default -> throw new IllegalArgumentException(op);
        }
        return 0;
    }
}
