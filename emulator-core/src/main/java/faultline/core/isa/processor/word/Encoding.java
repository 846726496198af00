package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The first column of a row: 32 bits from the left, then what is derived from them and what must
/// hold.
///
/// @param mask the bits that are fixed, also by conditions `field==number`
/// @param fields those cut out of the word, then those derived, in the order of their numbers
record Encoding(
        int mask,
        int value,
        List<Field> fields,
        List<Condition> conditions,
        @Nullable String feature) {

    private static final int WORD = 32;

    /// A field: bits of the word, or derived where `from` is not null.
    ///
    /// @param width in bits; of a derived field 0 where the row does not say it
    /// @param scale the power of two it is multiplied with
    /// @param relative whether the instruction's address is added
    record Field(
            String name,
            int shift,
            int width,
            boolean signed,
            int scale,
            boolean relative,
            @Nullable Derivation from) {}

    /// `method(arguments)`, or fields one behind the other where `method` is null.
    record Derivation(@Nullable String method, List<String> arguments) {}

    /// `left operator right`, or the method of `call` where that is not null.
    ///
    /// @param behind how many fields stand before it: it holds before the next one is derived
    record Condition(
            int behind,
            String left,
            String operator,
            String right,
            @Nullable Derivation call) {

        /// Whether it holds of two numbers.
        boolean holds(int one, int two) {
            return switch (operator) {
                case "==" -> one == two;
                case "!=" -> one != two;
                case "<=" -> one <= two;
                case ">=" -> one >= two;
                case "<" -> one < two;
                default -> one > two;
            };
        }
    }

    static Encoding parse(String text, Set<String> features) {
        Parser parser = new Parser(features);
        for (String token : text.strip().split("\\s+")) {
            parser.token(token);
        }
        return parser.encoding();
    }

    /// The number of a field, or -1.
    int indexOf(String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    boolean has(String name) {
        return indexOf(name) >= 0;
    }

    Field field(String name) {
        return fields.get(indexOf(name));
    }

    /// What a field is where others have these values, or null where that does not say it.
    @Nullable
    Integer value(String name, Map<String, Integer> known) {
        if (name.matches("\\d+")) {
            return Integer.valueOf(name);
        }
        Integer given = known.get(name);
        if (given != null || !has(name)) {
            return given;
        }
        Field field = field(name);
        if (field.from() == null) {
            int bits = (1 << field.width()) - 1;
            boolean fixed = (mask >>> field.shift() & bits) == bits && !field.signed() && field.scale() == 0;
            return fixed ? Integer.valueOf(value >>> field.shift() & bits) : null;
        }
        return field.from().method() == null ? joined(field.from().arguments(), known) : null;
    }

    private @Nullable Integer joined(List<String> parts, Map<String, Integer> known) {
        int joined = 0;
        for (String part : parts) {
            Integer value = value(part, known);
            if (value == null) {
                return null;
            }
            joined = joined << field(part).width() | value;
        }
        return joined;
    }

    /// Whether a condition says that these values of fields are not meant.
    boolean excludes(Map<String, Integer> known) {
        return conditions.stream().filter(c -> c.call() == null).anyMatch(condition -> {
            Integer left = value(condition.left(), known);
            Integer right = value(condition.right(), known);
            return left != null && right != null && !condition.holds(left, right);
        });
    }

    /// Whether a word exists that matches both.
    boolean overlaps(Encoding other) {
        return ((value ^ other.value) & mask & other.mask) == 0 && !excludes(other) && !other.excludes(this);
    }

    /// Whether a condition `field!=number` says that no word of the other is meant.
    private boolean excludes(Encoding other) {
        for (Condition condition : conditions) {
            if (condition.operator().equals("!=") && condition.right().matches("\\d+") && has(condition.left())) {
                Field field = field(condition.left());
                int bits = mask(field);
                int number = Integer.parseInt(condition.right()) << field.shift();
                if (bits != 0 && (other.mask & bits) == bits && (other.value & bits) == number) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int mask(Field field) {
        return field.from() != null ? 0 : (int) ((1L << field.width()) - 1 << field.shift());
    }

    /// Whether every word of this one matches the other, and not the other way round.
    boolean isWithin(Encoding other) {
        return mask != other.mask && (mask & other.mask) == other.mask && ((value ^ other.value) & other.mask) == 0;
    }

    /// What the conditions say, wherever they stand.
    Set<String> conditionTexts() {
        Set<String> texts = new HashSet<>();
        conditions.forEach(c -> texts.add(c.left() + c.operator() + c.right() + c.call()));
        return texts;
    }

    boolean isConditional() {
        return !conditions.isEmpty() || feature != null;
    }

    /// Takes tokens one after another.
    private static final class Parser {

        private static final Pattern FIELD = Pattern.compile("(\\w+):(s?)(\\d+)(?:\\*(\\d+))?(\\+pc)?");
        private static final Pattern CALL = Pattern.compile("(?:(\\w+)(?::(\\d+))?=)?(\\w+)\\(([\\w,]*)\\)");
        private static final Pattern JOINED = Pattern.compile("(\\w+)=(\\w+(?::\\w+)+)(?:\\*(\\d+))?(\\+pc)?");
        private static final Pattern CONDITION = Pattern.compile("(\\w+)(==|!=|<=|>=|<|>)(\\w+)");

        private final Set<String> features;
        private int left = WORD;
        private int mask;
        private int value;
        private final List<Field> fields = new ArrayList<>();
        private final List<Condition> conditions = new ArrayList<>();
        private @Nullable String feature;

        Parser(Set<String> features) {
            this.features = features;
        }

        void token(String token) {
            Matcher field = FIELD.matcher(token);
            Matcher call = CALL.matcher(token);
            Matcher joined = JOINED.matcher(token);
            Matcher condition = CONDITION.matcher(token);
            if (token.matches("[01/]+")) {
                token.chars().forEach(this::bit);
            } else if (field.matches()) {
                cut(field);
            } else if (token.startsWith("?")) {
                feature(token.substring(1));
            } else if (condition.matches()) {
                condition(condition.group(1), condition.group(2), condition.group(3));
            } else if (joined.matches()) {
                List<String> parts = List.of(joined.group(2).split(":"));
                Derivation from = new Derivation(null, parts);
                int scale = scale(joined.group(3));
                add(new Field(joined.group(1), 0, width(parts), false, scale, joined.group(4) != null, from));
            } else if (call.matches()) {
                call(call);
            } else {
                throw new Refusal("encoding token " + token + ": unknown");
            }
        }

        private void bit(int bit) {
            take(1);
            if (bit != '/') {
                mask |= 1 << left;
                value |= bit - '0' << left;
            }
        }

        private void take(int bits) {
            if (left < bits) {
                throw new Refusal("encoding is wider than 32 bits");
            }
            if (fields.stream().anyMatch(f -> f.from() != null) || !conditions.isEmpty()) {
                throw new Refusal("derived fields and conditions stand behind the word");
            }
            left -= bits;
        }

        private void cut(Matcher field) {
            int width = Integer.parseInt(field.group(3));
            if (width == 0 || width >= WORD) {
                throw new Refusal("field " + field.group(1) + ": has 1 to 31 bits");
            }
            take(width);
            boolean signed = !field.group(2).isEmpty();
            add(new Field(field.group(1), left, width, signed, scale(field.group(4)), field.group(5) != null, null));
        }

        private static int scale(@Nullable String text) {
            int scale = text == null ? 1 : Integer.parseInt(text);
            if (Integer.bitCount(scale) != 1) {
                throw new Refusal("scale " + scale + ": is no power of two");
            }
            return Integer.numberOfTrailingZeros(scale);
        }

        private void add(Field field) {
            if (fields.stream().anyMatch(f -> f.name().equals(field.name()))) {
                throw new Refusal("field " + field.name() + ": is there twice");
            }
            fields.add(field);
        }

        /// How wide fields are one behind the other; what is missing is refused elsewhere.
        private int width(List<String> parts) {
            return fields.stream()
                    .filter(f -> parts.contains(f.name()))
                    .mapToInt(Field::width)
                    .sum();
        }

        private void feature(String name) {
            if (!features.contains(name)) {
                throw new Refusal("feature " + name + ": no CPU model knows it");
            }
            feature = name;
        }

        private void call(Matcher call) {
            List<String> arguments =
                    call.group(4).isEmpty() ? List.of() : List.of(call.group(4).split(","));
            Derivation from = new Derivation(call.group(3), arguments);
            if (call.group(1) == null) {
                conditions.add(new Condition(fields.size(), "", "", "", from));
            } else {
                int width = call.group(2) == null ? 0 : Integer.parseInt(call.group(2));
                add(new Field(call.group(1), 0, width, false, 0, false, from));
            }
        }

        private void condition(String name, String operator, String right) {
            Field field = fields.stream()
                    .filter(f -> f.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new Refusal("condition on " + name + ": no such field"));
            boolean plain = field.from() == null && !field.signed() && field.scale() == 0 && !field.relative();
            if (operator.equals("==") && right.matches("\\d+") && plain) {
                int number = Integer.parseInt(right);
                if (number >>> field.width() != 0) {
                    throw new Refusal("condition on " + name + ": has " + field.width() + " bits, not " + right);
                }
                mask |= mask(field);
                value |= number << field.shift();
            } else {
                conditions.add(new Condition(fields.size(), name, operator, right, null));
            }
        }

        Encoding encoding() {
            if (left != 0) {
                throw new Refusal("encoding has " + (WORD - left) + " bits, not 32");
            }
            return new Encoding(mask, value, List.copyOf(fields), List.copyOf(conditions), feature);
        }
    }
}
