package faultline.cli.run;

import faultline.kernel.trace.TraceEvent;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One `--trace`: `EVENTS[:FILE]`, where EVENTS are tracepoints as `SYSTEM:NAME`, a system's or an event's
/// name alone, separated by commas; `*` and `?` stand for what they stand for in file names.
///
/// @param file where the lines go, or null for standard error
public record TraceChoice(Set<TraceEvent> events, @Nullable String file) {

    static final TraceChoice NONE = new TraceChoice(Set.of(), null);

    /// This choice and another; the later file counts.
    TraceChoice with(String option, String value) {
        Set<TraceEvent> all = EnumSet.noneOf(TraceEvent.class);
        all.addAll(events);
        String to = file;
        for (String part : value.split(",", -1)) {
            String word = part;
            int name = word.indexOf(':');
            int behind = word.indexOf(':', name + 1);
            if (name >= 0 && behind >= 0) {
                if (!value.endsWith(word) || behind + 1 == word.length()) {
                    throw Refusal.usage(option + " " + value + ": expected SYSTEM:NAME,…[:FILE]");
                }
                to = word.substring(behind + 1);
                word = word.substring(0, behind);
            }
            if (!add(word, all)) {
                throw Refusal.usage(
                        option + " " + value + ": no tracepoint is called " + word + "; --trace help lists them");
            }
        }
        return new TraceChoice(all, to);
    }

    private static boolean add(String glob, Set<TraceEvent> to) {
        Pattern pattern = pattern(glob);
        boolean found = false;
        for (TraceEvent event : TraceEvent.values()) {
            boolean whole = glob.indexOf(':') >= 0;
            boolean meant = whole
                    ? pattern.matcher(event.toString()).matches()
                    : pattern.matcher(event.event()).matches()
                            || pattern.matcher(event.system()).matches();
            if (meant) {
                to.add(event);
                found = true;
            }
        }
        return found;
    }

    private static Pattern pattern(String glob) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            text.append(
                    switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        return Pattern.compile(text.toString(), Pattern.CASE_INSENSITIVE);
    }
}
