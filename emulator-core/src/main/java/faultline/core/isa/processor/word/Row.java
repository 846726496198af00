package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.DescribedRow;
import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One row of the fixed-width notation, parsed.
///
/// @param bindings values by the name that methods take them by: `name:=value`
record Row(
        String text,
        Encoding encoding,
        Assembly assembly,
        Map<String, String> bindings,
        Effects effects,
        Meaning meaning)
        implements DescribedRow {

    private static final Set<String> WORDS = Set.of("syscall", "ends", "traps");
    private static final Pattern BINDING = Pattern.compile("(\\w+):=(\\w+(?:\\+\\w+)*|\\w+\\(\\w+(?:,\\w+)*\\))");
    private static final Pattern ATOMIC = Pattern.compile("atomic(8|16|32|64)");

    /// The field that is where a relative branch goes.
    static final String TARGET = "target";

    /// The field that is the number of a condition.
    static final String CONDITION = "cond";

    static Row parse(String text, Meaning meaning, WordSpec spec) {
        String[] columns = text.split("\\s\\|", -1);
        if (columns.length < 2 || columns.length > 3) {
            throw new Refusal("row needs encoding | assembly | effects");
        }
        Encoding encoding = Encoding.parse(columns[0], spec.features());
        Assembly assembly = Assembly.parse(columns[1], spec, encoding);
        Map<String, String> bindings = new LinkedHashMap<>();
        StringBuilder rest = new StringBuilder();
        for (String token : (columns.length == 3 ? columns[2] : "").strip().split("\\s+")) {
            Matcher binding = BINDING.matcher(token);
            if (binding.matches()) {
                bindings.put(binding.group(1), binding.group(2));
            } else {
                rest.append(token).append(' ');
            }
        }
        Effects effects = Effects.parse(rest.toString().strip(), WORDS, spec.effects());
        return new Row(text, encoding, assembly, bindings, effects, meaning);
    }

    /// Whether a binding is of a number.
    static boolean isNumber(String bound) {
        return bound.matches("\\d+");
    }

    /// Whether it is a branch to an address in the instruction.
    boolean branches() {
        return encoding.has(TARGET) && (meaning.isVoid() || meaning.isBoolean());
    }

    /// Whether it is a branch on a condition of the flags.
    boolean isConditional() {
        return branches() && encoding.has(CONDITION);
    }

    /// Whether it goes on behind itself in no case.
    boolean endsBlock() {
        boolean always = branches() && meaning.isVoid();
        boolean jumps = "pc".equals(effects.destination()) && effects.guard() == null;
        return always || jumps || effects.has("syscall");
    }

    /// The field that the main result goes to where no arrow says otherwise, or null.
    @Nullable
    String firstRegister() {
        List<Assembly.Operand> operands = assembly.operands();
        return operands.stream()
                .filter(o -> o.file() != null && !o.address())
                .map(Assembly.Operand::field)
                .findFirst()
                .orElse(null);
    }

    /// The base of its address if that may be a register with a form of its own, or null.
    Assembly.@Nullable Operand specialBase() {
        return assembly.operands().stream()
                .filter(o -> o.address() && o.file() != null && o.file().hasSpecialBase())
                .findFirst()
                .orElse(null);
    }

    /// Where the main result goes: a field, `pc`, `none`, `atomic…` or a part of the state.
    @Nullable
    String destination() {
        if (meaning.isVoid() || meaning.isBoolean()) {
            return null;
        }
        return effects.destination() == null ? firstRegister() : effects.destination();
    }

    /// The width of the atomic access whose result the method is, or 0.
    int atomicWidth() {
        Matcher atomic = ATOMIC.matcher(effects.destination() == null ? "" : effects.destination());
        return atomic.matches() ? Integer.parseInt(atomic.group(1)) : 0;
    }

    /// Larger is tried earlier.
    int rank() {
        return 2 * Integer.bitCount(encoding.mask()) + (encoding.isConditional() ? 1 : 0);
    }
}
