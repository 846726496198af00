package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.Namespace;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.VfsThread;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Terminals with readers, writers, job control and ptys: tty_ioctl(4), pts(4).
class TtyTest {

    private final VfsMachine machine = machine(2);
    private final Screen screen = new Screen();

    private static VfsMachine machine(int cpus) {
        VfsMachine machine = new VfsMachine(cpus, new ParallelSchedule());
        machine.mountTmpfs();
        return machine;
    }

    /// A host terminal that remembers what it shows.
    private static final class Screen implements HostTerminal {
        private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

        @Nullable
        Listener listener;

        @Override
        public void start(Listener to) {
            listener = to;
        }

        @Override
        public synchronized void write(byte[] from, int at, int length) {
            shown.write(from, at, length);
        }

        @Override
        public Size size() {
            return new Size(24, 80, 0, 0);
        }

        void type(String keys) {
            byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
            if (listener != null) {
                listener.input(bytes, 0, bytes.length);
            }
        }

        synchronized String text() {
            return shown.toString(StandardCharsets.UTF_8);
        }
    }

    private OpenFile open(Tty tty) {
        Namespace namespace = machine.vfs().namespace();
        VfsPath anywhere = namespace.root();
        return machine.vfs().terminals().openStream(tty, anywhere);
    }

    private Tty console() {
        Tty tty = machine.vfs().terminals().console(screen);
        tty.attach(100, 100);
        return tty;
    }

    private static String read(OpenFile file, int length) {
        byte[] to = new byte[length];
        return new String(to, 0, file.read(to, 0, length, false), StandardCharsets.UTF_8);
    }

    @Test
    void aReaderSleepsUntilALineIsTyped() {
        OpenFile file = open(console());
        machine.run(t -> assertThat(read(file, 100)).isEqualTo("hello\n"), t -> screen.type("hello\r"));
        assertThat(screen.text()).isEqualTo("hello\r\n");
    }

    @Test
    void interruptKeyGoesToTheForegroundGroup() {
        Tty tty = console();
        tty.attach(100, 123);
        screen.type("\u0003");
        assertThat(machine.groupSignals).containsExactly("123:2");
        assertThat(screen.text()).isEqualTo("^C");
    }

    @Test
    void backgroundReadsAreStoppedUnlessTheyCannotBe() {
        OpenFile file = open(console());
        machine.run(t -> {
            t.group = 200;
            assertThatThrownBy(() -> read(file, 1)).isSameAs(Errno.ERESTARTSYS.exception());
            assertThat(machine.groupSignals).containsExactly("200:21");
            t.ignoresJobSignals = true;
            assertThatThrownBy(() -> read(file, 1)).isSameAs(Errno.EIO.exception());
            t.ignoresJobSignals = false;
            machine.orphaned = true;
            assertThatThrownBy(() -> read(file, 1)).isSameAs(Errno.EIO.exception());
        });
    }

    @Test
    void backgroundWritesAreStoppedOnlyWithTostop() {
        Tty tty = console();
        OpenFile file = open(tty);
        machine.run(t -> {
            t.group = 200;
            assertThat(file.write("a\n".getBytes(StandardCharsets.UTF_8), 0, 2, false))
                    .isEqualTo(2);
            tty.setTermios(tty.termios().withLocal(tty.termios().lflag() | Termios.TOSTOP), false);
            assertThatThrownBy(() -> file.write(new byte[1], 0, 1, false)).isSameAs(Errno.ERESTARTSYS.exception());
            t.ignoresJobSignals = true;
            assertThat(file.write("b".getBytes(StandardCharsets.UTF_8), 0, 1, false))
                    .isEqualTo(1);
        });
        assertThat(machine.groupSignals).containsExactly("200:22");
        assertThat(screen.text()).isEqualTo("a\r\nb");
    }

    @Test
    void foregroundGroupIsChangedFromTheForegroundOnly() {
        OpenFile file = open(console());
        machine.run(t -> {
            long va = t.memory().allocate(4);
            t.memory().store32(va, 300);
            assertThat(file.ioctl(Ioctls.TIOCSPGRP, va, t.memory())).isZero();
            assertThat(file.ioctl(Ioctls.TIOCGPGRP, va, t.memory())).isZero();
            assertThat(t.memory().load32(va)).isEqualTo(300);
            assertThatThrownBy(() -> file.ioctl(Ioctls.TIOCSPGRP, va, t.memory()))
                    .isSameAs(Errno.ERESTARTSYS.exception());
            t.group = 300;
            machine.sessionOfGroup = 5;
            assertThatThrownBy(() -> file.ioctl(Ioctls.TIOCSPGRP, va, t.memory()))
                    .isSameAs(Errno.EPERM.exception());
            machine.sessionOfGroup = -1;
            assertThatThrownBy(() -> file.ioctl(Ioctls.TIOCSPGRP, va, t.memory()))
                    .isSameAs(Errno.ESRCH.exception());
            t.session = 9;
            assertThatThrownBy(() -> file.ioctl(Ioctls.TIOCGPGRP, va, t.memory()))
                    .isSameAs(Errno.ENOTTY.exception());
        });
    }

    @Test
    void aNewWindowSizeIsShownAndSignalled() {
        Tty tty = console();
        OpenFile file = open(tty);
        tty.resize(new HostTerminal.Size(50, 132, 0, 0));
        tty.resize(new HostTerminal.Size(50, 132, 0, 0));
        assertThat(machine.groupSignals).containsExactly("100:28");
        machine.run(t -> {
            long va = t.memory().allocate(8);
            file.ioctl(Ioctls.TIOCGWINSZ, va, t.memory());
            assertThat(t.memory().load16(va)).isEqualTo((short) 50);
            assertThat(t.memory().load16(va + 2)).isEqualTo((short) 132);
        });
    }

    @Test
    void rawReadsWaitForVminAndTimeOutWithVtime() {
        VfsMachine timed = new VfsMachine(1, new SeededSchedule(5));
        timed.mountTmpfs();
        Tty tty = timed.vfs().terminals().console(screen);
        tty.attach(100, 100);
        OpenFile file =
                timed.vfs().terminals().openStream(tty, timed.vfs().namespace().root());
        Termios raw = tty.termios().withLocal(0).withInput(0);
        timed.run(t -> {
            tty.setTermios(raw.withCharacter(Termios.VMIN, 0), false);
            assertThat(read(file, 10)).isEmpty();
            long start = t.schedule().nanoTime();
            tty.setTermios(raw.withCharacter(Termios.VMIN, 0).withCharacter(Termios.VTIME, 3), false);
            assertThat(read(file, 10)).isEmpty();
            assertThat(t.schedule().nanoTime() - start).isGreaterThanOrEqualTo(300_000_000L);
            tty.setTermios(raw.withCharacter(Termios.VMIN, 5).withCharacter(Termios.VTIME, 1), false);
            screen.type("ab");
            assertThat(read(file, 10)).isEqualTo("ab");
            tty.setTermios(raw.withCharacter(Termios.VMIN, 5), false);
            screen.type("cd");
            assertThat(read(file, 2)).isEqualTo("cd");
        });
    }

    @Test
    void termiosGoesThroughUserMemoryUnchanged() {
        Tty tty = console();
        OpenFile file = open(tty);
        machine.run(t -> {
            long va = t.memory().allocate(64);
            file.ioctl(Ioctls.TCGETS, va, t.memory());
            assertThat(t.memory().load32(va + 12)).isEqualTo(Termios.DEFAULT.lflag());
            assertThat(t.memory().load8(va + 17)).isEqualTo((byte) 3);
            t.memory().store32(va + 12, 0);
            file.ioctl(Ioctls.TCSETS, va, t.memory());
            assertThat(tty.termios().lflag()).isZero();
            assertThatThrownBy(() -> file.ioctl(0x1234, 0, t.memory())).isSameAs(Errno.ENOTTY.exception());
        });
    }

    @Test
    void hangUpEndsReadsAndFailsWrites() {
        Tty tty = console();
        OpenFile file = open(tty);
        tty.hangUp();
        machine.run(t -> {
            assertThat(read(file, 10)).isEmpty();
            assertThatThrownBy(() -> file.write(new byte[1], 0, 1, false)).isSameAs(Errno.EIO.exception());
        });
        assertThat(machine.groupSignals).containsExactly("100:1", "100:18");
    }

    @Test
    void aPtyJoinsMasterAndSlave() {
        machine.run(t -> {
            t.onPath("mknod", "/ptmx", S_IFCHR | 0666, makeDevice(5, 2));
            OpenFile master = t.files().get((int) t.open("/ptmx", O_RDWR | O_NOCTTY));
            long va = t.memory().allocate(4);
            master.ioctl(0x80045430, va, t.memory());
            t.onPath(
                    "mknod",
                    "/slave",
                    S_IFCHR | 0666,
                    makeDevice(136, t.memory().load32(va)));
            long slave = t.open("/slave", O_RDWR);
            assertThat(t.write(slave, "out\n")).isEqualTo(4);
            assertThat(read(master, 100)).isEqualTo("out\r\n");
            master.write("in\r".getBytes(StandardCharsets.UTF_8), 0, 3, false);
            assertThat(t.read(slave)).isEqualTo("in\n");
            assertThat(read(master, 100)).isEqualTo("in\r\n");
            t.call("close", slave);
            assertThatThrownBy(() -> read(master, 1)).isSameAs(Errno.EIO.exception());
            assertThat(master.poll(null) & POLLHUP).isNotZero();
        });
    }

    @Test
    void aSessionLeaderWithoutTerminalGetsTheOneItOpens() {
        VfsThread.Body body = t -> {
            t.onPath("mknod", "/tty", S_IFCHR | 0666, makeDevice(5, 0));
            assertThat(t.open("/tty", O_RDWR)).isEqualTo(Errno.ENXIO.result());
            t.onPath("mknod", "/console", S_IFCHR | 0666, makeDevice(5, 1));
            assertThat(t.open("/console", O_RDWR | O_NOCTTY)).isNotNegative();
            assertThat(t.open("/tty", O_RDWR)).isEqualTo(Errno.ENXIO.result());
            assertThat(t.open("/console", O_RDWR)).isNotNegative();
            assertThat(t.open("/tty", O_RDWR)).isNotNegative();
        };
        Tty tty = machine.vfs().terminals().console(screen);
        machine.run(body);
        assertThat(tty.session()).isEqualTo(100);
        machine.vfs().terminals().sessionEnded(100);
        assertThat(tty.session()).isZero();
        assertThat(machine.groupSignals).containsExactly("100:1", "100:18");
    }
}
