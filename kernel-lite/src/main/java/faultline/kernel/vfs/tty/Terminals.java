package faultline.kernel.vfs.tty;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.JobControl;
import faultline.kernel.vfs.Namespace;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// All terminals of a machine, and which session has which: a session's controlling terminal is the
/// one that names it.
public final class Terminals {

    private static final int TTY_MAJOR = 5;
    private static final int PTS_MAJOR = 136;

    /// Tells `/dev/pts` what is there.
    public interface PtsDirectory {
        void add(int index, long device);

        void remove(int index);
    }

    private final JobControl jobs;
    private final Namespace namespace;
    private final PtsDirectory pts;
    private final TermiosLayout layout;
    private final AtomicInteger nextIndex = new AtomicInteger();
    private final List<Tty> ttys = new CopyOnWriteArrayList<>();

    /// Registers `/dev/tty` and `/dev/ptmx` with the namespace's devices.
    public Terminals(JobControl jobs, Namespace namespace, PtsDirectory pts, TermiosLayout layout) {
        this.jobs = jobs;
        this.namespace = namespace;
        this.pts = pts;
        this.layout = layout;
        namespace.devices().register(TTY_MAJOR, 0, this::openControlling);
        namespace.devices().register(TTY_MAJOR, 2, (path, flags) -> PtyMaster.open(this, path, flags));
    }

    /// How programs have their `struct termios`.
    TermiosLayout layout() {
        return layout;
    }

    /// Makes the host's terminal `/dev/pts/0` and `/dev/console`, and starts reading it.
    public Tty console(HostTerminal host) {
        Tty tty = add(index -> new Tty(index, jobs, new ConsoleDriver(host)));
        tty.resize(host.size());
        namespace.devices().register(TTY_MAJOR, 1, (path, flags) -> open(tty, path, flags));
        host.start(new HostTerminal.Listener() {
            @Override
            public void input(byte[] bytes, int at, int length) {
                tty.input(bytes, at, length);
            }

            @Override
            public void resized(HostTerminal.Size size) {
                tty.resize(size);
            }

            @Override
            public void hangUp() {
                tty.hangUp();
            }
        });
        return tty;
    }

    /// Makes a terminal and its name.
    interface Maker {
        Tty make(int index);
    }

    Tty add(Maker maker) {
        int index = nextIndex.getAndIncrement();
        Tty tty = maker.make(index);
        ttys.add(tty);
        namespace.devices().register(PTS_MAJOR, index, (path, flags) -> open(tty, path, flags));
        pts.add(index, FileMode.makeDevice(PTS_MAJOR, index));
        return tty;
    }

    /// A pty's master was closed.
    void remove(Tty tty) {
        ttys.remove(tty);
        pts.remove(tty.index());
        namespace.devices().unregister(PTS_MAJOR, tty.index());
    }

    JobControl jobs() {
        return jobs;
    }

    /// Opens a terminal; a session leader without one makes it its own, unless O_NOCTTY.
    OpenFile open(Tty tty, VfsPath path, int flags) {
        if (tty.isHungUp()) {
            throw Errno.EIO.exception();
        }
        Caller caller = Caller.current();
        boolean leader = caller.pid() == caller.session();
        if ((flags & FileMode.O_NOCTTY) == 0 && leader && tty.session() == 0 && controlling(caller.session()) == null) {
            tty.attach(caller.session(), caller.processGroup());
        }
        return new TtyFile(path, flags, this, tty);
    }

    /// `/dev/tty`: ENXIO without a controlling terminal.
    private OpenFile openControlling(VfsPath path, int flags) {
        Tty tty = controlling(Caller.current().session());
        if (tty == null) {
            throw Errno.ENXIO.exception();
        }
        return new TtyFile(path, flags, this, tty);
    }

    /// An open terminal for a standard stream, without any of open's side effects.
    public OpenFile openStream(Tty tty, VfsPath path) {
        return new TtyFile(path, FileMode.O_RDWR, this, tty);
    }

    /// The terminal of a session, or null.
    public @Nullable Tty controlling(int session) {
        for (Tty tty : ttys) {
            if (tty.session() == session && session != 0) {
                return tty;
            }
        }
        return null;
    }

    /// TIOCSCTTY: only for a session leader without a terminal; user 0 may steal.
    void take(Tty tty, Caller caller, boolean steal) {
        boolean leader = caller.pid() == caller.session();
        if (leader && tty.session() == caller.session()) {
            return;
        }
        if (!leader || controlling(caller.session()) != null) {
            throw Errno.EPERM.exception();
        }
        if (tty.session() != 0 && !(steal && caller.credentials().isSuperuser())) {
            throw Errno.EPERM.exception();
        }
        tty.attach(caller.session(), caller.processGroup());
    }

    /// TIOCNOTTY: the leader lets go for its whole session.
    void giveUp(Tty tty, Caller caller) {
        if (tty.session() == 0 || tty.session() != caller.session()) {
            throw Errno.ENOTTY.exception();
        }
        if (caller.pid() == caller.session()) {
            tty.detach();
        }
    }

    /// A session leader has ended: its foreground group gets SIGHUP and SIGCONT, the terminal is free.
    public void sessionEnded(int session) {
        Tty tty = controlling(session);
        if (tty != null) {
            tty.detach();
        }
    }
}
