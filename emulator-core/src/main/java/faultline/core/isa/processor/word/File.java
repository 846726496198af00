package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Map<String, Integer> views) {

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

    /// How wide the operand is that a word of the assembly names as the register of a field, or
    /// null if it does not. 0 says: as wide as the instruction's operands are.
    @Nullable
    Integer view(String word, String field) {
        if (word.equals(field)) {
            return bits;
        }
        return word.substring(1).equals(field.substring(1)) ? views.get(word.substring(0, 1)) : null;
    }

    /// Parses views: `w=32`.
    public static Map<String, Integer> views(List<String> texts) {
        Map<String, Integer> views = new LinkedHashMap<>();
        for (String text : texts) {
            if (!text.matches("[a-z]=(8|16|32|64|128)")) {
                throw new Refusal("view " + text + ": is a letter and a width");
            }
            views.put(text.substring(0, 1), Integer.parseInt(text.substring(2)));
        }
        return views;
    }
}
