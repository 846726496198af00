package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.FileMode.*;
import static faultline.kernel.vfs.tty.Termios.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.JobControl;
import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.Waiting;
import faultline.kernel.vfs.tty.HostTerminal.Size;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// A terminal: the line discipline between a driver (the host's terminal, or a pty's master) and the programs that
/// read and write it, with its session and foreground process group.
///
/// Signals and bytes for the driver are collected under the monitor and sent after it is released:
/// neither the process table nor a driver is ever called with it held.
public final class Tty {

    /// Where output goes.
    interface Driver {
        /// Takes processed output; may block on the host, or take none while [#hasRoom] is false.
        void write(byte[] from, int at, int length);

        /// Whether output may be sent now.
        boolean hasRoom();

        /// Nobody looks at the output any more: EIO.
        boolean isGone();

        /// The last open file of the terminal is gone, or (true) there is one again.
        default void inUse(boolean open) {}
    }

    static final int SIGHUP = 1;
    static final int SIGCONT = 18;
    static final int SIGTTIN = 21;
    static final int SIGTTOU = 22;
    static final int SIGWINCH = 28;

    /// How many bytes of output are processed at a time: expanded, they fit the driver's slack.
    private static final int CHUNK = 512;

    private static final long TENTH_OF_SECOND = 100_000_000L;

    private final int index;
    private final JobControl jobs;
    private final Driver driver;

    private final PollQueue readable = new PollQueue();
    private final PollQueue writable = new PollQueue();

    // Guarded by this monitor.
    private final OutputProcessor output = new OutputProcessor();
    private final LineDiscipline discipline;
    private final List<Integer> signals = new ArrayList<>();
    private Size size = new Size(24, 80, 0, 0);
    private boolean stopped;
    private boolean hungUp;
    private int session;
    private int foreground;
    private int openers;

    /// `index` is its number below /dev/pts.
    Tty(int index, JobControl jobs, Driver driver) {
        this.index = index;
        this.jobs = jobs;
        this.driver = driver;
        this.discipline = new LineDiscipline(
                new LineDiscipline.Effects() {
                    @Override
                    public void signal(int signal) {
                        signals.add(signal);
                    }

                    @Override
                    public void stopOutput(boolean stop) {
                        stopped = stop;
                    }
                },
                output);
    }

    public int index() {
        return index;
    }

    /// One more open file.
    void opened() {
        boolean first;
        synchronized (this) {
            first = openers++ == 0;
        }
        if (first) {
            driver.inUse(true);
        }
    }

    void closed() {
        boolean last;
        synchronized (this) {
            last = --openers == 0;
        }
        if (last) {
            driver.inUse(false);
        }
    }

    PollQueue readable() {
        return readable;
    }

    /// Woken when output can go on.
    PollQueue writable() {
        return writable;
    }

    /// Bytes arrive from the driver. Any thread.
    void input(byte[] bytes, int at, int length) {
        ByteArrayOutputStream echo = new ByteArrayOutputStream();
        List<Integer> pending;
        int group;
        synchronized (this) {
            for (int i = 0; i < length; i++) {
                discipline.input(bytes[at + i] & 0xff, echo);
            }
            pending = List.copyOf(signals);
            signals.clear();
            group = foreground;
        }
        if (echo.size() > 0 && driver.hasRoom()) {
            driver.write(echo.toByteArray(), 0, echo.size());
        }
        for (int signal : pending) {
            signal(group, signal);
        }
        readable.wakeAll();
        writable.wakeAll();
    }

    private void signal(int group, int signal) {
        if (group > 0) {
            jobs.signalProcessGroup(group, signal);
        }
    }

    int read(byte[] to, int at, int length, boolean nonBlocking) {
        long deadline = Long.MAX_VALUE;
        int before = -1;
        try (Waiting waiting = new Waiting(readable)) {
            while (true) {
                checkJob(SIGTTIN);
                synchronized (this) {
                    int available = discipline.available();
                    if (isReady(available, length)) {
                        return discipline.read(to, at, length);
                    }
                    if (hungUp) {
                        return 0;
                    }
                    Termios termios = discipline.termios();
                    int time = termios.local(ICANON) ? 0 : termios.character(VTIME);
                    boolean minimum = termios.local(ICANON) || termios.character(VMIN) > 0;
                    if (!minimum && time == 0) {
                        return 0;
                    }
                    if (nonBlocking) {
                        throw Errno.EAGAIN.exception();
                    }
                    if (time == 0) {
                        deadline = Long.MAX_VALUE;
                    } else if (minimum ? available > 0 && available != before : before < 0) {
                        deadline = now() + time * TENTH_OF_SECOND;
                    }
                    before = available;
                }
                if (!waiting.sleep(deadline)) {
                    synchronized (this) {
                        return discipline.read(to, at, length);
                    }
                }
            }
        }
    }

    /// VMIN: whether a read of `length` need not wait for more.
    private boolean isReady(int available, int length) {
        Termios termios = discipline.termios();
        if (termios.local(ICANON)) {
            return available > 0;
        }
        int minimum = Math.max(1, Math.min(termios.character(VMIN), length));
        return available >= minimum;
    }

    private static long now() {
        return KernelThread.current().schedule().nanoTime();
    }

    int write(byte[] from, int at, int length, boolean nonBlocking) {
        int done = 0;
        try (Waiting waiting = new Waiting(writable)) {
            while (done < length) {
                try {
                    if ((termios().lflag() & TOSTOP) != 0) {
                        checkJob(SIGTTOU);
                    }
                    if (driver.isGone() || isHungUp()) {
                        throw Errno.EIO.exception();
                    }
                    if (isStopped() || !driver.hasRoom()) {
                        if (nonBlocking) {
                            throw Errno.EAGAIN.exception();
                        }
                        waiting.sleep();
                        continue;
                    }
                } catch (ErrnoException ends) {
                    if (done == 0) {
                        throw ends;
                    }
                    return done;
                }
                int count = Math.min(CHUNK, length - done);
                byte[] processed = process(from, at + done, count);
                driver.write(processed, 0, processed.length);
                done += count;
            }
        }
        return done;
    }

    private synchronized byte[] process(byte[] from, int at, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(count + 16);
        Termios termios = discipline.termios();
        for (int i = 0; i < count; i++) {
            output.put(termios, from[at + i] & 0xff, out);
        }
        return out.toByteArray();
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isHungUp() {
        return hungUp;
    }

    int poll() {
        boolean room = driver.hasRoom() || driver.isGone();
        synchronized (this) {
            int ready = 0;
            Termios termios = discipline.termios();
            int minimum =
                    termios.local(ICANON) || termios.character(VTIME) > 0 ? 1 : Math.max(1, termios.character(VMIN));
            if (discipline.available() >= minimum || hungUp) {
                ready |= POLLIN | POLLRDNORM;
            }
            if (room && !stopped) {
                ready |= POLLOUT | POLLWRNORM;
            }
            return hungUp ? ready | POLLHUP | POLLERR : ready;
        }
    }

    synchronized Termios termios() {
        return discipline.termios();
    }

    /// TCSETS; with `flush` drops what was typed before (TCSETSF).
    void setTermios(Termios to, boolean flush) {
        synchronized (this) {
            if (flush) {
                discipline.flush();
            }
            discipline.setTermios(to);
        }
        readable.wakeAll();
        writable.wakeAll();
    }

    synchronized int countReadable() {
        return discipline.countReadable();
    }

    /// TCFLSH of the input side.
    synchronized void flushInput() {
        discipline.flush();
    }

    /// TCXONC: stops or starts output.
    void stopOutput(boolean stop) {
        synchronized (this) {
            stopped = stop;
        }
        writable.wakeAll();
    }

    synchronized Size size() {
        return size;
    }

    /// Another window size: SIGWINCH to the foreground.
    void resize(Size to) {
        int group;
        synchronized (this) {
            if (size.equals(to)) {
                return;
            }
            size = to;
            group = foreground;
        }
        signal(group, SIGWINCH);
    }

    synchronized int session() {
        return session;
    }

    synchronized int foreground() {
        return foreground;
    }

    /// Makes it the controlling terminal of a session.
    public synchronized void attach(int newSession, int newForeground) {
        session = newSession;
        foreground = newForeground;
    }

    /// The session lets go of it, or its leader has ended.
    void detach() {
        int group;
        synchronized (this) {
            group = foreground;
            session = 0;
            foreground = 0;
        }
        signal(group, SIGHUP);
        signal(group, SIGCONT);
    }

    /// The driver is gone: readers see the end of file, writers EIO.
    void hangUp() {
        int group;
        synchronized (this) {
            hungUp = true;
            group = foreground;
        }
        signal(group, SIGHUP);
        signal(group, SIGCONT);
        readable.wakeAll();
        writable.wakeAll();
    }

    /// A change of the settings, or a read (`signal` SIGTTIN): a background process is stopped for it. EIO when it
    /// cannot be stopped; ERESTARTSYS after the signal.
    void checkJob(int signal) {
        Caller caller = Caller.current();
        int group = caller.processGroup();
        synchronized (this) {
            if (session == 0 || session != caller.session() || foreground == 0 || foreground == group) {
                return;
            }
        }
        if (caller.ignoresOrBlocks(signal)) {
            if (signal == SIGTTIN) {
                throw Errno.EIO.exception();
            }
            return;
        }
        if (jobs.isOrphaned(group)) {
            throw Errno.EIO.exception();
        }
        jobs.signalProcessGroup(group, signal);
        throw Errno.ERESTARTSYS.exception();
    }

    /// TIOCSPGRP, after [#checkJob]: EPERM for a group of another session, ESRCH for none.
    void setForeground(int group) {
        Caller caller = Caller.current();
        if (session() != caller.session()) {
            throw Errno.ENOTTY.exception();
        }
        if (group < 0) {
            throw Errno.EINVAL.exception();
        }
        int sessionOfGroup = jobs.sessionOfGroup(group);
        if (sessionOfGroup < 0) {
            throw Errno.ESRCH.exception();
        }
        if (sessionOfGroup != caller.session()) {
            throw Errno.EPERM.exception();
        }
        synchronized (this) {
            foreground = group;
        }
    }
}
