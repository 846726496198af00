package faultline.core.isa.processor.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a row's third column says beside the main result.
///
/// @param words the notation's own
/// @param bulk the method that does many elements of a repeated instruction at once
/// @param destination where the main result goes instead of the first operand
/// @param guard the method that says whether it goes there
public record Effects(
        String text,
        List<Further> further,
        Set<String> words,
        @Nullable FlagRecord record,
        @Nullable String bulk,
        @Nullable String destination,
        @Nullable String guard) {

    private static final Pattern FURTHER = Pattern.compile("(\\w+)=(\\w+)(?:\\[(\\w+)])?");
    private static final Pattern RECORD = Pattern.compile("(\\w+)(\\?)?(?:\\((\\w+)(?:,(\\w+))?\\))?");
    private static final Pattern DESTINATION = Pattern.compile("(\\w+)(?:\\[(\\w+)])?");

    /// A further result: `to=method`, written only if `guard` says so.
    public record Further(
            String to, String method, @Nullable String guard) {}

    /// A flag record; `x` and `y` replace its operands.
    public record FlagRecord(
            String kind,
            boolean ifCounted,
            @Nullable String x,
            @Nullable String y) {}

    /// Parses the column; `words` and `kinds` (of flag record) are those the notation knows.
    public static Effects parse(String text, Set<String> words, Set<String> kinds) {
        Parser parser = new Parser(words, kinds);
        String rest = text;
        int arrow = text.indexOf("->");
        if (arrow >= 0) {
            parser.destination(text.substring(arrow));
            rest = text.substring(0, arrow);
        }
        for (String token : rest.strip().split("\\s+")) {
            if (!token.isEmpty()) {
                parser.token(token);
            }
        }
        return new Effects(
                text.replaceAll("\\s+", " "),
                List.copyOf(parser.further),
                parser.found,
                parser.record,
                parser.bulk,
                parser.destination,
                parser.guard);
    }

    public boolean has(String word) {
        return words.contains(word);
    }

    /// Takes tokens one after another.
    private static final class Parser {
        private final Set<String> words;
        private final Set<String> kinds;
        private final List<Further> further = new ArrayList<>();
        private final Set<String> found = new TreeSet<>();
        private @Nullable FlagRecord record;
        private @Nullable String bulk;
        private @Nullable String destination;
        private @Nullable String guard;

        Parser(Set<String> words, Set<String> kinds) {
            this.words = words;
            this.kinds = kinds;
        }

        void destination(String arrow) {
            Matcher to = DESTINATION.matcher(arrow.substring(2).strip());
            if (!to.matches()) {
                throw new Refusal("effects: -> needs one destination, found " + arrow);
            }
            destination = to.group(1);
            guard = to.group(2);
        }

        void token(String token) {
            if (words.contains(token)) {
                found.add(token);
                return;
            }
            Matcher result = FURTHER.matcher(token);
            if (result.matches()) {
                further.add(new Further(result.group(1), result.group(2), result.group(3)));
                return;
            }
            Matcher flags = RECORD.matcher(token);
            if (flags.matches() && words.contains(flags.group(1)) && flags.group(3) != null) {
                found.add(flags.group(1));
                bulk = flags.group(3);
                return;
            }
            if (!flags.matches() || !kinds.contains(flags.group(1))) {
                throw new Refusal("effect " + token + ": unknown; flag records are " + new TreeSet<>(kinds));
            }
            if (record != null) {
                throw new Refusal("effect " + token + ": a row records flags once");
            }
            record = new FlagRecord(flags.group(1), flags.group(2) != null, flags.group(3), flags.group(4));
        }
    }
}
