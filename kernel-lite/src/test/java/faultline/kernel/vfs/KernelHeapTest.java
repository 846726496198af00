package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.O_NONBLOCK;
import static faultline.kernel.vfs.FileMode.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.vfs.pipe.FifoInode;
import org.junit.jupiter.api.Test;

/// What happens when there is no more room for the kernel's own objects, and that everything is
/// given back.
class KernelHeapTest {

    private static final long LITTLE = 200_000;
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    private final KernelHeap heap = new KernelHeap(LITTLE);
    private final VfsMachine machine = new VfsMachine(1, new ParallelSchedule(), heap);

    KernelHeapTest() {
        machine.mountTmpfs();
    }

    @Test
    void aLimitIsReachedAndLeftAgain() {
        KernelHeap small = new KernelHeap(10);
        assertThat(small.tryCharge(8)).isTrue();
        assertThat(small.tryCharge(3)).isFalse();
        assertThatThrownBy(() -> small.charge(3, Errno.ENOSPC)).hasMessageContaining("ENOSPC");
        small.release(8);
        assertThat(small.tryCharge(10)).isTrue();
        assertThat(small.used()).isEqualTo(10);
    }

    @Test
    void namesEndInEnospc() {
        machine.run(t -> {
            long before = heap.used();
            int made = 0;
            long result;
            while ((result = t.onPath("mkdir", "/d" + made, 0755)) == 0) {
                made++;
            }
            assertThat(result).isEqualTo(Errno.ENOSPC.result());
            assertThat(made).isBetween(50, 200);
            while (made-- > 0) {
                assertThat(t.onPath("rmdir", "/d" + made)).isZero();
            }
            assertThat(heap.used()).isEqualTo(before);
        });
    }

    @Test
    void openFilesEndInEnfile() {
        machine.run(t -> {
            t.make("/f", "");
            long before = heap.used();
            long fd;
            do {
                fd = t.open("/f", O_RDONLY);
            } while (fd >= 0);
            assertThat(fd).isEqualTo(Errno.ENFILE.result());
            for (int each : t.files().descriptors()) {
                t.call("close", each);
            }
            assertThat(heap.used()).isEqualTo(before);
        });
    }

    @Test
    void aPipeTakesNothingBeforeItsFirstByteAndGivesItBack() {
        machine.run(t -> {
            long before = heap.used();
            OpenFile[] ends = FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0);
            assertThat(heap.used() - before).isEqualTo(2 * KernelHeap.FILE);
            ends[1].write(new byte[1], 0, 1, true);
            assertThat(heap.used() - before).isGreaterThan(65_536);
            OpenFile[] more = FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0);
            more[1].write(new byte[1], 0, 1, true);
            OpenFile[] most = FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 3; i++) {
                            FifoInode.newPipe(machine.vfs().pipes(), Credentials.ROOT, 0)[1].write(
                                    new byte[1], 0, 1, true);
                        }
                    })
                    .hasMessageContaining("ENOMEM");
            for (OpenFile[] pair : new OpenFile[][] {ends, more, most}) {
                pair[0].put();
                pair[1].put();
            }
        });
    }

    @Test
    void messagesOfSocketsEndInEnobufsAndAreGivenBackWithTheirSocket() {
        machine.run(t -> {
            long before = heap.used();
            long ends = t.memory().allocate(8);
            String text = "x".repeat(40_000);
            assertThat(t.call("socketpair", AF_UNIX, SOCK_DGRAM | O_NONBLOCK, 0, ends))
                    .isZero();
            long sent;
            do {
                sent = t.write(t.memory().load32(ends), text);
            } while (sent > 0);
            assertThat(sent).isEqualTo(Errno.ENOBUFS.result());
            for (int each : t.files().descriptors()) {
                t.call("close", each);
            }
            assertThat(heap.used()).isEqualTo(before);
        });
    }

    @Test
    void locksEndInEnolck() {
        FileLocks locks = new FileLocks(new KernelHeap(10 * KernelHeap.ENTRY));
        Object owner = new Object();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        locks.acquire(new FileLocks.Lock(owner, true, 2L * i, 2L * i, 1, false), false);
                    }
                })
                .hasMessageContaining("ENOLCK");
        locks.releaseOwner(owner);
        locks.acquire(new FileLocks.Lock(owner, true, 0, 0, 1, false), false);
    }
}
