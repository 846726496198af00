package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.tty.OutputProcessor.isContinuation;
import static faultline.kernel.vfs.tty.OutputProcessor.isControl;
import static faultline.kernel.vfs.tty.Termios.*;

import java.io.ByteArrayOutputStream;

/// N_TTY: what happens to a byte between the keyboard and `read`, termios(3)'s subject.
///
/// Pure state, no threads: the terminal's monitor guards it. Input goes into a ring of 4096 bytes: first complete
/// lines, then the line being edited. A mark beside a byte says that a line ends with it, or that it stands for an
/// end-of-file key and is not read itself.
final class LineDiscipline {

    /// N_TTY_BUF_SIZE; a line holds one byte less, so that its newline always fits.
    private static final int CAPACITY = 4096;

    private static final byte LINE_END = 1;
    private static final byte END_OF_FILE = 2;

    /// What a byte may do besides being read.
    interface Effects {
        /// A signal for the foreground process group.
        void signal(int signal);

        /// Output stops (true) or goes on.
        void stopOutput(boolean stop);
    }

    private static final int SIGINT = 2;
    private static final int SIGQUIT = 3;
    private static final int SIGTSTP = 20;

    private final Effects effects;
    private final OutputProcessor output;

    private final byte[] bytes = new byte[CAPACITY];
    private final byte[] marks = new byte[CAPACITY];
    // Ever growing positions; masked when used. tail <= lineStart <= head.
    private long tail;
    private long lineStart;
    private long head;

    private Termios termios = Termios.DEFAULT;
    private boolean literalNext;
    private boolean stopped;
    /// The column in which the line being edited begins.
    private int startColumn;

    LineDiscipline(Effects effects, OutputProcessor output) {
        this.effects = effects;
        this.output = output;
    }

    Termios termios() {
        return termios;
    }

    /// Changes the settings. What was typed so far becomes readable in raw mode; going back, it becomes a line.
    void setTermios(Termios to) {
        boolean wasCanonical = termios.local(ICANON);
        termios = to;
        if (wasCanonical != to.local(ICANON)) {
            for (long at = tail; at < head; at++) {
                marks[index(at)] = 0;
            }
            if (to.local(ICANON) && head > tail) {
                marks[index(head - 1)] = LINE_END;
            }
            lineStart = head;
            literalNext = false;
        }
        if (!to.input(IXON) && stopped) {
            start();
        }
    }

    private static int index(long position) {
        return (int) position & (CAPACITY - 1);
    }

    private static int unsigned(byte b) {
        return b & 0xff;
    }

    /// Takes one byte that was typed; echo goes to `echo`.
    void input(int typed, ByteArrayOutputStream echo) {
        int c = termios.input(ISTRIP) ? typed & 0x7f : typed;
        if (literalNext) {
            literalNext = false;
            store(c, echo);
            return;
        }
        if (termios.input(IUCLC) && termios.local(IEXTEN) && c >= 'A' && c <= 'Z') {
            c += 'a' - 'A';
        }
        if (flowControl(c) || signalKey(c, echo)) {
            return;
        }
        if (stopped && termios.input(IXON) && termios.input(IXANY)) {
            start();
        }
        if (c == '\r') {
            if (termios.input(IGNCR)) {
                return;
            }
            if (termios.input(ICRNL)) {
                c = '\n';
            }
        } else if (c == '\n' && termios.input(INLCR)) {
            c = '\r';
        }
        if (termios.local(ICANON) && editKey(c, echo)) {
            return;
        }
        store(c, echo);
    }

    private boolean flowControl(int c) {
        if (!termios.input(IXON)) {
            return false;
        }
        if (termios.isKey(c, VSTART)) {
            start();
            return true;
        }
        if (termios.isKey(c, VSTOP)) {
            stopped = true;
            effects.stopOutput(true);
            return true;
        }
        return false;
    }

    private void start() {
        stopped = false;
        effects.stopOutput(false);
    }

    private boolean signalKey(int c, ByteArrayOutputStream echo) {
        if (!termios.local(ISIG)) {
            return false;
        }
        int signal = termios.isKey(c, VINTR)
                ? SIGINT
                : termios.isKey(c, VQUIT) ? SIGQUIT : termios.isKey(c, VSUSP) ? SIGTSTP : 0;
        if (signal == 0) {
            return false;
        }
        if (!termios.local(NOFLSH)) {
            flush();
        }
        effects.signal(signal);
        if (termios.input(IXON) && stopped) {
            start();
        }
        if (termios.local(ECHO)) {
            echo(c, echo);
        }
        return true;
    }

    /// The keys that edit or end a line; false for an ordinary byte.
    private boolean editKey(int c, ByteArrayOutputStream echo) {
        boolean extended = termios.local(IEXTEN);
        if (termios.isKey(c, VERASE)) {
            eraseOne(echo);
        } else if (extended && termios.isKey(c, VWERASE)) {
            eraseWord(echo);
        } else if (termios.isKey(c, VKILL)) {
            kill(c, echo);
        } else if (extended && termios.isKey(c, VLNEXT)) {
            literalNext = true;
            if (termios.local(ECHO) && termios.local(ECHOCTL)) {
                put('^', echo);
                put('\b', echo);
            }
        } else if (extended && termios.local(ECHO) && termios.isKey(c, VREPRINT)) {
            reprint(c, echo);
        } else if (c == '\n') {
            if (termios.local(ECHO) || termios.local(ECHONL)) {
                put('\n', echo);
            }
            endLine(c, LINE_END);
        } else if (termios.isKey(c, VEOF)) {
            endLine(0, END_OF_FILE);
        } else if (termios.isKey(c, VEOL) || extended && termios.isKey(c, VEOL2)) {
            if (termios.local(ECHO)) {
                echo(c, echo);
            }
            endLine(c, LINE_END);
        } else {
            return false;
        }
        return true;
    }

    private void endLine(int c, byte mark) {
        if (head - tail >= CAPACITY) {
            return;
        }
        bytes[index(head)] = (byte) c;
        marks[index(head)] = mark;
        head++;
        lineStart = head;
    }

    /// Adds an ordinary byte, with its echo. In a full ring it replaces the last byte of a line
    /// that nobody can read yet, so that the line can still end, and is dropped otherwise; Linux
    /// has not rung a bell there since 3.12.
    private void store(int c, ByteArrayOutputStream echo) {
        boolean canonical = termios.local(ICANON);
        if (head - tail >= CAPACITY - 1) {
            if (!canonical || lineStart != tail) {
                return;
            }
            head--;
        }
        if (termios.local(ECHO)) {
            if (head == lineStart) {
                startColumn = output.column();
            }
            if (c == '\n') {
                put('\n', echo);
            } else {
                echo(c, echo);
            }
        }
        bytes[index(head)] = (byte) c;
        marks[index(head)] = 0;
        head++;
        if (!canonical) {
            lineStart = head;
        }
    }

    /// Echoes a byte, a control character as `^X` with ECHOCTL.
    private void echo(int c, ByteArrayOutputStream echo) {
        if (termios.local(ECHOCTL) && isControl(c) && c != '\t') {
            put('^', echo);
            put(c ^ 0x40, echo);
        } else {
            put(c, echo);
        }
    }

    private void put(int c, ByteArrayOutputStream echo) {
        output.put(termios, c, echo);
    }

    private void eraseOne(ByteArrayOutputStream echo) {
        if (head > lineStart) {
            eraseCharacter(echo, termios.local(ECHOE));
        }
    }

    /// Removes the last character, all bytes of it, and its picture if `rubOut`; else echoes the erase key.
    private void eraseCharacter(ByteArrayOutputStream echo, boolean rubOut) {
        int c;
        do {
            head--;
            c = unsigned(bytes[index(head)]);
        } while (isContinuation(termios, c) && head > lineStart);
        if (!termios.local(ECHO)) {
            return;
        }
        if (!rubOut) {
            echo(termios.character(VERASE), echo);
        } else if (c == '\t') {
            int back = columnsOfTab();
            for (int i = 0; i < back; i++) {
                put('\b', echo);
            }
        } else {
            if (isControl(c)) {
                if (!termios.local(ECHOCTL)) {
                    return;
                }
                rubOutColumn(echo);
            }
            rubOutColumn(echo);
        }
    }

    private void rubOutColumn(ByteArrayOutputStream echo) {
        put('\b', echo);
        put(' ', echo);
        put('\b', echo);
    }

    /// How many columns the tab just removed from the end of the line took.
    private int columnsOfTab() {
        int column = startColumn;
        for (long at = lineStart; at < head; at++) {
            int c = unsigned(bytes[index(at)]);
            if (c == '\t') {
                column = (column | 7) + 1;
            } else if (isControl(c)) {
                column += termios.local(ECHOCTL) ? 2 : 0;
            } else if (!isContinuation(termios, c)) {
                column++;
            }
        }
        return 8 - (column & 7);
    }

    private void eraseWord(ByteArrayOutputStream echo) {
        boolean seenWord = false;
        while (head > lineStart) {
            int c = unsigned(bytes[index(head - 1)]);
            boolean word = c == '_' || Character.isLetterOrDigit(c) && c < 0x80 || isContinuation(termios, c);
            if (!word && seenWord) {
                return;
            }
            seenWord |= word;
            eraseCharacter(echo, termios.local(ECHOE));
        }
    }

    private void kill(int key, ByteArrayOutputStream echo) {
        if (!termios.local(ECHO)) {
            head = lineStart;
            return;
        }
        if (termios.local(ECHOK) && termios.local(ECHOKE) && termios.local(ECHOE)) {
            while (head > lineStart) {
                eraseCharacter(echo, true);
            }
            return;
        }
        head = lineStart;
        echo(key, echo);
        if (termios.local(ECHOK)) {
            put('\n', echo);
        }
    }

    private void reprint(int key, ByteArrayOutputStream echo) {
        echo(key, echo);
        put('\n', echo);
        startColumn = output.column();
        for (long at = lineStart; at < head; at++) {
            echo(unsigned(bytes[index(at)]), echo);
        }
    }

    /// Drops all input.
    void flush() {
        tail = head;
        lineStart = head;
        literalNext = false;
    }

    /// Bytes that a read could get now: whole lines only in canonical mode.
    int available() {
        return (int) ((termios.local(ICANON) ? lineStart : head) - tail);
    }

    /// FIONREAD: as [#available], without the mark of an end of file.
    int countReadable() {
        int count = available();
        for (long at = tail; termios.local(ICANON) && at < lineStart; at++) {
            if (marks[index(at)] == END_OF_FILE) {
                count--;
            }
        }
        return count;
    }

    /// Moves out at most one line, or in raw mode what there is. 0 in canonical mode is an end of file: the caller
    /// has looked at [#available].
    int read(byte[] to, int at, int length) {
        if (!termios.local(ICANON)) {
            int count = (int) Math.min(length, head - tail);
            for (int i = 0; i < count; i++) {
                to[at + i] = bytes[index(tail++)];
            }
            return count;
        }
        int count = 0;
        while (tail < lineStart) {
            byte mark = marks[index(tail)];
            if (mark == END_OF_FILE) {
                tail++;
                return count;
            }
            if (count == length) {
                return count;
            }
            to[at + count++] = bytes[index(tail++)];
            if (mark == LINE_END) {
                return count;
            }
        }
        return count;
    }
}
