package faultline.cli.run;

import faultline.kernel.vfs.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Who runs the emulator: the guest gets the same ids. Where the host has no `/proc`, an ordinary
/// user.
final class HostUser {

    private static final int ORDINARY = 1000;

    private HostUser() {}

    static Credentials credentials() {
        try {
            int[] groups = new int[0];
            int uid = ORDINARY;
            int gid = ORDINARY;
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:")) {
                    uid = numbers(line)[0];
                } else if (line.startsWith("Gid:")) {
                    gid = numbers(line)[0];
                } else if (line.startsWith("Groups:")) {
                    groups = numbers(line);
                }
            }
            return new Credentials(uid, gid, groups);
        } catch (IOException _) {
            return new Credentials(ORDINARY, ORDINARY, new int[0]);
        }
    }

    /// The numbers behind the colon. Read by hand: every start comes here, and a pattern and a
    /// stream cost it milliseconds.
    private static int[] numbers(String line) {
        int[] numbers = new int[line.length()];
        int count = 0;
        int at = line.indexOf(':') + 1;
        while (at < line.length()) {
            int start = at;
            while (at < line.length() && Character.isDigit(line.charAt(at))) {
                at++;
            }
            if (at > start) {
                numbers[count++] = Integer.parseUnsignedInt(line, start, at, 10);
            }
            at++;
        }
        return Arrays.copyOf(numbers, count);
    }
}
