package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.x86.cpu.CpuModels;
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

/// Vector, MMX, x87 and VEX-encoded instructions against the host's CPU, row by row: the files that
/// `src/test/native/write-table-vectors` writes.
class TableVectorsTest {

    private static final List<String> FILES = List.of("general", "mmx", "integer-simd", "float-simd", "x87");

    @TestFactory
    Stream<DynamicTest> rowsDoWhatTheHostDoes() {
        VectorMachine machine = new VectorMachine(CpuModels.max());
        return FILES.stream()
                .flatMap(file -> byForm(vectors(file)).entrySet().stream())
                .map(form -> DynamicTest.dynamicTest(form.getKey(), () -> machine.check(form.getValue())));
    }

    /// Every row of the chapters has its vectors: the file is not older than the table.
    @Test
    void everyRowOfTheChaptersHasVectors() {
        Set<String> missing = new HashSet<>(rows());
        FILES.forEach(file -> vectors(file).forEach(vector -> missing.remove(withoutForm(vector.form()))));
        assertThat(missing).isEmpty();
    }

    @Test
    void floatsAreTriedUnmaskedInEveryRoundingMode() {
        Set<Long> modes = new HashSet<>();
        Set<Long> flags = new HashSet<>();
        long raised = 0;
        for (InsnVector vector : vectors("float-simd")) {
            modes.add(vector.before().getOrDefault("mx", 0x1f80L) >>> 13 & 3);
            raised += vector.after().getOrDefault("trap", -1L) == 19 ? 1 : 0;
            long set = vector.after().getOrDefault("mx", 0L) & ~vector.before().getOrDefault("mx", 0x1f80L);
            flags.add(set & 0x3f);
        }
        assertThat(modes).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(raised).isGreaterThan(10);
        assertThat(flags).hasSizeGreaterThan(6);
    }

    private static Map<String, List<InsnVector>> byForm(List<InsnVector> vectors) {
        Map<String, List<InsnVector>> forms = new LinkedHashMap<>();
        vectors.forEach(vector ->
                forms.computeIfAbsent(vector.form(), form -> new ArrayList<>()).add(vector));
        return forms;
    }

    /// A form is its row, or that and `, memory`.
    private static String withoutForm(String form) {
        return form.replaceAll(", memory$", "");
    }

    /// The rows of the chapters, as the generated table has them, but for those that the script
    /// leaves out.
    private static Set<String> rows() {
        Set<String> rows = new HashSet<>();
        for (String line : TestResources.lines("/META-INF/isa/X86.tsv")) {
            String[] columns = line.split("\t");
            boolean chapter =
                    columns[0].matches("BitManipulation|Mmx|Simd.*|Ssse3|Sse4.*|Sse[A-Z].*|Aes|CarrylessMultiply"
                            + "|X87(Transfer|Control|Compare|Constants|Arithmetic)");
            String row = columns[2] + " | " + columns[3];
            if (chapter && !row.matches(".*(rcp|rsqrt|fxsave|fxrstor).*")) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<InsnVector> vectors(String name) {
        return InsnVector.parse(TestResources.lines(name + ".vectors"));
    }
}
