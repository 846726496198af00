package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import faultline.x86.cpu.CpuModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The general-purpose instructions against the host's CPU: `integer.vectors`, one test for each
/// form, and what is an instruction at all, `decoding.vectors`.
class IntegerVectorsTest {

    private static final CpuModel EVERYTHING = CpuModels.max();

    @TestFactory
    Stream<DynamicTest> formsDoWhatTheHostDoes() {
        VectorMachine machine = new VectorMachine(EVERYTHING);
        Map<String, List<InsnVector>> forms = new LinkedHashMap<>();
        for (InsnVector vector : vectors("integer.vectors")) {
            forms.computeIfAbsent(vector.form(), form -> new ArrayList<>()).add(vector);
        }
        return forms.entrySet().stream()
                .map(form -> DynamicTest.dynamicTest(form.getKey(), () -> machine.check(form.getValue())));
    }

    @Test
    void fileHoldsFaultsOfEveryKindAndAThousandForms() {
        List<InsnVector> vectors = vectors("integer.vectors");
        Set<Long> traps = new HashSet<>();
        Set<Long> errors = new HashSet<>();
        for (InsnVector vector : vectors) {
            traps.add(vector.after().getOrDefault("trap", -1L));
            errors.add(vector.after().getOrDefault("err", 0L));
        }
        assertThat(vectors).hasSizeGreaterThan(5_000);
        assertThat(traps).contains(0L, 6L, 13L, 14L);
        assertThat(errors).contains(4L, 6L, 7L);
    }

    @Test
    void randomBytesAreInstructionsOrRefusedAsOnTheHost() {
        List<InsnVector> vectors = vectors("decoding.vectors");
        new VectorMachine(EVERYTHING).check(vectors);

        long undefined = vectors.stream()
                .filter(vector -> vector.after().getOrDefault("trap", -1L) == 6)
                .count();
        assertThat(undefined).isBetween(vectors.size() / 10L, vectors.size() / 2L);
    }

    private static List<InsnVector> vectors(String name) {
        try {
            Path file = Path.of(IntegerVectorsTest.class.getResource(name).toURI());
            return InsnVector.parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
