package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.Ioctls.FIONREAD;
import static faultline.kernel.vfs.Ioctls.TCFLSH;
import static faultline.kernel.vfs.Ioctls.TCGETS;
import static faultline.kernel.vfs.Ioctls.TCGETS2;
import static faultline.kernel.vfs.Ioctls.TCSBRK;
import static faultline.kernel.vfs.Ioctls.TCSBRKP;
import static faultline.kernel.vfs.Ioctls.TCSETS;
import static faultline.kernel.vfs.Ioctls.TCSETS2;
import static faultline.kernel.vfs.Ioctls.TCSETSF;
import static faultline.kernel.vfs.Ioctls.TCSETSF2;
import static faultline.kernel.vfs.Ioctls.TCSETSW;
import static faultline.kernel.vfs.Ioctls.TCSETSW2;
import static faultline.kernel.vfs.Ioctls.TCXONC;
import static faultline.kernel.vfs.Ioctls.TIOCGETD;
import static faultline.kernel.vfs.Ioctls.TIOCGPGRP;
import static faultline.kernel.vfs.Ioctls.TIOCGSID;
import static faultline.kernel.vfs.Ioctls.TIOCGWINSZ;
import static faultline.kernel.vfs.Ioctls.TIOCNOTTY;
import static faultline.kernel.vfs.Ioctls.TIOCOUTQ;
import static faultline.kernel.vfs.Ioctls.TIOCSCTTY;
import static faultline.kernel.vfs.Ioctls.TIOCSPGRP;
import static faultline.kernel.vfs.Ioctls.TIOCSTI;
import static faultline.kernel.vfs.Ioctls.TIOCSWINSZ;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PollListener;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.tty.HostTerminal.Size;
import org.jspecify.annotations.Nullable;

/// An open terminal: reads, writes and the ioctls of tty_ioctl(4).
final class TtyFile extends OpenFile {

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
            case TCGETS -> terminals.layout().write(memory, argument, tty.termios(), false);
            case TCGETS2 -> terminals.layout().write(memory, argument, tty.termios(), true);
            case TCSETS, TCSETSW, TCSETSF ->
                set(tty, terminals.layout().read(memory, argument, false), command == TCSETSF);
            case TCSETS2, TCSETSW2, TCSETSF2 ->
                set(tty, terminals.layout().read(memory, argument, true), command == TCSETSF2);
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
