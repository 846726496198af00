package faultline.cli.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a program printed, divided into what has to be the same in every run and what it measured:
/// in a line, everything from the word `nanos=` on.
///
/// @param measured the measured words that are whole numbers, by name
record Printed(List<String> lines, Map<String, Long> measured) {

    private static final String BEGINNING = " nanos=";

    static Printed of(String text) {
        Map<String, Long> measured = new LinkedHashMap<>();
        List<String> lines = text.lines().map(line -> stable(line, measured)).toList();
        return new Printed(lines, measured);
    }

    private static String stable(String line, Map<String, Long> measured) {
        int at = line.indexOf(BEGINNING);
        if (at < 0) {
            return line;
        }
        for (String word : line.substring(at + 1).split(" ")) {
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            if (equals > 0 && value.matches("[0-9]{1,18}")) {
                measured.put(word.substring(0, equals), Long.parseLong(value));
            }
        }
        return line.substring(0, at);
    }

    /// How it differs from another run's, in words; empty when it does not.
    String difference(Printed other) {
        for (int i = 0; i < Math.max(lines.size(), other.lines.size()); i++) {
            String mine = i < lines.size() ? lines.get(i) : null;
            String its = i < other.lines.size() ? other.lines.get(i) : null;
            if (mine == null || !mine.equals(its)) {
                return "line %d is %s and was %s".formatted(i + 1, quoted(mine), quoted(its));
            }
        }
        return "";
    }

    private static String quoted(@Nullable String line) {
        return line == null ? "missing" : '"' + line + '"';
    }
}
