package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Refusal;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What [faultline.core.isa.RegisterFile] says.
public record File(
        List<String> fields,
        String array,
        boolean halves,
        int bits,
        int first,
        int half,
        boolean zeroes,
        int special,
        int reads,
        int writes,
        String base,
        List<View> views) {

    private static final Set<Integer> WIDTHS = Set.of(0, 8, 16, 32, 64, 128);
    private static final Pattern VIEW = Pattern.compile("([a-z])=(?:(\\w+)\\()?(\\d+(?:,\\d+)*)\\)?");

    /// A letter that names registers, and the width it means: the only one where `chooser` is null,
    /// else that which the value of this field chooses.
    public record View(String letter, @Nullable String chooser, List<Integer> widths) {}

    /// The element of the file's array that a field of the instruction means, as an expression.
    String element(int field, boolean written) {
        int instead = written ? writes : reads;
        String number = special < 0
                ? "insn.element(%d)".formatted(field)
                : "insn.element(%d, %d, %d)".formatted(field, special, instead);
        String shifted = first == 0 ? number : number + " + " + first;
        if (!halves) {
            return shifted;
        }
        String low = first == 0 ? "2 * " + shifted : "2 * (" + shifted + ")";
        return half == 0 ? low : low + " + " + half;
    }

    /// Whether writing means another element than reading.
    boolean writesElsewhere() {
        return special >= 0 && reads != writes;
    }

    /// Whether an address that is based on the special register has a form of its own.
    boolean hasSpecialBase() {
        return !base.isEmpty();
    }

    /// How a word of the assembly names the register of a field, or null if it does not. The width
    /// 0 says: as wide as the instruction's operands are.
    @Nullable
    View view(String word, String field, Encoding encoding) {
        if (word.equals(field)) {
            return new View(word.substring(0, 1), null, List.of(bits));
        }
        return views.stream()
                .filter(v -> word.equals(v.letter() + field.substring(1)))
                .filter(v -> v.chooser() == null || encoding.has(v.chooser()))
                .findFirst()
                .orElse(null);
    }

    /// Parses views: `w=32`, `f=sz(32,64)`.
    public static List<View> views(List<String> texts) {
        return texts.stream().map(File::view).toList();
    }

    private static View view(String text) {
        Matcher view = VIEW.matcher(text);
        if (!view.matches()) {
            throw new Refusal("view " + text + ": is a letter and a width");
        }
        List<Integer> widths =
                Stream.of(view.group(3).split(",")).map(Integer::valueOf).toList();
        if (!WIDTHS.containsAll(widths)) {
            throw new Refusal("view " + text + ": widths are 8, 16, 32, 64 and 128");
        }
        return new View(view.group(1), view.group(2), widths);
    }
}
