package faultline.cli;

import faultline.core.arch.Disassembler;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfFile.Segment;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.elf.ElfSymbols.Symbol;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Which of a program's instructions are not described: function by function where they are named,
/// else through all executable bytes, data among them included.
///
/// @param undescribed places where no described instruction begins; after each the rest of its
/// function is skipped @param examples the first of them
record CodeSurvey(int functions, long instructions, long undescribed, List<String> examples) {

    private static final int MOST_EXAMPLES = 5;
    private static final int SHOWN_BYTES = 8;

    static CodeSurvey of(ElfFile elf, ByteSource source, ElfSymbols symbols, Disassembler disassembler) {
        Survey survey = new Survey(elf, source, disassembler);
        int functions = 0;
        for (Symbol symbol : symbols.all()) {
            if (symbol.function()) {
                functions++;
                survey.read(symbol.name(), symbol.address(), symbol.size());
            }
        }
        if (functions == 0) {
            for (Segment load : elf.loads()) {
                if ((load.flags() & ElfFile.PF_X) != 0) {
                    survey.read("", load.address(), load.fileBytes());
                }
            }
        }
        return new CodeSurvey(functions, survey.instructions, survey.undescribed, List.copyOf(survey.examples));
    }

    /// The counts on the way.
    private static final class Survey {
        private final ElfFile elf;
        private final ByteSource source;
        private final Disassembler disassembler;
        private final List<String> examples = new ArrayList<>();
        private long instructions;
        private long undescribed;
        private long end;

        Survey(ElfFile elf, ByteSource source, Disassembler disassembler) {
            this.elf = elf;
            this.source = source;
            this.disassembler = disassembler;
        }

        /// Reads `size` bytes of code; what an alias has shown already is left out.
        void read(String function, long address, long size) {
            long from = Math.max(address, end);
            for (Segment load : elf.loads()) {
                long last = Math.min(address + size, load.address() + load.fileBytes());
                if (from >= load.address() && from < last && (load.flags() & ElfFile.PF_X) != 0) {
                    byte[] code = new byte[(int) (last - from)];
                    int length = source.read(load.offset() + from - load.address(), code, 0, code.length);
                    sweep(function, from, code, length);
                    end = last;
                    return;
                }
            }
        }

        private void sweep(String function, long address, byte[] code, int length) {
            int at = 0;
            while (at < length) {
                Disassembler.Line line = disassembler.disassemble(code, at, length, address + at);
                if (line.mnemonic().equals(".byte")) {
                    undescribed++;
                    note(function, address + at, code, at, length);
                    if (!function.isEmpty()) {
                        return;
                    }
                }
                instructions++;
                at += line.length();
            }
        }

        private void note(String function, long address, byte[] code, int at, int length) {
            if (examples.size() < MOST_EXAMPLES) {
                String bytes = HexFormat.ofDelimiter(" ").formatHex(code, at, Math.min(at + SHOWN_BYTES, length));
                examples.add("not described: 0x%x%s: %s"
                        .formatted(address, function.isEmpty() ? "" : " in " + function, bytes));
            }
        }
    }
}
