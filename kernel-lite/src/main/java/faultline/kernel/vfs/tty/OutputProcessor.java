package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.tty.Termios.*;

import java.io.ByteArrayOutputStream;

/// OPOST processing of what goes to the terminal, and the column the cursor is in. Guarded by its
/// terminal's monitor.
final class OutputProcessor {

    private int column;

    int column() {
        return column;
    }

    /// Processes one byte of output or echo.
    void put(Termios termios, int c, ByteArrayOutputStream out) {
        if (!termios.output(OPOST)) {
            out.write(c);
            return;
        }
        switch (c) {
            case '\n' -> {
                if (termios.output(ONLCR)) {
                    out.write('\r');
                    column = 0;
                } else if (termios.output(ONLRET)) {
                    column = 0;
                }
                out.write('\n');
            }
            case '\r' -> carriageReturn(termios, out);
            case '\t' -> {
                int spaces = 8 - (column & 7);
                column += spaces;
                if ((termios.oflag() & XTABS) == XTABS) {
                    for (int i = 0; i < spaces; i++) {
                        out.write(' ');
                    }
                } else {
                    out.write('\t');
                }
            }
            case '\b' -> {
                column = Math.max(0, column - 1);
                out.write('\b');
            }
            default -> {
                int shown = termios.output(OLCUC) && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
                if (!isControl(c) && !isContinuation(termios, c)) {
                    column++;
                }
                out.write(shown);
            }
        }
    }

    private void carriageReturn(Termios termios, ByteArrayOutputStream out) {
        if (termios.output(ONOCR) && column == 0) {
            return;
        }
        if (termios.output(OCRNL)) {
            if (termios.output(ONLRET)) {
                column = 0;
            }
            out.write('\n');
            return;
        }
        column = 0;
        out.write('\r');
    }

    static boolean isControl(int c) {
        return c < 0x20 || c == 0x7f;
    }

    /// A byte of a UTF-8 character behind its first: takes no column of its own.
    static boolean isContinuation(Termios termios, int c) {
        return termios.input(IUTF8) && (c & 0xc0) == 0x80;
    }
}
