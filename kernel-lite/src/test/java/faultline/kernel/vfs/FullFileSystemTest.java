package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.O_CREAT;
import static faultline.kernel.vfs.FileMode.O_RDWR;
import static faultline.kernel.vfs.FileMode.SEEK_DATA;
import static faultline.kernel.vfs.FileMode.SEEK_HOLE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.Errno;
import org.junit.jupiter.api.Test;

/// A file system in memory has half of RAM.
class FullFileSystemTest {

    private static final int PAGE = 4096;
    private static final int KEEP_SIZE = 1;

    private final VfsMachine machine = VfsMachine.withTmpfs();
    private final FileSystem.Usage before = usage();

    private FileSystem.Usage usage() {
        return machine.vfs().namespace().root().inode().fileSystem().usage();
    }

    /// All but so many pages, in one file.
    private long fill(VfsThread t, String path, long left) {
        long fd = t.open(path, O_CREAT | O_RDWR, 0644);
        assertThat(t.call("fallocate", fd, 0, 0, (usage().blocksFree() - left) * PAGE))
                .isZero();
        assertThat(usage().blocksFree()).isEqualTo(left);
        return fd;
    }

    @Test
    void halfOfRamIsThere() {
        assertThat(before.blocksFree()).isEqualTo(before.blocks());
        assertThat(before.blocks())
                .isEqualTo(machine.vfs().environment().caches().ram().bytes() / PAGE / 2);
    }

    @Test
    void aWriteEndsWhereThereIsNoRoomAndTheNextIsRefused() {
        machine.run(t -> {
            fill(t, "/most", 2);
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            long va = t.memory().allocate(4 * PAGE);
            assertThat(t.call("pwrite64", fd, va, 4 * PAGE, 10)).isEqualTo(2 * PAGE - 10);
            assertThat(t.stat("/f").size()).isEqualTo(2 * PAGE);
            assertThat(t.call("pwrite64", fd, va, 1, 2 * PAGE)).isEqualTo(Errno.ENOSPC.result());
            assertThat(t.call("pwrite64", fd, va, 1, 9 * PAGE)).isEqualTo(Errno.ENOSPC.result());
            assertThat(t.stat("/f").size()).isEqualTo(2 * PAGE);
            // What is there may be written again.
            assertThat(t.call("pwrite64", fd, va, 100, PAGE)).isEqualTo(100);
            assertThat(usage().blocksFree()).isZero();
        });
    }

    @Test
    void whatIsCutPunchedOrRemovedIsFreeAgain() {
        machine.run(t -> {
            long fd = fill(t, "/f", 0);
            assertThat(t.call("fallocate", fd, 3, PAGE, 8 * PAGE)).isZero();
            assertThat(usage().blocksFree()).isEqualTo(8);
            long size = t.stat("/f").size();
            assertThat(t.call("ftruncate", fd, size - 5 * PAGE)).isZero();
            assertThat(usage().blocksFree()).isEqualTo(13);
            t.call("close", fd);
            assertThat(t.onPath("unlink", "/f")).isZero();
            assertThat(usage()).isEqualTo(before);
        });
    }

    @Test
    void anAllocationThatFindsNoRoomLeavesNothing() {
        machine.run(t -> {
            fill(t, "/most", 4);
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            assertThat(t.write(fd, "x")).isEqualTo(1);
            assertThat(t.call("fallocate", fd, 0, 0, 5 * PAGE)).isEqualTo(Errno.ENOSPC.result());
            assertThat(usage().blocksFree()).isEqualTo(3);
            assertThat(t.stat("/f").size()).isEqualTo(1);
            assertThat(t.call("fallocate", fd, KEEP_SIZE, 0, 1L << 50)).isEqualTo(Errno.ENOSPC.result());
            assertThat(t.call("fallocate", fd, 0, 0, 4 * PAGE)).isZero();
            assertThat(usage().blocksFree()).isZero();
            assertThat(t.stat("/f").size()).isEqualTo(4 * PAGE);
        });
    }

    @Test
    void whatIsAllocatedIsAHoleUntilItIsWritten() {
        machine.run(t -> {
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            assertThat(t.call("fallocate", fd, 0, 0, 4 * PAGE)).isZero();
            assertThat(t.call("lseek", fd, 0, SEEK_DATA)).isEqualTo(Errno.ENXIO.result());
            assertThat(t.call("pwrite64", fd, t.memory().string("x"), 1, 2 * PAGE))
                    .isEqualTo(1);
            assertThat(t.call("lseek", fd, 0, SEEK_DATA)).isEqualTo(2 * PAGE);
            assertThat(t.call("lseek", fd, 2 * PAGE, SEEK_HOLE)).isEqualTo(3 * PAGE);
            assertThat(t.contents("/f")).hasSize(4 * PAGE).startsWith("\0\0").contains("\0x\0");
        });
    }

    /// It belongs to the kernel's own mount, which has no limit.
    @Test
    void aMemfdCountsNowhere() {
        machine.run(t -> {
            fill(t, "/most", 0);
            long fd = t.call("memfd_create", t.memory().string("name"), 0);
            assertThat(t.write(fd, "abc")).isEqualTo(3);
            assertThat(t.call("fallocate", fd, 0, 0, 8 * PAGE)).isZero();
            t.call("close", fd);
        });
    }
}
