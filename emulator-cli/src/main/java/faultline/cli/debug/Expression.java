package faultline.cli.debug;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Evaluates what `print`, `x`, `break` and the like take: numbers, registers, symbols, memory, and
/// the operators of C.
///
/// A bare name is the symbol's address, as in assembly; `{TYPE}ADDRESS`, `*ADDRESS` and
/// `*(TYPE *)ADDRESS` are memory. Arithmetic is on 64 bits.
final class Expression {

    /// What names mean.
    interface Names {
        /// The value of a register or another `$name`, or a [CommandError].
        Value dollar(String name);

        /// The address of a symbol, typed as a pointer to what is there; or a [CommandError].
        Value symbol(String name);

        /// Memory, zero-extended, or a [CommandError].
        long memory(long address, int bytes);
    }

    /// Binary operators from the weakest to the strongest.
    private static final List<List<String>> LEVELS = List.of(
            List.of("||"),
            List.of("&&"),
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("==", "!="),
            List.of("<=", ">=", "<", ">"),
            List.of("<<", ">>"),
            List.of("+", "-"),
            List.of("*", "/", "%"));

    private static final List<String> TWO_CHARACTERS = List.of("||", "&&", "==", "!=", "<=", ">=", "<<", ">>");

    /// How many parentheses and prefixes may stand inside each other.
    private static final int DEEPEST = 100;

    private static final int LONGEST_TYPE = 200;

    private final String text;
    private final Names names;
    private int at;
    private int depth;

    /// Inside what `&&` or `||` has decided already: nothing is looked up.
    private int skipping;

    private Expression(String text, Names names) {
        this.text = text;
        this.names = names;
    }

    /// The value of an expression.
    static Value evaluate(String text, Names names) {
        Expression expression = new Expression(text, names);
        Value value = expression.binary(0);
        expression.skipBlanks();
        if (expression.at < text.length()) {
            throw new CommandError("Junk behind the expression: " + text.substring(expression.at));
        }
        return value;
    }

    /// The type of that name, as in `{unsigned int}` or `(char *)`; or a [CommandError].
    static Type type(String text) {
        Type type = typeOrNull(text);
        if (type == null) {
            throw new CommandError(
                    "No type " + text.strip() + "; there are char, short, int, long, unsigned ones and *");
        }
        return type;
    }

    private static @Nullable Type typeOrNull(String text) {
        String name = text.strip();
        if (name.length() > LONGEST_TYPE) {
            return null;
        }
        if (name.endsWith("*")) {
            Type target = typeOrNull(name.substring(0, name.length() - 1));
            return target == null ? null : target.pointer();
        }
        List<String> words = List.of(name.toLowerCase(Locale.ROOT).split("\\s+"));
        boolean signed = !words.contains("unsigned");
        List<String> kind = words.stream()
                .filter(word -> !word.equals("unsigned") && !word.equals("signed") && !word.equals("const"))
                .toList();
        if (kind.size() > 1 && (kind.getLast().equals("int") || kind.equals(List.of("long", "long")))) {
            kind = kind.subList(0, kind.size() - 1);
        }
        return switch (String.join(" ", kind)) {
            case "char", "int8_t" -> new Type(1, signed, null);
            case "byte", "uint8_t" -> new Type(1, false, null);
            case "short", "int16_t" -> new Type(2, signed, null);
            case "uint16_t" -> new Type(2, false, null);
            case "int", "int32_t" -> new Type(4, signed, null);
            case "uint32_t" -> new Type(4, false, null);
            case "long", "int64_t", "ssize_t" -> new Type(8, signed, null);
            case "uint64_t", "size_t", "void" -> new Type(8, false, null);
            case "" -> words.contains("unsigned") || words.contains("signed") ? new Type(4, signed, null) : null;
            default -> null;
        };
    }

    private Value binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Value value = binary(level + 1);
        while (true) {
            String operator = operatorOf(level);
            if (operator == null) {
                return value;
            }
            at += operator.length();
            boolean decided = operator.equals("&&") && value.bits() == 0 || operator.equals("||") && value.bits() != 0;
            skipping += decided ? 1 : 0;
            Value right = binary(level + 1);
            skipping -= decided ? 1 : 0;
            value = Value.of(apply(operator, value.bits(), right.bits()));
        }
    }

    private @Nullable String operatorOf(int level) {
        skipBlanks();
        String operator = "";
        for (String two : TWO_CHARACTERS) {
            if (text.startsWith(two, at)) {
                operator = two;
            }
        }
        if (operator.isEmpty() && at < text.length()) {
            operator = text.substring(at, at + 1);
        }
        return LEVELS.get(level).contains(operator) ? operator : null;
    }

    private long apply(String operator, long left, long right) {
        return switch (operator) {
            case "||" -> truth(left != 0 || right != 0);
            case "&&" -> truth(left != 0 && right != 0);
            case "|" -> left | right;
            case "^" -> left ^ right;
            case "&" -> left & right;
            case "==" -> truth(left == right);
            case "!=" -> truth(left != right);
            case "<=" -> truth(left <= right);
            case ">=" -> truth(left >= right);
            case "<" -> truth(left < right);
            case ">" -> truth(left > right);
            case "<<" -> left << right;
            case ">>" -> left >>> right;
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            default -> divide(operator, left, right);
        };
    }

    private static long truth(boolean value) {
        return value ? 1 : 0;
    }

    private long divide(String operator, long left, long right) {
        if (right == 0) {
            if (skipping > 0) {
                return 0;
            }
            throw new CommandError("Division by zero");
        }
        return operator.equals("/") ? left / right : left % right;
    }

    private Value unary() {
        if (++depth > DEEPEST) {
            throw new CommandError("The expression is nested too deeply");
        }
        Value value = prefixed();
        depth--;
        return value;
    }

    private Value prefixed() {
        skipBlanks();
        if (at >= text.length()) {
            throw new CommandError("The expression ends too early: " + text);
        }
        char c = text.charAt(at);
        return switch (c) {
            case '-' -> Value.of(-operand().bits());
            case '~' -> Value.of(~operand().bits());
            case '!' -> Value.of(truth(operand().bits() == 0));
            case '*' -> load(operand());
            case '&' -> addressOf(operand());
            case '(' -> parenthesis();
            case '{' -> typed();
            case '$' -> {
                at++;
                String name = dollarWord();
                yield skipping > 0 ? Value.of(0) : names.dollar(name);
            }
            case '\'' -> character();
            default -> Character.isDigit(c) ? number() : name();
        };
    }

    private Value operand() {
        at++;
        return unary();
    }

    private Value name() {
        String word = word();
        return skipping > 0 ? Value.of(0) : names.symbol(word);
    }

    /// `(expression)`, or a cast.
    private Value parenthesis() {
        int close = text.indexOf(')', at);
        Type type = close < 0 ? null : typeOrNull(text.substring(at + 1, close));
        if (type != null) {
            at = close + 1;
            return cast(type);
        }
        at++;
        Value value = binary(0);
        expect(')');
        return value;
    }

    /// A cast of a bare name means the variable, as gdb has it for symbols without a type.
    private Value cast(Type type) {
        skipBlanks();
        boolean bare = at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '_');
        Value value = unary();
        if (bare && type.target() == null) {
            return load(new Value(value.bits(), type.pointer(), null));
        }
        return new Value(type.extend(value.bits()), type, value.place());
    }

    /// `{int}address`.
    private Value typed() {
        int close = text.indexOf('}', at);
        if (close < 0) {
            throw new CommandError("Expected '}' in " + text);
        }
        Type type = type(text.substring(at + 1, close));
        at = close + 1;
        return load(new Value(unary().bits(), type.pointer(), null));
    }

    private Value load(Value pointer) {
        Type type = pointer.type().pointee();
        long bits = skipping > 0 ? 0 : names.memory(pointer.bits(), type.bytes());
        return new Value(type.extend(bits), type, pointer.bits());
    }

    /// A name is an address already.
    private static Value addressOf(Value of) {
        Long place = of.place();
        if (place != null) {
            return new Value(place, of.type().pointer(), null);
        }
        if (of.type().target() == null) {
            throw new CommandError("Attempt to take address of value not located in memory.");
        }
        return of;
    }

    private Value character() {
        if (at + 2 >= text.length() || text.charAt(at + 2) != '\'') {
            throw new CommandError("A character needs quotes on both sides");
        }
        long value = text.charAt(at + 1);
        at += 3;
        return new Value(value, new Type(1, true, null), null);
    }

    private void expect(char c) {
        skipBlanks();
        if (at >= text.length() || text.charAt(at) != c) {
            throw new CommandError("Expected '" + c + "' in " + text);
        }
        at++;
    }

    private Value number() {
        String word = word();
        try {
            boolean hex = word.startsWith("0x") || word.startsWith("0X");
            return Value.of(hex ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseUnsignedLong(word));
        } catch (NumberFormatException _) {
            throw new CommandError("Invalid number \"" + word + "\".");
        }
    }

    private String word() {
        int start = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw new CommandError("Not an expression: " + text.substring(start));
        }
        return text.substring(start, at);
    }

    /// The name behind a `$`; empty or `$` for the last values printed.
    private String dollarWord() {
        if (at < text.length() && text.charAt(at) == '$') {
            at++;
            return "$";
        }
        return at < text.length() && isWordPart(text.charAt(at)) ? word() : "";
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '@';
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
