package faultline.kernel.vfs.tty;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.tty.HostTerminal.Size;
import org.jspecify.annotations.Nullable;

/// An open terminal: reads, writes and the ioctls of tty_ioctl(4) in their asm-generic numbers.
final class TtyFile extends OpenFile {

    static final int TCGETS = 0x5401;
    static final int TCSETS = 0x5402;
    static final int TCSETSW = 0x5403;
    static final int TCSETSF = 0x5404;
    static final int TCSBRK = 0x5409;
    static final int TCXONC = 0x540a;
    static final int TCFLSH = 0x540b;
    static final int TIOCSCTTY = 0x540e;
    static final int TIOCGPGRP = 0x540f;
    static final int TIOCSPGRP = 0x5410;
    static final int TIOCOUTQ = 0x5411;
    static final int TIOCSTI = 0x5412;
    static final int TIOCGWINSZ = 0x5413;
    static final int TIOCSWINSZ = 0x5414;
    static final int FIONREAD = 0x541b;
    static final int TIOCNOTTY = 0x5422;
    static final int TIOCGETD = 0x5424;
    static final int TCSBRKP = 0x5425;
    static final int TIOCGSID = 0x5429;
    static final int TCGETS2 = 0x802c542a;
    static final int TCSETS2 = 0x402c542b;
    static final int TCSETSW2 = 0x402c542c;
    static final int TCSETSF2 = 0x402c542d;

    private final Terminals terminals;
    private final Tty tty;

    TtyFile(VfsPath path, int flags, Terminals terminals, Tty tty) {
        super(path, flags);
        this.terminals = terminals;
        this.tty = tty;
        tty.opened();
    }

    @Override
    protected void release() {
        tty.closed();
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        return length == 0 ? 0 : tty.read(to, at, length, nonBlocking);
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        return tty.write(from, at, length, nonBlocking);
    }

    @Override
    public int poll(@Nullable PollListener listener) {
        if (listener != null) {
            listener.on(tty.readable());
            listener.on(tty.writable());
        }
        return tty.poll();
    }

    @Override
    public boolean isPollable() {
        return true;
    }

    @Override
    public long ioctl(int command, long argument, UserMemory memory) {
        return ioctl(terminals, tty, command, argument, memory);
    }

    /// The commands that a pty's master passes on as well.
    static long ioctl(Terminals terminals, Tty tty, int command, long argument, UserMemory memory) {
        switch (command) {
            case TCGETS -> tty.termios().write(memory, argument, false);
            case TCGETS2 -> tty.termios().write(memory, argument, true);
            case TCSETS, TCSETSW, TCSETSF -> set(tty, Termios.read(memory, argument, false), command == TCSETSF);
            case TCSETS2, TCSETSW2, TCSETSF2 -> set(tty, Termios.read(memory, argument, true), command == TCSETSF2);
            // Output goes out as it is written: nothing to drain, no line to hold low.
            case TCSBRK, TCSBRKP -> tty.checkJob(Tty.SIGTTOU);
            case TCXONC -> flow(tty, (int) argument);
            case TCFLSH -> flush(tty, (int) argument);
            case TIOCOUTQ -> memory.store32(argument, 0);
            case TIOCGETD -> memory.store32(argument, 0);
            case FIONREAD -> memory.store32(argument, tty.countReadable());
            case TIOCGWINSZ -> writeSize(memory, argument, tty.size());
            case TIOCSWINSZ -> tty.resize(readSize(memory, argument));
            // Faking input is off, as dev.tty.legacy_tiocsti has it since Linux 6.2.
            case TIOCSTI -> throw Errno.EIO.exception();
            default -> {
                return jobControl(terminals, tty, command, argument, memory);
            }
        }
        return 0;
    }

    private static void set(Tty tty, Termios termios, boolean flush) {
        tty.checkJob(Tty.SIGTTOU);
        tty.setTermios(termios, flush);
    }

    private static void flow(Tty tty, int action) {
        tty.checkJob(Tty.SIGTTOU);
        switch (action) {
            case 0 -> tty.stopOutput(true);
            case 1 -> tty.stopOutput(false);
            case 2, 3 -> {}
            default -> throw Errno.EINVAL.exception();
        }
    }

    private static void flush(Tty tty, int queue) {
        tty.checkJob(Tty.SIGTTOU);
        switch (queue) {
            case 0, 2 -> tty.flushInput();
            case 1 -> {}
            default -> throw Errno.EINVAL.exception();
        }
    }

    private static void writeSize(UserMemory memory, long va, Size size) {
        memory.store16(va, (short) size.rows());
        memory.store16(va + 2, (short) size.columns());
        memory.store16(va + 4, (short) size.width());
        memory.store16(va + 6, (short) size.height());
    }

    private static Size readSize(UserMemory memory, long va) {
        return new Size(
                memory.load16(va) & 0xffff,
                memory.load16(va + 2) & 0xffff,
                memory.load16(va + 4) & 0xffff,
                memory.load16(va + 6) & 0xffff);
    }

    private static long jobControl(Terminals terminals, Tty tty, int command, long argument, UserMemory memory) {
        Caller caller = Caller.current();
        switch (command) {
            case TIOCSCTTY -> terminals.take(tty, caller, argument == 1);
            case TIOCNOTTY -> terminals.giveUp(tty, caller);
            case TIOCGPGRP -> {
                requireControlling(tty, caller);
                memory.store32(argument, tty.foreground());
            }
            case TIOCGSID -> {
                requireControlling(tty, caller);
                memory.store32(argument, tty.session());
            }
            case TIOCSPGRP -> setForeground(tty, memory.load32(argument));
            default -> throw Errno.ENOTTY.exception();
        }
        return 0;
    }

    private static void requireControlling(Tty tty, Caller caller) {
        if (tty.session() == 0 || tty.session() != caller.session()) {
            throw Errno.ENOTTY.exception();
        }
    }

    private static void setForeground(Tty tty, int group) {
        try {
            tty.checkJob(Tty.SIGTTOU);
        } catch (ErrnoException refused) {
            throw refused.errno() == Errno.EIO ? Errno.ENOTTY.exception() : refused;
        }
        tty.setForeground(group);
    }
}
