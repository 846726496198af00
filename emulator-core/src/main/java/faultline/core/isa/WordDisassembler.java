package faultline.core.isa;

import faultline.core.arch.Disassembler;

/// Assembly text from the assembly column of the row that the decoder matched.
///
/// The processor has resolved the fields in it: `<number kind name>` is the value of a field; the
/// kind is `r` with a width for registers (0: as the instruction says) or `v` with a field and the
/// widths it chooses among, `d` and `x` for decimal and
/// hexadecimal numbers, `a` for addresses, `n` for values with a name. `{number …}` is left out
/// where that field is 0; a brace that is text stands behind a backslash.
public final class WordDisassembler implements Disassembler {

    private final WordDecoder decoder;
    private final WordNames names;

    public WordDisassembler(WordDecoder decoder, WordNames names) {
        this.decoder = decoder;
        this.names = names;
    }

    @Override
    public Line disassemble(byte[] bytes, int offset, int limit, long pc) {
        WordInsn insn = decoder.scratch();
        if (!decoder.decode(bytes, offset, limit, pc, insn)) {
            return new Line(1, ".byte", "0x" + Integer.toHexString(bytes[offset] & 0xff));
        }
        WordRow row = insn.row;
        if (row == null) {
            return split(insn.length, names.unknown(insn.word));
        }
        return split(insn.length, new Reader(row.assembly, insn, row.bits(insn)).text());
    }

    private Line split(int length, String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? new Line(length, text, "")
                : new Line(
                        length,
                        text.substring(0, space),
                        names.operands(text.substring(space).strip()));
    }

    /// Reads an assembly column from left to right.
    private final class Reader {
        private final String assembly;
        private final WordInsn insn;
        private final int bits;
        private final StringBuilder out = new StringBuilder();

        Reader(String assembly, WordInsn insn, int bits) {
            this.assembly = assembly;
            this.insn = insn;
            this.bits = bits;
        }

        String text() {
            read(0, assembly.length());
            return out.toString();
        }

        private void read(int start, int end) {
            int at = start;
            while (at < end) {
                char c = assembly.charAt(at);
                switch (c) {
                    case '<' -> {
                        int close = assembly.indexOf('>', at);
                        field(assembly.substring(at + 1, close).split(" "));
                        at = close;
                    }
                    case '{' -> {
                        int close = assembly.indexOf('}', at);
                        int space = assembly.indexOf(' ', at);
                        if (insn.value[Integer.parseInt(assembly.substring(at + 1, space))] != 0) {
                            read(space + 1, close);
                        }
                        at = close;
                    }
                    case '\\' -> out.append(assembly.charAt(++at));
                    default -> out.append(c);
                }
                at++;
            }
        }

        private void field(String[] parts) {
            long value = insn.value[Integer.parseInt(parts[0])];
            switch (parts[1].charAt(0)) {
                case 'r' -> {
                    int width = Integer.parseInt(parts[1].substring(1));
                    out.append(names.register(parts[2], (int) value, width == 0 ? bits : width));
                }
                case 'v' -> {
                    String[] choice = parts[1].substring(1).split("[:,]");
                    int width = Integer.parseInt(choice[1 + (int) insn.value[Integer.parseInt(choice[0])]]);
                    out.append(names.register(parts[2], (int) value, width));
                }
                case 'x', 'a' -> out.append(Long.toHexString(value));
                default -> {
                    String name = names.value(parts[2], value);
                    out.append(name == null ? Long.toString(value) : name);
                }
            }
        }
    }
}
