package faultline.core.isa.survey;

import faultline.core.arch.Disassembler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Some of what both sides read alike, for where the reference is not: a few strings of every
/// mnemonic and shape of operands. A line is bytes, address, length and the reference's text, with
/// tabs between them.
public final class SurveyCorpus implements Survey.Observer {

    private static final String HEADER =
            "# What objdump (GNU Binutils 2.40) says of byte strings, written by survey-disassembly: bytes, address,"
                    + " length, text.";

    private final SurveyPort port;
    private final int ofEach;
    private final Map<String, Integer> taken = new HashMap<>();
    private final TreeSet<String> lines = new TreeSet<>();

    /// Takes so many strings of each shape.
    public SurveyCorpus(SurveyPort port, int ofEach) {
        this.port = port;
        this.ofEach = ofEach;
    }

    @Override
    public void compared(byte[] bytes, Reading theirs, Disassembler.Line ours, Judge.Finding finding) {
        if (!(finding instanceof Judge.Finding.Same)) {
            return;
        }
        String shape = port.shape().apply(port.spellings().ours(theirs.text()));
        if (taken.merge(shape, 1, Integer::sum) <= ofEach) {
            // What is no instruction may be none for any of its bytes.
            byte[] shown = port.judge().isRefusal(theirs) ? bytes : Arrays.copyOf(bytes, theirs.length());
            lines.add(HexFormat.of().formatHex(shown) + "\t" + Long.toHexString(theirs.pc()) + "\t" + theirs.length()
                    + "\t" + theirs.text());
        }
    }

    public void write(Path file) throws IOException {
        Files.write(file, Stream.concat(Stream.of(HEADER), lines.stream()).toList());
    }

    /// Reads the lines of a corpus again; returns those of which our reading is no longer the
    /// reference's.
    public static List<String> differences(SurveyPort port, List<String> lines) {
        Disassembler disassembler = port.disassembler();
        Judge judge = port.judge();
        List<String> differences = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t");
            byte[] bytes = HexFormat.of().parseHex(columns[0]);
            Reading theirs = new Reading(Long.parseLong(columns[1], 16), Integer.parseInt(columns[2]), columns[3]);
            Disassembler.Line ours = disassembler.disassemble(bytes, 0, bytes.length, theirs.pc());
            if (!(judge.compare(bytes, theirs, ours) instanceof Judge.Finding.Same)) {
                differences.add(line + ": ours " + ours);
            }
        }
        return differences;
    }
}
