package faultline.x86.abi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The system-call numbers of x86-64, from the table `syscalls.tbl` beside this class: one number
/// and name a line.
final class SyscallNames {

    private static final String TABLE = "syscalls.tbl";

    private final @Nullable String[] byNumber;

    private SyscallNames(@Nullable String[] byNumber) {
        this.byNumber = byNumber;
    }

    /// Linux's name for a number, or null when it has none.
    @Nullable
    String name(int number) {
        return number >= 0 && number < byNumber.length ? byNumber[number] : null;
    }

    /// One more than the highest number.
    int count() {
        return byNumber.length;
    }

    static SyscallNames load() {
        try (InputStream in = SyscallNames.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("x86: " + TABLE + " is missing from the module");
            }
            return read(new BufferedReader(new InputStreamReader(in, US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException("x86: cannot read " + TABLE, e);
        }
    }

    private static SyscallNames read(BufferedReader lines) throws IOException {
        @Nullable String[] names = new @Nullable String[512];
        int count = 0;
        String line;
        while ((line = lines.readLine()) != null) {
            if (!line.startsWith("#")) {
                int space = line.indexOf(' ');
                int number = Integer.parseInt(line, 0, space, 10);
                names[number] = line.substring(space + 1);
                count = number + 1;
            }
        }
        return new SyscallNames(Arrays.copyOf(names, count));
    }
}
