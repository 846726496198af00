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

/// Compares the transcendental instructions with what an Intel Xeon made of them; the corpus of the
/// conformance machine has what an AMD processor does.
///
/// The manual promises an error below one unit in the last place, so two correct results differ by at most one.
final class ExtendedFunctionsTest {

    private final ExtendedUnit unit = new ExtendedUnit();
    private final ExtendedFunctions functions = new ExtendedFunctions(unit);

    @Test
    void isWithinOneUnitInTheLastPlaceOfTheHost() throws IOException {
        List<String> wrong = new ArrayList<>();
        int exact = 0;
        int count = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ExtendedFunctionsTest.class.getResourceAsStream("x87-transcendental.vectors")),
                StandardCharsets.US_ASCII))) {
            String line;
            while ((line = in.readLine()) != null) {
                long distance = distance(line.split(" "));
                exact += distance == 0 ? 1 : 0;
                count++;
                if (distance > 1) {
                    wrong.add(line + "  but found %04x:%016x".formatted(unit.resultSe, unit.resultM));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThan(1000);
        assertThat(exact).isGreaterThan(count * 9 / 10);
    }

    private long distance(String[] field) {
        unit.setControl(ExtendedUnit.TO_NEAREST, 64);
        int ase = Integer.parseInt(field[2].substring(0, 4), 16);
        long am = Long.parseUnsignedLong(field[2].substring(5), 16);
        int bse = Integer.parseInt(field[3].substring(0, 4), 16);
        long bm = Long.parseUnsignedLong(field[3].substring(5), 16);
        switch (field[0]) {
            case "f2xm1" -> functions.exponentialMinusOne(ase, am);
            case "fyl2x" -> functions.logarithm(ase, am, bse, bm);
            case "fyl2xp1" -> functions.logarithmPlusOne(ase, am, bse, bm);
            case "fpatan" -> functions.arcTangent(ase, am, bse, bm);
            case "fsin" -> assertThat(functions.sine(ase, am)).isTrue();
            case "fcos" -> assertThat(functions.cosine(ase, am)).isTrue();
            case "fptan" -> assertThat(functions.tangent(ase, am)).isTrue();
            default -> throw new IllegalArgumentException(field[0]);
        }
        return distance(
                Integer.parseInt(field[4].substring(0, 4), 16), Long.parseUnsignedLong(field[4].substring(5), 16));
    }

    /// In units of the last place, also across a power of two.
    private long distance(int se, long m) {
        if (unit.resultSe == se) {
            return Math.abs(unit.resultM - m);
        }
        boolean next = unit.resultSe == se + 1 && m == -1 && unit.resultM == Long.MIN_VALUE;
        boolean previous = unit.resultSe == se - 1 && unit.resultM == -1 && m == Long.MIN_VALUE;
        return next || previous ? 1 : Long.MAX_VALUE;
    }
}
