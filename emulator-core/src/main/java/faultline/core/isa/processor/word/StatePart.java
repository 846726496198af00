package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A part of the state that fields of the instruction choose: `bit(bi)`.
///
/// @param name of a method of the state class, which takes the CPU and the fields
record StatePart(String name, List<String> fields) {

    private static final Pattern TEXT = Pattern.compile("(\\w+)\\((\\w+(?:,\\w+)*)\\)");

    /// What a binding says if it is such a part, or null.
    static @Nullable StatePart parse(String bound) {
        Matcher text = TEXT.matcher(bound);
        return text.matches()
                ? new StatePart(text.group(1), List.of(text.group(2).split(",")))
                : null;
    }

    /// The method that reads it. Throws [Refusal].
    Meaning method(WordSpec spec) {
        Meaning method = spec.stateMethods().get(name);
        if (method == null || method.isVoid() || method.parameters().size() != fields.size() + 1) {
            throw new Refusal("part " + name + ": " + spec.stateName() + " has no such method of the CPU and "
                    + fields.size() + " fields");
        }
        return method;
    }
}
