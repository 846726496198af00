package faultline.kernel.vfs.socket;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.VfsThread;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// unix(7) where a guest program cannot look: rights, several threads, what is left behind.
class SocketTest {

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SHUT_WR = 1;

    private final VfsMachine machine = machine(new ParallelSchedule());

    private static VfsMachine machine(Schedule schedule) {
        VfsMachine machine = new VfsMachine(2, schedule);
        machine.mountTmpfs();
        return machine;
    }

    private static long[] pair(VfsThread t, int type) {
        long va = t.memory().allocate(8);
        assertThat(t.call("socketpair", AF_UNIX, type, 0, va)).isZero();
        return new long[] {t.memory().load32(va), t.memory().load32(va + 4)};
    }

    private static long socket(VfsThread t) {
        return t.call("socket", AF_UNIX, SOCK_STREAM, 0);
    }

    private static long atPath(VfsThread t, String call, long fd, String path) {
        long va = t.memory().allocate(110);
        t.memory().store16(va, (short) AF_UNIX);
        byte[] name = path.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        t.memory().write(va + 2, name, 0, name.length);
        return t.call(call, fd, va, 2 + name.length + 1);
    }

    /// Sends one byte with descriptors.
    private static long send(VfsThread t, long socket, long... descriptors) {
        long header = header(t, 16 + 4 * descriptors.length);
        long control = t.memory().load64(header + 32);
        t.memory().store64(control, 16 + 4 * descriptors.length);
        t.memory().store32(control + 8, SOL_SOCKET);
        t.memory().store32(control + 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            t.memory().store32(control + 16 + 4L * i, (int) descriptors[i]);
        }
        return t.call("sendmsg", socket, header, 0);
    }

    /// A `struct msghdr` with one byte of data and room for `control`.
    private static long header(VfsThread t, int control) {
        long header = t.memory().allocate(56);
        long vector = t.memory().allocate(16);
        t.memory().store64(vector, t.memory().allocate(1));
        t.memory().store64(vector + 8, 1);
        t.memory().store64(header + 16, vector);
        t.memory().store64(header + 24, 1);
        t.memory().store64(header + 32, t.memory().allocate(control));
        t.memory().store64(header + 40, control);
        return header;
    }

    static Stream<Schedule> schedules() {
        return Stream.of(new ParallelSchedule(), new SeededSchedule(3), new SeededSchedule(33));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aStreamCarriesEverythingInOrderAndWaitsWhereItIsFull(Schedule schedule) {
        int bytes = 700_000;
        VfsMachine own = machine(schedule);
        UnixSocket[] ends = new UnixSocket[2];
        own.run(t -> {
            UnixSocket[] made = own.vfs().sockets().pair(t, SocketType.STREAM, 0);
            ends[0] = made[0];
            ends[1] = made[1];
        });
        own.run(
                t -> {
                    byte[] all = new byte[bytes];
                    for (int i = 0; i < bytes; i++) {
                        all[i] = (byte) (i * 31 >> 3);
                    }
                    assertThat(ends[0].write(all, 0, bytes, false)).isEqualTo(bytes);
                    ends[0].put();
                },
                t -> {
                    byte[] piece = new byte[9001];
                    int at = 0;
                    for (int count = 1; count > 0; ) {
                        count = ends[1].read(piece, 0, piece.length, false);
                        for (int i = 0; i < count; i++) {
                            assertThat(piece[i]).isEqualTo((byte) ((at + i) * 31 >> 3));
                        }
                        at += count;
                    }
                    assertThat(at).isEqualTo(bytes);
                });
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void acceptWaitsForConnectAndAReaderForItsPeersEnd(Schedule schedule) {
        VfsMachine own = machine(schedule);
        UnixSocket[] listener = new UnixSocket[1];
        own.run(t -> {
            long server = socket(t);
            assertThat(atPath(t, "bind", server, "/server")).isZero();
            assertThat(t.call("listen", server, 1)).isZero();
            listener[0] = (UnixSocket) t.files().take((int) server);
        });
        own.run(
                t -> {
                    UnixSocket accepted = listener[0].accept(t, 0);
                    byte[] bytes = new byte[8];
                    assertThat(accepted.read(bytes, 0, 8, false)).isEqualTo(2);
                    assertThat(accepted.read(bytes, 0, 8, false)).isZero();
                    accepted.put();
                },
                t -> {
                    long client = socket(t);
                    assertThat(atPath(t, "connect", client, "/server")).isZero();
                    assertThat(t.write(client, "ab")).isEqualTo(2);
                    assertThat(t.call("shutdown", client, SHUT_WR)).isZero();
                    assertThat(t.read(client)).isEmpty();
                });
    }

    @Test
    void aSignalEndsAWaitAndATimeoutDoesNotRestart() {
        machine.run(t -> {
            long[] ends = pair(t, SOCK_DGRAM);
            t.signalPending = true;
            assertThat(t.read(ends[0])).isEqualTo("ERESTARTSYS");
            long time = t.memory().allocate(16);
            t.memory().store64(time, 100);
            assertThat(t.call("setsockopt", ends[0], SOL_SOCKET, 20, time, 16)).isZero();
            assertThat(t.read(ends[0])).isEqualTo("EINTR");
        });
    }

    @Test
    void namesNeedRightsAndGoWithTheUmask() {
        machine.run(t -> {
            long server = socket(t);
            assertThat(atPath(t, "bind", server, "/server")).isZero();
            t.call("listen", server, 1);
            assertThat(t.stat("/server").mode()).isEqualTo(S_IFSOCK | 0755);
            t.credentials = new Credentials(7, 7, new int[0]);
            assertThat(atPath(t, "connect", socket(t), "/server")).isEqualTo(Errno.EACCES.result());
            assertThat(atPath(t, "bind", socket(t), "/other")).isEqualTo(Errno.EACCES.result());
            assertThat(t.open("/server", O_RDWR)).isEqualTo(Errno.EACCES.result());
        });
    }

    @Test
    void descriptorsOnTheirWayKeepTheirFilesOpenUntilTheSocketIsGone() {
        machine.run(t -> {
            long[] ends = pair(t, SOCK_STREAM);
            t.make("/f", "text");
            long file = t.open("/f", O_RDONLY);
            assertThat(send(t, ends[0], file, file)).isEqualTo(1);
            t.call("close", file);
            t.onPath("unlink", "/f");
            long header = header(t, 64);
            assertThat(t.call("recvmsg", ends[1], header, 0)).isEqualTo(1);
            long control = t.memory().load64(header + 32);
            assertThat(t.memory().load64(control)).isEqualTo(24);
            assertThat(t.read(t.memory().load32(control + 16))).isEqualTo("text");
            assertThat(t.read(t.memory().load32(control + 20))).isEmpty();

            long[] inner = pair(t, SOCK_STREAM);
            assertThat(send(t, ends[0], inner[0])).isEqualTo(1);
            t.call("close", inner[0]);
            assertThat(t.write(inner[1], "x")).isEqualTo(1);
            t.call("close", ends[0]);
            t.call("close", ends[1]);
            assertThat(t.read(inner[1])).isEqualTo("ECONNRESET");
            assertThat(t.read(inner[1])).isEmpty();
        });
    }

    @Test
    void withoutDescriptorsLeftThoseSentAreCutOff() {
        machine.run(t -> {
            long[] ends = pair(t, SOCK_STREAM);
            assertThat(send(t, ends[0], ends[0], ends[1])).isEqualTo(1);
            t.openFiles = ends[1] + 2;
            long header = header(t, 64);
            assertThat(t.call("recvmsg", ends[1], header, 0)).isEqualTo(1);
            assertThat(t.memory().load64(t.memory().load64(header + 32))).isEqualTo(20);
            assertThat(t.memory().load32(header + 48)).isEqualTo(8);
            assertThat(t.call("socketpair", AF_UNIX, SOCK_STREAM, 0, t.memory().allocate(8)))
                    .isEqualTo(Errno.EMFILE.result());
        });
    }

    @Test
    void manyMessagesMoveInOneCall() {
        machine.run(t -> {
            long[] ends = pair(t, SOCK_DGRAM);
            long out = t.memory().allocate(3 * 64);
            long in = t.memory().allocate(4 * 64);
            for (int i = 0; i < 4; i++) {
                long one = header(t, 0);
                for (int word = 0; word < 56; word += 8) {
                    long value = t.memory().load64(one + word);
                    t.memory().store64(in + i * 64L + word, value);
                    t.memory().store64(out + Math.min(i, 2) * 64L + word, value);
                }
            }
            assertThat(t.call("sendmmsg", ends[0], out, 3, 0)).isEqualTo(3);
            int waitForOne = 0x1_0000;
            assertThat(t.call("recvmmsg", ends[1], in, 4, waitForOne, 0)).isEqualTo(3);
            assertThat(t.memory().load32(in + 2 * 64 + 56)).isEqualTo(1);
            assertThat(t.call("recvmmsg", ends[1], in, 4, 0x40, 0)).isEqualTo(Errno.EAGAIN.result());
        });
    }

    @Test
    void badPointersAreFaultsAndLoseNoDescriptor() {
        machine.run(t -> {
            long[] ends = pair(t, SOCK_STREAM);
            assertThat(t.call("socketpair", AF_UNIX, SOCK_STREAM, 0, 8)).isEqualTo(Errno.EFAULT.result());
            assertThat(t.call("connect", ends[0], 8, 110)).isEqualTo(Errno.EFAULT.result());
            assertThat(t.call("bind", ends[0], 8, 129)).isEqualTo(Errno.EINVAL.result());
            assertThat(t.call("sendmsg", ends[0], 8, 0)).isEqualTo(Errno.EFAULT.result());
            assertThat(t.call("sendto", ends[0], 8, 10, 0, 0, 0)).isEqualTo(Errno.EFAULT.result());
            assertThat(t.call("getsockname", ends[0], 8, 8)).isEqualTo(Errno.EFAULT.result());
            assertThat(socket(t)).isEqualTo(ends[1] + 1);
        });
    }
}
