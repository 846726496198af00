package faultline.kernel.vfs.pipe;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.event.Poller;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// pipe(7) and fifo(7).
class PipeTest {

    private static VfsMachine machine(int cpus, Schedule schedule) {
        VfsMachine machine = new VfsMachine(cpus, schedule);
        machine.mountTmpfs();
        return machine;
    }

    private static OpenFile[] pipe(VfsMachine machine) {
        return FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0);
    }

    static Stream<Schedule> schedules() {
        return Stream.of(new ParallelSchedule(), new SeededSchedule(1), new SeededSchedule(99));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void manyBytesArriveInOrderThroughAFullPipe(Schedule schedule) {
        VfsMachine machine = machine(2, schedule);
        int total = 300_000;
        OpenFile[][] ends = new OpenFile[1][];
        machine.run(t -> ends[0] = pipe(machine));
        machine.run(
                t -> {
                    byte[] bytes = new byte[total];
                    for (int i = 0; i < total; i++) {
                        bytes[i] = (byte) (i * 31);
                    }
                    assertThat(ends[0][1].write(bytes, 0, total, false)).isEqualTo(total);
                    ends[0][1].put();
                },
                t -> {
                    byte[] got = new byte[5000];
                    int seen = 0;
                    for (int n = ends[0][0].read(got, 0, 5000, false);
                            n > 0;
                            n = ends[0][0].read(got, 0, 5000, false)) {
                        for (int i = 0; i < n; i++) {
                            assertThat(got[i]).isEqualTo((byte) ((seen + i) * 31));
                        }
                        seen += n;
                    }
                    assertThat(seen).isEqualTo(total);
                });
    }

    @Test
    void writeWithoutReadersIsEpipeAndSigpipe() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            OpenFile[] ends = pipe(machine);
            ends[0].put();
            assertThatThrownBy(() -> ends[1].write(new byte[1], 0, 1, false)).isSameAs(Errno.EPIPE.exception());
            assertThat(t.signals).containsExactly(13);
            assertThat(ends[1].poll(null) & POLLERR).isNotZero();
        });
    }

    @Test
    void readAtTheEndIsZeroAndPollSaysHangUp() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            OpenFile[] ends = pipe(machine);
            ends[1].write(new byte[] {1}, 0, 1, false);
            ends[1].put();
            assertThat(ends[0].poll(null)).isEqualTo(POLLIN | POLLRDNORM | POLLHUP);
            assertThat(ends[0].read(new byte[8], 0, 8, false)).isEqualTo(1);
            assertThat(ends[0].read(new byte[8], 0, 8, false)).isZero();
            assertThat(ends[0].poll(null)).isEqualTo(POLLHUP);
        });
    }

    @Test
    void nonBlockingWritesUpToPipeBufAreAllOrNothing() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            OpenFile[] ends = pipe(machine);
            byte[] bytes = new byte[70_000];
            assertThat(ends[1].write(bytes, 0, 65_000, true)).isEqualTo(65_000);
            assertThatThrownBy(() -> ends[1].write(bytes, 0, 4096, true)).isSameAs(Errno.EAGAIN.exception());
            assertThat(ends[1].poll(null) & POLLOUT).isZero();
            assertThat(ends[1].write(bytes, 0, 4097, true)).isEqualTo(536);
            assertThatThrownBy(() -> ends[1].write(bytes, 0, 1, true)).isSameAs(Errno.EAGAIN.exception());
            assertThat(ends[0].read(bytes, 0, 4096, true)).isEqualTo(4096);
            assertThat(ends[1].write(bytes, 0, 4096, true)).isEqualTo(4096);
        });
    }

    @Test
    void aSignalEndsAWaitingReadAndCutsAWaitingWrite() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            OpenFile[] ends = pipe(machine);
            t.signalPending = true;
            assertThatThrownBy(() -> ends[0].read(new byte[1], 0, 1, false)).isSameAs(Errno.ERESTARTSYS.exception());
            assertThat(ends[1].write(new byte[70_000], 0, 70_000, false)).isEqualTo(65_536);
            assertThatThrownBy(() -> ends[1].write(new byte[1], 0, 1, false)).isSameAs(Errno.ERESTARTSYS.exception());
        });
    }

    @Test
    void capacityIsRoundedAndBounded() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            t.credentials = new Credentials(5, 5, new int[0]);
            PipeEnd end = (PipeEnd) pipe(machine)[1];
            assertThat(end.capacity()).isEqualTo(65_536);
            assertThat(end.setCapacity(5000)).isEqualTo(8192);
            assertThat(end.setCapacity(1)).isEqualTo(4096);
            assertThatThrownBy(() -> end.setCapacity((1 << 20) + 1)).isSameAs(Errno.EPERM.exception());
            end.write(new byte[4000], 0, 4000, false);
            assertThat(end.setCapacity(16_384)).isEqualTo(16_384);
            end.write(new byte[4000], 0, 4000, false);
            assertThatThrownBy(() -> end.setCapacity(4096)).isSameAs(Errno.EBUSY.exception());
        });
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void fifoOpensMeetEachOther(Schedule schedule) {
        VfsMachine machine = machine(2, schedule);
        machine.run(t -> t.onPath("mknod", "/fifo", S_IFIFO | 0644, 0));
        machine.run(
                t -> {
                    long fd = t.open("/fifo", O_WRONLY);
                    assertThat(t.write(fd, "through")).isEqualTo(7);
                    t.call("close", fd);
                },
                t -> {
                    long fd = t.open("/fifo", O_RDONLY);
                    assertThat(t.read(fd)).isEqualTo("through");
                    assertThat(t.read(fd)).isEmpty();
                });
    }

    @Test
    void anAnonymousPipeOpensAgainWithoutWaitingForAWriterThatHasLeft() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            OpenFile[] ends = pipe(machine);
            assertThat(ends[1].write(new byte[] {'l', 'e', 'f', 't'}, 0, 4, false))
                    .isEqualTo(4);
            ends[1].put();
            // What `cat <(echo left)` does: opens /dev/fd/63 when echo may be gone already.
            OpenFile again = ends[0].path().inode().open(ends[0].path(), O_RDONLY);
            byte[] got = new byte[8];
            assertThat(again.read(got, 0, 8, false)).isEqualTo(4);
            assertThat(again.read(got, 0, 8, false)).isZero();
        });
    }

    @Test
    void nonBlockingFifoOpensDoNotWait() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            t.onPath("mknod", "/fifo", S_IFIFO | 0644, 0);
            assertThat(t.open("/fifo", O_WRONLY | O_NONBLOCK)).isEqualTo(Errno.ENXIO.result());
            long reader = t.open("/fifo", O_RDONLY | O_NONBLOCK);
            assertThat(t.read(reader)).isEmpty();
            // No writer has come yet: no hang-up (poll(2)).
            assertThat(t.files().get((int) reader).poll(null)).isZero();
            long writer = t.open("/fifo", O_WRONLY | O_NONBLOCK);
            assertThat(t.read(reader)).isEqualTo("EAGAIN");
            t.call("close", writer);
            assertThat(t.files().get((int) reader).poll(null)).isEqualTo(POLLHUP);
        });
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void pollSleepsUntilAWriteAndCountsWhatIsReady(Schedule schedule) {
        VfsMachine machine = machine(2, schedule);
        OpenFile[][] ends = new OpenFile[2][];
        machine.run(t -> {
            ends[0] = pipe(machine);
            ends[1] = pipe(machine);
        });
        machine.run(
                t -> {
                    int one = t.files().install(ends[0][0], 10, false, 100);
                    int two = t.files().install(ends[1][0], 20, false, 100);
                    try (Poller poller = new Poller(t.files(), new int[] {one, two}, new int[] {POLLIN, POLLIN})) {
                        assertThat(poller.await(Long.MAX_VALUE)).isEqualTo(1);
                        assertThat(poller.ready(0)).isZero();
                        assertThat(poller.ready(1)).isEqualTo(POLLIN);
                    }
                },
                t -> ends[1][1].write(new byte[] {7}, 0, 1, false));
    }

    @Test
    void pollReportsClosedDescriptorsAndIgnoresNegativeOnes() {
        VfsMachine machine = machine(1, new ParallelSchedule());
        machine.run(t -> {
            int one = t.files().install(pipe(machine)[0], 10, false, 100);
            try (Poller poller = new Poller(t.files(), new int[] {one, 77, -1}, new int[] {1, 1, 1})) {
                assertThat(poller.await(0)).isEqualTo(1);
                assertThat(poller.ready(1)).isEqualTo(POLLNVAL);
                assertThat(poller.ready(2)).isZero();
            }
        });
    }

    @Test
    void pollTimesOutOnTheMachinesClock() {
        VfsMachine machine = machine(1, new SeededSchedule(3));
        machine.run(t -> {
            int fd = t.files().install(pipe(machine)[0], 0, false, 100);
            long start = t.schedule().nanoTime();
            try (Poller poller = new Poller(t.files(), new int[] {fd}, new int[] {POLLIN})) {
                assertThat(poller.await(start + 3_600_000_000_000L)).isZero();
            }
            assertThat(t.schedule().nanoTime()).isGreaterThanOrEqualTo(start + 3_600_000_000_000L);
        });
    }
}
