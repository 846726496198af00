package faultline.kernel.vfs.event;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.core.step.SeededSchedule;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.VfsThread;
import faultline.kernel.vfs.pipe.FifoInode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// eventfd(2), timerfd_create(2) and epoll(7).
class EventFileTest {

    private static final int EPOLLET = 1 << 31;
    private static final int EPOLLONESHOT = 1 << 30;

    private final VfsMachine machine = machine(2, new ParallelSchedule());

    private static VfsMachine machine(int cpus, Schedule schedule) {
        VfsMachine machine = new VfsMachine(cpus, schedule);
        machine.mountTmpfs();
        return machine;
    }

    private EventFile event(long initial, boolean semaphore) {
        return new EventFile(
                machine.vfs().anonymous(), Credentials.ROOT, initial, semaphore, 0, ByteOrder.LITTLE_ENDIAN);
    }

    private OpenFile[] pipe() {
        return FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0);
    }

    private EpollFile epoll() {
        return new EpollFile(machine.vfs().anonymous(), Credentials.ROOT);
    }

    private static long read(OpenFile file) {
        byte[] bytes = new byte[8];
        assertThat(file.read(bytes, 0, 8, true)).isEqualTo(8);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static void write(OpenFile file, long value) {
        byte[] bytes = new byte[8];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        file.write(bytes, 0, 8, true);
    }

    @Test
    void eventfdAddsUpAndReadsAllOrOne() {
        machine.run(t -> {
            EventFile counter = event(3, false);
            write(counter, 4);
            assertThat(read(counter)).isEqualTo(7);
            assertThatThrownBy(() -> read(counter)).isSameAs(Errno.EAGAIN.exception());
            EventFile semaphore = event(2, true);
            assertThat(read(semaphore)).isEqualTo(1);
            assertThat(read(semaphore)).isEqualTo(1);
            assertThatThrownBy(() -> read(semaphore)).isSameAs(Errno.EAGAIN.exception());
        });
    }

    @Test
    void eventfdRefusesAllOnesAndOverflow() {
        machine.run(t -> {
            EventFile counter = event(1, false);
            assertThatThrownBy(() -> write(counter, -1)).isSameAs(Errno.EINVAL.exception());
            assertThatThrownBy(() -> write(counter, -2)).isSameAs(Errno.EAGAIN.exception());
            write(counter, -3);
            assertThat(counter.poll(null)).isEqualTo(POLLIN | POLLRDNORM);
            assertThatThrownBy(() -> counter.read(new byte[8], 0, 7, true)).isSameAs(Errno.EINVAL.exception());
        });
    }

    @Test
    void levelTriggeredEventsComeBackAndEdgeTriggeredOnesDoNot() {
        machine.run(t -> {
            OpenFile[] level = pipe();
            OpenFile[] edge = pipe();
            EpollFile set = epoll();
            set.add(1, level[0], POLLIN, 11);
            set.add(2, edge[0], POLLIN | EPOLLET, 22);
            assertThat(set.await(10, 0)).isEmpty();
            level[1].write(new byte[2], 0, 2, false);
            edge[1].write(new byte[2], 0, 2, false);
            assertThat(set.await(10, 0)).extracting(EpollFile.Event::data).containsExactlyInAnyOrder(11L, 22L);
            assertThat(set.await(10, 0)).containsExactly(new EpollFile.Event(POLLIN, 11));
            edge[1].write(new byte[2], 0, 2, false);
            assertThat(set.await(10, 0)).hasSize(2);
            level[0].read(new byte[8], 0, 8, false);
            assertThat(set.await(10, 0)).isEmpty();
        });
    }

    @Test
    void oneShotFiresOnceUntilItIsModified() {
        machine.run(t -> {
            OpenFile[] ends = pipe();
            EpollFile set = epoll();
            set.add(1, ends[0], POLLIN | EPOLLONESHOT, 5);
            ends[1].write(new byte[1], 0, 1, false);
            assertThat(set.await(10, 0)).hasSize(1);
            ends[1].write(new byte[1], 0, 1, false);
            assertThat(set.await(10, 0)).isEmpty();
            set.modify(1, ends[0], POLLIN | EPOLLONESHOT, 6);
            assertThat(set.await(10, 0)).containsExactly(new EpollFile.Event(POLLIN, 6));
        });
    }

    @Test
    void controlErrorsAreLinuxs() {
        machine.run(t -> {
            OpenFile[] ends = pipe();
            EpollFile set = epoll();
            EpollFile outer = epoll();
            t.make("/f", "");
            OpenFile regular = t.files().get((int) t.open("/f", O_RDONLY));
            set.add(1, ends[0], POLLIN, 0);
            assertThatThrownBy(() -> set.add(1, ends[0], POLLIN, 0)).isSameAs(Errno.EEXIST.exception());
            assertThatThrownBy(() -> set.delete(2, ends[0])).isSameAs(Errno.ENOENT.exception());
            assertThatThrownBy(() -> set.modify(2, ends[0], 0, 0)).isSameAs(Errno.ENOENT.exception());
            assertThatThrownBy(() -> set.add(3, regular, POLLIN, 0)).isSameAs(Errno.EPERM.exception());
            assertThatThrownBy(() -> set.add(3, set, POLLIN, 0)).isSameAs(Errno.EINVAL.exception());
            outer.add(4, set, POLLIN, 0);
            assertThatThrownBy(() -> set.add(5, outer, POLLIN, 0)).isSameAs(Errno.ELOOP.exception());
        });
    }

    @Test
    void aClosedFileLeavesTheSet() {
        machine.run(t -> {
            OpenFile[] ends = pipe();
            EpollFile set = epoll();
            set.add(1, ends[0], POLLIN, 5);
            ends[1].put();
            assertThat(set.await(10, 0)).containsExactly(new EpollFile.Event(POLLHUP, 5));
            ends[0].put();
            assertThat(set.await(10, 0)).isEmpty();
        });
    }

    @Test
    void nestedSetsReportTheInnerOne() {
        machine.run(t -> {
            OpenFile[] ends = pipe();
            EpollFile inner = epoll();
            EpollFile outer = epoll();
            inner.add(1, ends[0], POLLIN, 5);
            outer.add(2, inner, POLLIN, 6);
            assertThat(outer.await(10, 0)).isEmpty();
            ends[1].write(new byte[1], 0, 1, false);
            assertThat(outer.await(10, 0)).containsExactly(new EpollFile.Event(POLLIN, 6));
        });
    }

    static Stream<Schedule> schedules() {
        return Stream.of(new ParallelSchedule(), new SeededSchedule(4), new SeededSchedule(44));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aWaiterIsWokenByAWrite(Schedule schedule) {
        VfsMachine own = machine(2, schedule);
        OpenFile[] ends = FifoInode.newPipe(own.vfs().pipes(), Credentials.ROOT, 0);
        EpollFile set = new EpollFile(own.vfs().anonymous(), Credentials.ROOT);
        VfsThread.Body wait = t -> {
            set.add(1, ends[0], POLLIN | EPOLLET, 5);
            for (int i = 0; i < 20; i++) {
                assertThat(set.await(10, Long.MAX_VALUE)).containsExactly(new EpollFile.Event(POLLIN, 5));
                assertThat(ends[0].read(new byte[8], 0, 8, true)).isEqualTo(1);
            }
        };
        own.run(wait, t -> {
            for (int i = 0; i < 20; i++) {
                ends[1].write(new byte[1], 0, 1, false);
                while (ends[0].poll(null) != 0) {
                    KernelThread.current().schedule().spin();
                }
            }
        });
    }

    @Test
    void timersExpireOnTheMachinesClockForReadersAndEpoll() {
        VfsMachine timed = machine(1, new SeededSchedule(9));
        timed.run(t -> {
            GuestClocks clocks = new GuestClocks() {
                @Override
                public long now(int clock) {
                    return t.schedule().nanoTime();
                }

                @Override
                public long deadline(int clock, long time) {
                    return time;
                }
            };
            TimerFile timer =
                    new TimerFile(timed.vfs().anonymous(), Credentials.ROOT, 1, clocks, 0, ByteOrder.LITTLE_ENDIAN);
            assertThatThrownBy(() -> read(timer)).isSameAs(Errno.EAGAIN.exception());
            long start = t.schedule().nanoTime();
            timer.set(new TimerFile.Setting(1_000_000, 5_000_000), false);
            byte[] bytes = new byte[8];
            timer.read(bytes, 0, 8, false);
            assertThat(bytes[0]).isEqualTo((byte) 1);
            assertThat(t.schedule().nanoTime() - start).isBetween(5_000_000L, 6_000_000L);
            EpollFile set = new EpollFile(timed.vfs().anonymous(), Credentials.ROOT);
            set.add(3, timer, POLLIN, 7);
            assertThat(set.await(1, Long.MAX_VALUE)).containsExactly(new EpollFile.Event(POLLIN, 7));
            t.block(t.schedule().nanoTime() + 10_000_000);
            assertThat(read(timer)).isGreaterThanOrEqualTo(10);
            TimerFile.Setting left = timer.set(new TimerFile.Setting(0, 0), false);
            assertThat(left.interval()).isEqualTo(1_000_000);
            assertThat(left.value()).isBetween(1L, 1_000_000L);
            assertThat(timer.setting().value()).isZero();
        });
    }

    @Test
    void setsNestNoDeeperWhicheverIsPutInFirst() {
        machine.run(t -> {
            EpollFile[] sets = new EpollFile[7];
            Arrays.setAll(sets, _ -> epoll());
            for (int i = 0; i < 4; i++) {
                sets[i].add(i, sets[i + 1], POLLIN, 0);
            }
            assertThatThrownBy(() -> sets[4].add(9, sets[5], POLLIN, 0)).hasMessageContaining("ELOOP");
            assertThatThrownBy(() -> sets[6].add(9, sets[0], POLLIN, 0)).hasMessageContaining("ELOOP");
            assertThatThrownBy(() -> sets[4].add(9, sets[0], POLLIN, 0)).hasMessageContaining("ELOOP");
            sets[3].delete(3, sets[4]);
            sets[6].add(9, sets[0], POLLIN, 0);
        });
    }

    /// Each layer whole in the one above: asking the top would take the product of all widths.
    @Test
    void setsDoNotNestAlongTooManyPaths() {
        machine.run(t -> {
            int width = 40;
            EpollFile[][] layers = new EpollFile[4][width];
            for (EpollFile[] layer : layers) {
                Arrays.setAll(layer, _ -> epoll());
            }
            assertThatThrownBy(() -> {
                        for (int l = 0; l + 1 < layers.length; l++) {
                            for (EpollFile outer : layers[l]) {
                                for (int i = 0; i < width; i++) {
                                    outer.add(i, layers[l + 1][i], POLLIN, 0);
                                }
                            }
                        }
                    })
                    .hasMessageContaining("EINVAL");
            assertThat(layers[0][0].poll(null)).isZero();
        });
    }
}
