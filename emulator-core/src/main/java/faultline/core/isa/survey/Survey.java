package faultline.core.isa.survey;

import faultline.core.arch.Disassembler;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Compares our reading of byte strings with the reference's, and counts.
public final class Survey {

    private static final int BATCH = 1 << 16;

    private final Objdump reference;
    private final Disassembler disassembler;
    private final Judge judge;
    private final Map<String, Tally> listed = new TreeMap<>();
    private final Map<String, Tally> unexplained = new TreeMap<>();
    private final Observer observer;
    private long samples;

    /// Sees every comparison.
    @FunctionalInterface
    public interface Observer {
        void compared(byte[] bytes, Reading theirs, Disassembler.Line ours, Judge.Finding finding);
    }

    public Survey(SurveyPort port, Observer observer) {
        reference = port.reference();
        disassembler = port.disassembler();
        judge = port.judge();
        this.observer = observer;
    }

    /// How often something was met, and where first.
    private static final class Tally {
        private final String example;
        private long count;

        Tally(String example) {
            this.example = example;
        }
    }

    /// Reads and compares all strings.
    public void run(Stream<byte[]> samples) {
        Iterator<byte[]> strings = samples.iterator();
        while (strings.hasNext()) {
            List<byte[]> batch = new ArrayList<>();
            while (strings.hasNext() && batch.size() < BATCH) {
                batch.add(strings.next());
            }
            List<Reading> readings = reference.read(batch);
            for (int i = 0; i < batch.size(); i++) {
                compare(batch.get(i), readings.get(i));
            }
        }
    }

    private void compare(byte[] bytes, Reading theirs) {
        samples++;
        Disassembler.Line ours = disassembler.disassemble(bytes, 0, bytes.length, theirs.pc());
        Judge.Finding finding = judge.compare(bytes, theirs, ours);
        observer.compared(bytes, theirs, ours, finding);
        switch (finding) {
            case Judge.Finding.Same() -> {}
            case Judge.Finding.Listed(String name) -> count(listed, name, bytes, theirs, ours);
            case Judge.Finding.Unexplained(String kind) -> count(unexplained, kind, bytes, theirs, ours);
        }
    }

    private static void count(
            Map<String, Tally> tallies, String name, byte[] bytes, Reading theirs, Disassembler.Line ours) {
        Tally tally = tallies.computeIfAbsent(name, key -> new Tally(example(bytes, theirs, ours)));
        tally.count++;
    }

    private static String example(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        return String.format(
                "%s: %d `%s`, ours %d `%s`",
                HexFormat.of().formatHex(bytes), theirs.length(), theirs.text(), ours.length(), ours.text());
    }

    /// How many strings were compared.
    public long samples() {
        return samples;
    }

    /// The differences that no class explains: kind, count and an example each.
    public List<String> unexplained() {
        return lines(unexplained);
    }

    /// The listed differences: class, count and an example each.
    public List<String> listed() {
        return lines(listed);
    }

    private static List<String> lines(Map<String, Tally> tallies) {
        return tallies.entrySet().stream()
                .map(e -> String.format("%8d %s  %s", e.getValue().count, e.getKey(), e.getValue().example))
                .toList();
    }

    /// Writes all of it.
    ///
    /// @throws IllegalStateException if something has no explanation
    public void report(PrintStream out) {
        out.printf("%d byte strings; differences of listed classes:%n", samples);
        listed().forEach(out::println);
        out.printf("%d kinds of differences without an explanation:%n", unexplained.size());
        unexplained().forEach(out::println);
        if (!unexplained.isEmpty()) {
            throw new IllegalStateException("survey: differences without an explanation");
        }
    }
}
