package faultline.cli.debug;

import org.jspecify.annotations.Nullable;

/// Evaluates what `print`, `x`, `break` and the like take: numbers, registers, symbols, memory, and
/// the operators of C on 64-bit integers.
///
/// `$name` is a register, a bare name a symbol's address, `{byte|short|int|long}address` memory.
final class Expression {

    /// What names mean.
    interface Names {
        /// The value of a register, or a [CommandError].
        long register(String name);

        /// The address of a symbol, or a [CommandError].
        long symbol(String name);

        /// Memory, zero-extended, or a [CommandError].
        long memory(long address, int bytes);
    }

    private static final String[][] LEVELS = {{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}};

    private final String text;
    private final Names names;
    private int at;

    private Expression(String text, Names names) {
        this.text = text;
        this.names = names;
    }

    /// The value of an expression.
    static long evaluate(String text, Names names) {
        Expression expression = new Expression(text, names);
        long value = expression.binary(0);
        expression.skipBlanks();
        if (expression.at < text.length()) {
            throw new CommandError("Junk behind the expression: " + text.substring(expression.at));
        }
        return value;
    }

    private long binary(int level) {
        if (level == LEVELS.length) {
            return unary();
        }
        long value = binary(level + 1);
        while (true) {
            String operator = operatorOf(level);
            if (operator == null) {
                return value;
            }
            at += operator.length();
            value = apply(operator, value, binary(level + 1));
        }
    }

    private @Nullable String operatorOf(int level) {
        skipBlanks();
        for (String operator : LEVELS[level]) {
            if (text.startsWith(operator, at)) {
                return operator;
            }
        }
        return null;
    }

    private static long apply(String operator, long left, long right) {
        return switch (operator) {
            case "|" -> left | right;
            case "^" -> left ^ right;
            case "&" -> left & right;
            case "<<" -> left << right;
            case ">>" -> left >>> right;
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            default -> divide(operator, left, right);
        };
    }

    private static long divide(String operator, long left, long right) {
        if (right == 0) {
            throw new CommandError("Division by zero");
        }
        return operator.equals("/") ? left / right : left % right;
    }

    private long unary() {
        skipBlanks();
        if (at >= text.length()) {
            throw new CommandError("The expression ends too early: " + text);
        }
        char c = text.charAt(at);
        return switch (c) {
            case '-' -> -operand();
            case '~' -> ~operand();
            case '*' -> names.memory(operand(), 8);
            case '(' -> parenthesis();
            case '{' -> typed();
            case '$' -> {
                at++;
                yield names.register(word());
            }
            case '\'' -> character();
            default -> Character.isDigit(c) ? number() : names.symbol(word());
        };
    }

    private long operand() {
        at++;
        return unary();
    }

    private long parenthesis() {
        at++;
        long value = binary(0);
        expect(')');
        return value;
    }

    /// `{int}address`.
    private long typed() {
        at++;
        int bytes = Type.bytes(word());
        expect('}');
        return names.memory(unary(), bytes);
    }

    private long character() {
        if (at + 2 >= text.length() || text.charAt(at + 2) != '\'') {
            throw new CommandError("A character needs quotes on both sides");
        }
        long value = text.charAt(at + 1);
        at += 3;
        return value;
    }

    private void expect(char c) {
        skipBlanks();
        if (at >= text.length() || text.charAt(at) != c) {
            throw new CommandError("Expected '" + c + "' in " + text);
        }
        at++;
    }

    private long number() {
        String word = word();
        try {
            boolean hex = word.startsWith("0x") || word.startsWith("0X");
            return hex ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseUnsignedLong(word);
        } catch (NumberFormatException _) {
            throw new CommandError("Not a number: " + word);
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

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '@';
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /// The integer types memory can be seen as.
    static final class Type {

        private Type() {}

        static int bytes(String name) {
            return switch (name) {
                case "char", "byte" -> 1;
                case "short" -> 2;
                case "int" -> 4;
                case "long" -> 8;
                default -> throw new CommandError("No type " + name + "; there are byte, short, int and long");
            };
        }
    }
}
