package faultline.x86.insn;

import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.x86.X86Architecture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// Compares lengths, verdicts and text with `objdump -d -M intel -w --insn-width=15 FILE`, read
/// from standard input, and prints what differs, by kind and objdump's mnemonic with one example
/// each. Not a test: run it on any binary.
///
/// Instructions are decoded for the model named by the first argument, by default the first.
final class DisassemblyComparison {

    /// One kind of difference.
    private static final class Tally {
        private int count;
        private String example = "";
    }

    private final Disassembler disassembler;
    private final Map<String, Tally> differences = new TreeMap<>();
    private int instructions;
    private int same;
    private int wrongLength;
    private int unknown;

    private DisassemblyComparison(CpuModel model) {
        disassembler = new X86Architecture().disassembler(model);
    }

    public static void main(String[] arguments) throws IOException {
        CpuModel model = new X86Architecture()
                .models().stream()
                        .filter(m -> arguments.length == 0 || m.name().equals(arguments[0]))
                        .findFirst()
                        .orElseThrow();
        DisassemblyComparison comparison = new DisassemblyComparison(model);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                String[] columns = line.split("\t");
                if (columns.length >= 3 && columns[0].endsWith(":")) {
                    comparison.instruction(columns);
                }
            }
        }
        comparison.report(System.out);
    }

    private void instruction(String[] columns) {
        String text = normal(columns[2]);
        if (text.startsWith("(bad)")) {
            return;
        }
        instructions++;
        long pc = Long.parseUnsignedLong(
                columns[0].substring(0, columns[0].length() - 1).strip(), 16);
        byte[] bytes = HexFormat.of().parseHex(columns[1].replace(" ", ""));
        Disassembler.Line ours = disassembler.disassemble(bytes, 0, bytes.length, pc);
        String mnemonic = text.split(" ")[0];
        if (ours.mnemonic().equals(".byte")) {
            unknown++;
            add("not described: " + mnemonic, columns, ours);
        } else if (ours.length() != bytes.length) {
            wrongLength++;
            add("LENGTH: " + mnemonic, columns, ours);
        } else if (normal(ours.text()).equals(text)) {
            same++;
        } else {
            add("text: " + mnemonic, columns, ours);
        }
    }

    /// Without symbols, comments, repeated blanks and the `0x` that branch targets have in a file without symbols.
    private static String normal(String text) {
        return text.replaceAll("#.*", "")
                .replaceAll("<.*>", "")
                .replaceAll("^((?:[a-z0-9]+ )*(?:call|loop|j)[a-z]* +)0x", "$1")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private void add(String kind, String[] columns, Disassembler.Line ours) {
        Tally tally = differences.computeIfAbsent(kind, key -> new Tally());
        if (tally.count++ == 0) {
            tally.example =
                    columns[1].strip() + ": objdump `" + normal(columns[2]) + "`, ours `" + normal(ours.text()) + "`";
        }
    }

    private void report(PrintStream out) {
        out.printf(
                "%d instructions: %d with the same text, %d of another length, %d not described%n",
                instructions, same, wrongLength, unknown);
        differences.forEach((kind, tally) -> out.printf("%7d %s  %s%n", tally.count, kind, tally.example));
    }
}
