package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.Errno;
import faultline.kernel.mm.page.Page;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Reading, writing, seeking and descriptors.
class RegularFileTest {

    private final VfsMachine machine = VfsMachine.withTmpfs();

    @Test
    void appendWritesAtTheEndWhereverThePositionIs() {
        machine.run(t -> {
            t.make("/f", "abc");
            long fd = t.open("/f", O_RDWR | O_APPEND);
            t.call("lseek", fd, 0, SEEK_SET);
            t.write(fd, "def");
            assertThat(t.call("lseek", fd, 0, SEEK_CUR)).isEqualTo(6);
            // pwrite appends too (open(2), BUGS).
            t.call("pwrite64", fd, t.memory().string("X"), 1, 0);
            assertThat(t.contents("/f")).isEqualTo("abcdefX");
        });
    }

    @Test
    void writingPastTheEndLeavesAHoleOfZeros() {
        machine.run(t -> {
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            t.call("lseek", fd, 10_000, SEEK_SET);
            t.write(fd, "x");
            assertThat(t.stat("/f").size()).isEqualTo(10_001);
            assertThat(t.contents("/f")).isEqualTo("\0".repeat(10_000) + "x");
            assertThat(t.call("lseek", fd, 0, SEEK_DATA)).isEqualTo(8192);
            assertThat(t.call("lseek", fd, 0, SEEK_HOLE)).isZero();
            assertThat(t.call("lseek", fd, 8192, SEEK_HOLE)).isEqualTo(10_001);
            assertThat(t.call("lseek", fd, 10_001, SEEK_DATA)).isEqualTo(Errno.ENXIO.result());
        });
    }

    @Test
    void truncateCutsAndGrowsWithZeros() {
        machine.run(t -> {
            t.make("/f", "abcdef");
            long fd = t.open("/f", O_RDWR);
            assertThat(t.call("ftruncate", fd, 3)).isZero();
            assertThat(t.call("ftruncate", fd, 5)).isZero();
            assertThat(t.contents("/f")).isEqualTo("abc\0\0");
            assertThat(t.call("ftruncate", fd, -1)).isEqualTo(Errno.EINVAL.result());
            assertThat(t.call("ftruncate", t.open("/f", O_RDONLY), 0)).isEqualTo(Errno.EINVAL.result());
        });
    }

    @Test
    void largeTransfersCrossPagesAndPieces() {
        machine.run(t -> {
            String text = "0123456789".repeat(5000);
            t.make("/f", text);
            assertThat(t.contents("/f")).isEqualTo(text);
            long fd = t.open("/f", O_RDONLY);
            long va = t.memory().allocate(16);
            assertThat(t.call("pread64", fd, va, 10, 4090)).isEqualTo(10);
            assertThat(t.memory().text(va, 10)).isEqualTo("0123456789");
        });
    }

    @Test
    void removedFileLivesOnWhileItIsOpen() {
        machine.run(t -> {
            t.make("/f", "still here");
            long fd = t.open("/f", O_RDONLY);
            t.onPath("unlink", "/f");
            assertThat(t.read(fd)).isEqualTo("still here");
            t.call("close", fd);
        });
    }

    @Test
    void readIntoABadBufferIsEfaultAndDoesNotAdvance() {
        machine.run(t -> {
            t.make("/f", "abc");
            long fd = t.open("/f", O_RDONLY);
            assertThat(t.call("read", fd, 0x10, 3)).isEqualTo(Errno.EFAULT.result());
            assertThat(t.read(fd)).isEqualTo("abc");
            assertThat(t.call("read", fd, 0x10, -1)).isEqualTo(Errno.EINVAL.result());
        });
    }

    @Test
    void accessModeIsChecked() {
        machine.run(t -> {
            t.make("/f", "abc");
            assertThat(t.write(t.open("/f", O_RDONLY), "x")).isEqualTo(Errno.EBADF.result());
            assertThat(t.read(t.open("/f", O_WRONLY))).isEqualTo("EBADF");
            assertThat(t.read(99)).isEqualTo("EBADF");
        });
    }

    @Test
    void vectorsGatherAndScatter() {
        machine.run(t -> {
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            long iov = t.memory().allocate(32);
            t.memory().store64(iov, t.memory().string("hello "));
            t.memory().store64(iov + 8, 6);
            t.memory().store64(iov + 16, t.memory().string("world"));
            t.memory().store64(iov + 24, 5);
            assertThat(t.call("writev", fd, iov, 2)).isEqualTo(11);
            assertThat(t.contents("/f")).isEqualTo("hello world");
            assertThat(t.call("writev", fd, iov, 1025)).isEqualTo(Errno.EINVAL.result());
            t.memory().store64(iov + 8, -1);
            assertThat(t.call("writev", fd, iov, 2)).isEqualTo(Errno.EINVAL.result());
        });
    }

    @Test
    void fileSizeLimitCutsTheWriteAndThenSignals() {
        machine.run(t -> {
            t.fileSize = 4;
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            assertThat(t.write(fd, "abcdef")).isEqualTo(4);
            assertThat(t.signals).isEmpty();
            assertThat(t.write(fd, "x")).isEqualTo(Errno.EFBIG.result());
            assertThat(t.signals).containsExactly(25);
        });
    }

    @Test
    void lowestFreeDescriptorAndItsLimit() {
        machine.run(t -> {
            t.make("/f", "");
            assertThat(t.open("/f", O_RDONLY)).isZero();
            assertThat(t.open("/f", O_RDONLY)).isEqualTo(1);
            assertThat(t.call("close", 0)).isZero();
            assertThat(t.call("dup", 1)).isZero();
            assertThat(t.call("fcntl", 1, 0, 10)).isEqualTo(10);
            t.openFiles = 3;
            assertThat(t.open("/f", O_RDONLY)).isEqualTo(2);
            assertThat(t.open("/f", O_RDONLY)).isEqualTo(Errno.EMFILE.result());
            assertThat(t.call("fcntl", 1, 0, 3)).isEqualTo(Errno.EINVAL.result());
            assertThat(t.call("dup2", 1, 3)).isEqualTo(Errno.EBADF.result());
            assertThat(t.call("dup2", 1, 1)).isEqualTo(1);
            assertThat(t.call("dup3", 1, 1, 0)).isEqualTo(Errno.EINVAL.result());
            assertThat(t.call("close", 77)).isEqualTo(Errno.EBADF.result());
        });
    }

    @Test
    void dupSharesThePositionAndNotCloseOnExec() {
        machine.run(t -> {
            t.make("/f", "abcdef");
            long fd = t.open("/f", O_RDONLY | O_CLOEXEC);
            long copy = t.call("dup", fd);
            t.call("lseek", fd, 3, SEEK_SET);
            assertThat(t.read(copy)).isEqualTo("def");
            assertThat(t.call("fcntl", fd, 1, 0)).isEqualTo(1);
            assertThat(t.call("fcntl", copy, 1, 0)).isZero();
            t.files().closeOnExec();
            assertThat(t.call("fcntl", fd, 1, 0)).isEqualTo(Errno.EBADF.result());
            assertThat(t.call("fcntl", copy, 1, 0)).isZero();
        });
    }

    @Test
    void recordLocksOfOthersConflictAndSplit() {
        machine.run(t -> {
            t.make("/f", "abcdef");
            OpenFile file = t.files().get((int) t.open("/f", O_RDWR));
            FileLocks locks = file.inodeObject().locks();
            Object one = "one";
            Object two = "two";
            locks.acquire(new FileLocks.Lock(one, true, 0, 99, 1, false), false);
            locks.release(new FileLocks.Lock(one, false, 40, 59, 1, false));
            FileLocks.Lock middle = new FileLocks.Lock(two, true, 40, 59, 2, false);
            assertThat(locks.conflict(middle)).isNull();
            FileLocks.Lock all = new FileLocks.Lock(two, true, 0, Long.MAX_VALUE, 2, false);
            assertThat(locks.conflict(all)).isEqualTo(new FileLocks.Lock(one, true, 0, 39, 1, false));
            // flock does not see record locks.
            assertThat(locks.conflict(new FileLocks.Lock(two, true, 0, Long.MAX_VALUE, 2, true)))
                    .isNull();
        });
    }

    @Test
    void sendfileAndCopyFileRangeMoveBytes() {
        machine.run(t -> {
            t.make("/from", "abcdef");
            long from = t.open("/from", O_RDONLY);
            long to = t.open("/to", O_CREAT | O_RDWR, 0644);
            assertThat(t.call("sendfile", to, from, 0, 4)).isEqualTo(4);
            long offset = t.memory().allocate(8);
            t.memory().store64(offset, 1);
            assertThat(t.call("copy_file_range", from, offset, to, 0, 2, 0)).isEqualTo(2);
            assertThat(t.memory().load64(offset)).isEqualTo(3);
            assertThat(t.contents("/to")).isEqualTo("abcdbc");
            assertThat(t.call("copy_file_range", to, 0, to, 0, 2, 0)).isEqualTo(Errno.EINVAL.result());
        });
    }

    @Test
    void memfdHonoursItsSeals() {
        machine.run(t -> {
            long fd = t.call("memfd_create", t.memory().string("name"), 2);
            assertThat(t.write(fd, "abc")).isEqualTo(3);
            assertThat(t.call("fcntl", fd, 1033, 8)).isZero();
            assertThat(t.write(fd, "x")).isEqualTo(Errno.EPERM.result());
            assertThat(t.call("fcntl", fd, 1034, 0)).isEqualTo(8);
            assertThat(t.files().get((int) fd).mapsName()).isEqualTo("/memfd:name (deleted)");
        });
    }

    /// A device may be storing to a page that somebody has a reference to. Who has one for long is not waited
    /// for.
    @Test
    void memfdIsNotSealedAgainstWritesWhileAPageIsInUse() {
        machine.run(t -> {
            long fd = t.call("memfd_create", t.memory().string("name"), 2);
            assertThat(t.write(fd, "abc")).isEqualTo(3);
            Page page = Objects.requireNonNull(t.files().get((int) fd).pages().find(0));
            assertThat(t.call("fcntl", fd, 1033, 8)).isEqualTo(Errno.EBUSY.result());
            assertThat(t.call("fcntl", fd, 1034, 0)).isZero();
            assertThat(t.write(fd, "x")).isEqualTo(1);
            machine.allocator().put(page);
            assertThat(t.call("fcntl", fd, 1033, 8)).isZero();
        });
    }

    @Test
    void threadsAppendingNeverOverwriteEachOther() {
        VfsMachine two = new VfsMachine(2, new faultline.core.step.SeededSchedule(7));
        two.mountTmpfs();
        VfsThread.Body append = t -> {
            long fd = t.open("/log", O_CREAT | O_WRONLY | O_APPEND, 0644);
            for (int i = 0; i < 50; i++) {
                assertThat(t.write(fd, "line\n")).isEqualTo(5);
            }
        };
        two.run(append, append);
        two.run(t -> assertThat(t.contents("/log")).isEqualTo("line\n".repeat(100)));
    }

    /// Going through such a file page by page would take for ever.
    @Test
    void aFileMayBeOneHoleOfAnySize() {
        machine.run(t -> {
            long size = Long.MAX_VALUE & -4096L;
            long fd = t.open("/f", O_CREAT | O_RDWR, 0644);
            assertThat(t.call("ftruncate", fd, size)).isZero();
            assertThat(t.call("lseek", fd, 0, SEEK_DATA)).isEqualTo(Errno.ENXIO.result());
            assertThat(t.call("lseek", fd, 5, SEEK_HOLE)).isEqualTo(5);
            assertThat(t.call("pwrite64", fd, t.memory().string("x"), 1, 1L << 50))
                    .isEqualTo(1);
            assertThat(t.call("lseek", fd, 0, SEEK_DATA)).isEqualTo(1L << 50);
            assertThat(t.call("lseek", fd, 1L << 50, SEEK_HOLE)).isEqualTo((1L << 50) + 4096);
            // PUNCH_HOLE | KEEP_SIZE
            assertThat(t.call("fallocate", fd, 3, 0, size)).isZero();
            assertThat(t.call("pread64", fd, t.memory().allocate(16), 1, 1L << 50))
                    .isEqualTo(1);
        });
    }
}
