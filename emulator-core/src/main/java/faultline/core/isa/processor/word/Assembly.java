package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The second column of a row: what is text, and which fields are in it.
///
/// A word that is a field, or names its register by another letter (`wn`), stands for it; `<name>`
/// inserts a value that has a name, or a number, also in the middle of a word; a number behind `0x`
/// is hexadecimal. `{…}` is left out where the first field in it is 0; `{{` and `}}` are braces.
/// What stands in brackets or parentheses is a memory operand.
///
/// @param text as the disassembler takes it
/// @param shown fields that appear
record Assembly(String source, String text, List<Operand> operands, Set<String> shown) {

    /// A field that is an operand, in the order of the text.
    ///
    /// @param name with its suffix
    /// @param file null where it is no register
    /// @param width in bits; 0 says as wide as the instruction's operands are
    /// @param chosen where the value of a field chooses the width, which then is not `width`
    /// @param address whether it is in the memory operand
    record Operand(
            String name, String field, @Nullable File file, int width, File.@Nullable View chosen, boolean address) {

        static Operand number(String field, boolean address) {
            return new Operand(field, field, null, 0, null, address);
        }
    }

    static Assembly parse(String source, WordSpec spec, Encoding encoding) {
        Parser parser = new Parser(source.strip().replaceAll("\\s+", " "), spec, encoding);
        parser.read();
        return new Assembly(
                parser.source, parser.text.toString(), List.copyOf(parser.operands), Set.copyOf(parser.shown));
    }

    /// The operand of a field, or null. One outside the memory operand comes first.
    @Nullable
    Operand operand(String field) {
        Operand found = null;
        for (Operand operand : operands) {
            if (operand.field().equals(field) && (found == null || found.address())) {
                found = operand;
            }
        }
        return found;
    }

    /// Reads the column from left to right.
    private static final class Parser {
        private final String source;
        private final WordSpec spec;
        private final Encoding encoding;
        private final StringBuilder text = new StringBuilder();
        private final List<Operand> operands = new ArrayList<>();
        private final Set<String> shown = new LinkedHashSet<>();
        private int at;
        private int depth;

        /// Where the number of the field belongs on which a group depends that has none yet.
        private int group = -1;

        private boolean inMnemonic = true;

        Parser(String source, WordSpec spec, Encoding encoding) {
            this.source = source;
            this.spec = spec;
            this.encoding = encoding;
        }

        void read() {
            while (at < source.length()) {
                char c = source.charAt(at);
                if (c == '<') {
                    inserted();
                } else if (Character.isLetter(c)) {
                    word();
                } else if (c == '{' || c == '}') {
                    brace(c);
                } else {
                    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
                    inMnemonic &= c != ' ';
                    text.append(c);
                    at++;
                    skipNumber(c);
                }
            }
        }

        /// `0x` is no word.
        private void skipNumber(char c) {
            if (c == '0' && at < source.length() && source.charAt(at) == 'x') {
                text.append('x');
                at++;
            }
        }

        private void inserted() {
            int close = source.indexOf('>', at);
            if (close < 0) {
                throw new Refusal("assembly: < without >");
            }
            String name = source.substring(at + 1, close);
            if (!encoding.has(name)) {
                throw new Refusal("assembly <" + name + ">: no such field");
            }
            if (!inMnemonic) {
                operands.add(Operand.number(name, depth > 0));
            }
            show(name, text.toString().endsWith("0x") ? "x" : "n");
            at = close + 1;
        }

        private void word() {
            int end = at;
            while (end < source.length() && Character.isLetterOrDigit(source.charAt(end))) {
                end++;
            }
            String word = source.substring(at, end);
            at = end;
            Operand operand = inMnemonic ? null : operand(word);
            if (operand == null) {
                text.append(word);
                return;
            }
            operands.add(operand);
            if (operand.file() == null) {
                boolean address = isAddress(encoding.field(operand.field()));
                show(operand.field(), address ? "a" : text.toString().endsWith("0x") ? "x" : "d");
            } else {
                show(operand.field(), width(operand) + " " + operand.name());
            }
        }

        /// `r64`, or `v3:32,64`: the widths among which the field with that number chooses.
        private String width(Operand operand) {
            File.View chosen = operand.chosen();
            if (chosen == null) {
                return "r" + operand.width();
            }
            return "v" + encoding.indexOf(String.valueOf(chosen.chooser())) + ":"
                    + chosen.widths().stream().map(String::valueOf).collect(Collectors.joining(","));
        }

        private boolean isAddress(Encoding.Field field) {
            Encoding.Derivation from = field.from();
            return field.relative() || from != null && from.arguments().contains("pc");
        }

        private void show(String field, String kind) {
            int number = encoding.indexOf(field);
            if (group >= 0) {
                text.insert(group, number + " ");
                group = -1;
            }
            shown.add(field);
            text.append('<').append(number).append(' ').append(kind);
            text.append(kind.contains(" ") ? "" : " " + field).append('>');
        }

        private @Nullable Operand operand(String word) {
            for (Encoding.Field field : encoding.fields()) {
                File file = spec.file(field.name());
                File.View view = file == null ? null : file.view(word, field.name(), encoding);
                if (file != null && view != null) {
                    return register(word, field.name(), file, view);
                }
            }
            return encoding.has(word) ? Operand.number(word, depth > 0 || isDisplacement()) : null;
        }

        /// Whether what was read last stands before the memory operand it belongs to: `d(ra)`.
        private boolean isDisplacement() {
            return at < source.length() && source.charAt(at) == '(';
        }

        private Operand register(String word, String field, File file, File.View view) {
            boolean memory = depth > 0;
            int width = view.widths().getFirst();
            File.View chosen = view.chooser() == null ? null : view;
            if (at < source.length() && source.charAt(at) == '|') {
                int end = at + 1;
                while (end < source.length() && Character.isLetterOrDigit(source.charAt(end))) {
                    end++;
                }
                String suffix = source.substring(at, end);
                File other = spec.file(suffix);
                if (other == null) {
                    throw new Refusal("operand " + word + suffix + ": no register file has this suffix");
                }
                at = end;
                return new Operand(word + suffix, field, other, memory && width == 0 ? 64 : width, chosen, memory);
            }
            return new Operand(word, field, file, memory && width == 0 ? 64 : width, chosen, memory);
        }

        private void brace(char brace) {
            if (source.startsWith("" + brace + brace, at)) {
                text.append('\\').append(brace);
                at += 2;
                return;
            }
            text.append(brace);
            at++;
            if (brace == '{') {
                group = text.length();
            } else if (group >= 0) {
                throw new Refusal("assembly: no field in {}");
            }
        }
    }
}
