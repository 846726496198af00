package faultline.kernel.syscall;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The system-call numbers of an architecture, read from a text: names, of which a number before
/// says where they begin.
///
/// The text stands in a class and not in a file beside it: to open a module's archive takes a tenth
/// of the time that a small guest takes in all.
public final class SyscallNames {

    private final @Nullable String[] byNumber;

    private SyscallNames(@Nullable String[] byNumber) {
        this.byNumber = byNumber;
    }

    /// Linux's name for a number, or null when it has none.
    public @Nullable String name(int number) {
        return number >= 0 && number < byNumber.length ? byNumber[number] : null;
    }

    /// One more than the highest number.
    public int count() {
        return byNumber.length;
    }

    /// Reads a text whose words end with one space or line feed.
    public static SyscallNames of(String text) {
        @Nullable String[] names = new @Nullable String[512];
        int next = 0;
        int start = 0;
        while (start < text.length()) {
            int end = wordEnd(text, start);
            String word = text.substring(start, end);
            if (Character.isDigit(word.charAt(0))) {
                next = Integer.parseInt(word);
            } else {
                names[next++] = word;
            }
            start = end + 1;
        }
        return new SyscallNames(Arrays.copyOf(names, next));
    }

    private static int wordEnd(String text, int start) {
        int end = start;
        while (text.charAt(end) > ' ') {
            end++;
        }
        return end;
    }
}
