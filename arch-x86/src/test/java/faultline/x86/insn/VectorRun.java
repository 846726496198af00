package faultline.x86.insn;

import faultline.x86.cpu.CpuModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Executes vectors from standard input and prints the forms that differ, with their number and the
/// first differences. Not a test: run it on files too large to keep.
final class VectorRun {

    private VectorRun() {}

    public static void main(String[] arguments) throws IOException {
        int shown = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        VectorMachine machine = new VectorMachine(CpuModels.max());
        Map<String, Integer> failures = new TreeMap<>();
        int count = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String form = "";
            String line;
            while ((line = in.readLine()) != null) {
                if (line.startsWith("# ")) {
                    form = line;
                    continue;
                }
                count++;
                InsnVector vector = InsnVector.parse(List.of(form, line)).getFirst();
                List<String> differences = machine.differences(vector);
                if (!differences.isEmpty() && failures.merge(form, 1, Integer::sum) <= shown) {
                    System.out.println(form + "\n    " + line + "\n    " + String.join(", ", differences));
                }
            }
        }
        failures.forEach((form, n) -> System.out.println(n + " " + form));
        System.out.println(count + " vectors, " + failures.size() + " forms differ");
    }
}
