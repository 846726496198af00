package faultline.core.isa.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a row's third column says beside the main result.
final class Effects {

    private static final Pattern FURTHER = Pattern.compile("(\\w+)=(\\w+)(?:\\[(\\w+)])?");
    private static final Pattern RECORD = Pattern.compile("(\\w+)(\\?)?(?:\\((\\w+)(?:,(\\w+))?\\))?");
    private static final Pattern DESTINATION = Pattern.compile("(\\w+)(?:\\[(\\w+)])?");
    private static final Set<String> WORDS = Set.of(
            "lock", "locked", "rep", "repz", "d64", "f64", "eapop", "unaligned", "syscall", "ends", "waits", "x87");

    /// A further result: `to=method`, written only if `guard` says so.
    record Further(String to, String method, @Nullable String guard) {}

    /// A flag record; `x` and `y` replace its operands.
    record FlagRecord(
            String kind,
            boolean ifCounted,
            @Nullable String x,
            @Nullable String y) {}

    final List<Further> further = new ArrayList<>();
    private final Set<String> words = new TreeSet<>();

    @Nullable
    FlagRecord record;

    @Nullable
    String bulk;

    /// Where the main result goes instead of the first operand.
    @Nullable
    String destination;

    @Nullable
    String guard;

    private final String text;

    private Effects(String text) {
        this.text = text;
    }

    static Effects parse(String text, Set<String> kinds) {
        Effects effects = new Effects(text.replaceAll("\\s+", " "));
        String rest = text;
        int arrow = text.indexOf("->");
        if (arrow >= 0) {
            Matcher to = DESTINATION.matcher(text.substring(arrow + 2).strip());
            if (!to.matches()) {
                throw new Refusal("effects: -> needs one destination, found " + text.substring(arrow));
            }
            effects.destination = to.group(1);
            effects.guard = to.group(2);
            rest = text.substring(0, arrow);
        }
        for (String token : rest.strip().split("\\s+")) {
            if (!token.isEmpty()) {
                effects.token(token, kinds);
            }
        }
        return effects;
    }

    private void token(String token, Set<String> kinds) {
        if (WORDS.contains(token)) {
            words.add(token);
            return;
        }
        Matcher result = FURTHER.matcher(token);
        if (result.matches()) {
            further.add(new Further(result.group(1), result.group(2), result.group(3)));
            return;
        }
        Matcher flags = RECORD.matcher(token);
        if (flags.matches() && flags.group(1).equals("rep") && flags.group(3) != null) {
            words.add("rep");
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

    boolean has(String word) {
        return words.contains(word);
    }

    boolean repeats() {
        return has("rep") || has("repz");
    }

    /// What tells forms apart that have the same shape; d64 and the like only matter to the
    /// decoder.
    String key() {
        return text.replaceAll("\\b(lock|d64|f64|eapop)\\b", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
