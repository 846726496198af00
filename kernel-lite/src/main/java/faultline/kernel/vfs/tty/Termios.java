package faultline.kernel.vfs.tty;

/// A terminal's settings: `struct ktermios`. Immutable. Values are those of `asm-generic/termbits.h`; what a program
/// has is its architecture's [TermiosLayout].
///
/// `cc` is indexed by the V* constants; 0 there means that no key does it.
public record Termios(int iflag, int oflag, int cflag, int lflag, int line, byte[] cc, int ispeed, int ospeed) {

    public static final int ISTRIP = 0x20;
    public static final int INLCR = 0x40;
    public static final int IGNCR = 0x80;
    public static final int ICRNL = 0x100;
    public static final int IUCLC = 0x200;
    public static final int IXON = 0x400;
    public static final int IXANY = 0x800;
    public static final int IUTF8 = 0x4000;

    public static final int OPOST = 0x1;
    public static final int OLCUC = 0x2;
    public static final int ONLCR = 0x4;
    public static final int OCRNL = 0x8;
    public static final int ONOCR = 0x10;
    public static final int ONLRET = 0x20;
    public static final int XTABS = 0x1800;

    public static final int ISIG = 0x1;
    public static final int ICANON = 0x2;
    public static final int ECHO = 0x8;
    public static final int ECHOE = 0x10;
    public static final int ECHOK = 0x20;
    public static final int ECHONL = 0x40;
    public static final int NOFLSH = 0x80;
    public static final int TOSTOP = 0x100;
    public static final int ECHOCTL = 0x200;
    public static final int ECHOKE = 0x800;
    public static final int IEXTEN = 0x8000;

    public static final int VINTR = 0;
    public static final int VQUIT = 1;
    public static final int VERASE = 2;
    public static final int VKILL = 3;
    public static final int VEOF = 4;
    public static final int VTIME = 5;
    public static final int VMIN = 6;
    public static final int VSTART = 8;
    public static final int VSTOP = 9;
    public static final int VSUSP = 10;
    public static final int VEOL = 11;
    public static final int VREPRINT = 12;
    public static final int VWERASE = 14;
    public static final int VLNEXT = 15;
    public static final int VEOL2 = 16;

    static final int NCCS = 19;

    /// B38400 | CS8 | CREAD | HUPCL.
    private static final int DEFAULT_CFLAG = 0x4bf;

    static final int DEFAULT_SPEED = 38400;

    /// What a terminal has after boot, with IUTF8, as terminal emulators set it.
    public static final Termios DEFAULT = new Termios(
            ICRNL | IXON | IUTF8,
            OPOST | ONLCR,
            DEFAULT_CFLAG,
            ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
            0,
            new byte[] {3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16, 0, 0, 0},
            DEFAULT_SPEED,
            DEFAULT_SPEED);

    public Termios {
        cc = cc.clone();
    }

    @Override
    public byte[] cc() {
        return cc.clone();
    }

    boolean input(int flag) {
        return (iflag & flag) != 0;
    }

    boolean output(int flag) {
        return (oflag & flag) != 0;
    }

    boolean local(int flag) {
        return (lflag & flag) != 0;
    }

    int character(int index) {
        return cc[index] & 0xff;
    }

    /// Whether byte `c` is the key for `index`.
    boolean isKey(int c, int index) {
        return c != 0 && c == (cc[index] & 0xff);
    }

    /// These settings with other local modes.
    public Termios withLocal(int flags) {
        return new Termios(iflag, oflag, cflag, flags, line, cc, ispeed, ospeed);
    }

    /// These settings with other input modes.
    public Termios withInput(int flags) {
        return new Termios(flags, oflag, cflag, lflag, line, cc, ispeed, ospeed);
    }

    /// These settings with other output modes.
    public Termios withOutput(int flags) {
        return new Termios(iflag, flags, cflag, lflag, line, cc, ispeed, ospeed);
    }

    /// These settings with another value for one control character.
    public Termios withCharacter(int index, int value) {
        byte[] changed = cc.clone();
        changed[index] = (byte) value;
        return new Termios(iflag, oflag, cflag, lflag, line, changed, ispeed, ospeed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Termios that
                && iflag == that.iflag
                && oflag == that.oflag
                && cflag == that.cflag
                && lflag == that.lflag
                && line == that.line
                && ispeed == that.ispeed
                && ospeed == that.ospeed
                && java.util.Arrays.equals(cc, that.cc);
    }

    @Override
    public int hashCode() {
        return (iflag * 31 + oflag) * 31 + lflag;
    }

    @Override
    public String toString() {
        return String.format("termios iflag %#x oflag %#x cflag %#x lflag %#x", iflag, oflag, cflag, lflag);
    }
}
