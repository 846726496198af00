package faultline.kernel.vfs.host;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.StorageLimit;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.VfsThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The host's files as the guest sees and changes them: the overlay, binds, and the attempts to get out.
class OverlayTest {

    @TempDir
    Path temporary;

    private Path lower;
    private final VfsMachine machine = new VfsMachine(1, new ParallelSchedule());
    private OverlayFileSystem overlay;

    @BeforeEach
    void fill() throws IOException {
        lower = Files.createDirectory(temporary.toRealPath().resolve("lower"));
        Files.writeString(temporary.resolve("secret"), "secret");
        Files.writeString(lower.resolve("file"), "host");
        Files.createDirectory(lower.resolve("dir"));
        Files.writeString(lower.resolve("dir/inner"), "inner");
        FileSystem.Clock clock = Instant::now;
        overlay = new OverlayFileSystem(lower, 1, clock, caches(), StorageLimit.halfOf(caches()), Credentials.ROOT);
        machine.vfs().namespace().mountRoot(overlay, "overlay");
    }

    private PageCaches caches() {
        return machine.vfs().environment().caches();
    }

    private void guest(VfsThread.Body body) {
        machine.run(body);
    }

    private static final int POSIX_FADV_DONTNEED = 4;

    /// The overlay follows the host at open, so that only who reads the page again sees the change.
    @Test
    void pagesThatAreNotNeededAreReadAgain() {
        guest(t -> {
            long fd = t.open("/file", O_RDONLY);
            assertThat(t.read(fd)).isEqualTo("host");
            change("HOST");
            t.call("lseek", fd, 0, SEEK_SET);
            assertThat(t.read(fd)).isEqualTo("host");
            assertThat(t.call("fadvise64", fd, 0, 0, POSIX_FADV_DONTNEED)).isZero();
            t.call("lseek", fd, 0, SEEK_SET);
            assertThat(t.read(fd)).isEqualTo("HOST");
            assertThat(t.call("fadvise64", fd, 0, 0, 6)).isEqualTo(Errno.EINVAL.result());
        });
    }

    private void change(String contents) {
        try {
            Files.writeString(lower.resolve("file"), contents);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatTheGuestWroteIsNotLostWithItsPages() {
        guest(t -> {
            t.make("/new", "new");
            long fd = t.open("/file", O_RDWR);
            assertThat(t.write(fd, "gu")).isEqualTo(2);
            for (String call : new String[] {"fsync", "sync", "syncfs"}) {
                assertThat(t.call(call, fd)).isZero();
                assertThat(t.call("fadvise64", fd, 0, 0, POSIX_FADV_DONTNEED)).isZero();
            }
            change("HOST");
            assertThat(t.contents("/file")).isEqualTo("gust");
            assertThat(t.contents("/new")).isEqualTo("new");
        });
    }

    /// Only whole pages go, but for the last.
    @Test
    void aPageOfWhichAPartIsNeededStays() {
        guest(t -> {
            long fd = t.open("/file", O_RDONLY);
            assertThat(t.read(fd)).isEqualTo("host");
            change("HOST");
            assertThat(t.call("fadvise64", fd, 0, 2, POSIX_FADV_DONTNEED)).isZero();
            assertThat(t.call("fadvise64", fd, 2, 2, POSIX_FADV_DONTNEED)).isZero();
            t.call("lseek", fd, 0, SEEK_SET);
            assertThat(t.read(fd)).isEqualTo("host");
            assertThat(t.call("fadvise64", fd, 0, 4, POSIX_FADV_DONTNEED)).isZero();
            t.call("lseek", fd, 0, SEEK_SET);
            assertThat(t.read(fd)).isEqualTo("HOST");
        });
    }

    @Test
    void whatIsWrittenHasHalfOfRam() throws IOException {
        Files.write(lower.resolve("big"), new byte[3 * 4096]);
        guest(t -> {
            FileSystem.Usage before = overlay.usage();
            assertThat(before.blocks()).isEqualTo(caches().ram().bytes() / 4096 / 2);
            long most = t.open("/most", O_CREAT | O_RDWR, 0644);
            assertThat(t.call("fallocate", most, 0, 0, (before.blocksFree() - 2) * 4096))
                    .isZero();
            assertThat(overlay.usage().blocksFree()).isEqualTo(2);
            // Of a host's file only what is written counts.
            long fd = t.open("/big", O_RDWR);
            assertThat(t.contents("/big")).hasSize(3 * 4096);
            assertThat(overlay.usage().blocksFree()).isEqualTo(2);
            long va = t.memory().allocate(3 * 4096);
            assertThat(t.call("pwrite64", fd, va, 3 * 4096, 0)).isEqualTo(2 * 4096);
            assertThat(t.call("pwrite64", fd, va, 1, 2 * 4096)).isEqualTo(Errno.ENOSPC.result());
            assertThat(t.call("fsync", fd)).isZero();
            assertThat(t.call("pwrite64", fd, va, 4096, 0)).isEqualTo(4096);
            assertThat(t.call("ftruncate", most, 0)).isZero();
            assertThat(overlay.usage().blocksFree()).isEqualTo(before.blocksFree() - 2);
        });
    }

    @Test
    void readsTheHostAndKeepsItsAttributes() throws IOException {
        long modified =
                Files.getLastModifiedTime(lower.resolve("file")).toInstant().getEpochSecond();
        guest(t -> {
            assertThat(t.contents("/file")).isEqualTo("host");
            assertThat(t.stat("/file").mtime()).isEqualTo(modified);
            assertThat(t.stat("/file").size()).isEqualTo(4);
            assertThat(t.list("/")).containsExactly("dir", "file");
        });
        assertThat(overlay.filesWritten()).isZero();
    }

    @Test
    void writesStayInMemory() throws IOException {
        guest(t -> {
            long fd = t.open("/file", O_RDWR);
            t.write(fd, "HO");
            assertThat(t.contents("/file")).isEqualTo("HOst");
            t.make("/new", "n");
            t.make("/dir/other", "o");
            assertThat(t.list("/")).containsExactly("dir", "file", "new");
        });
        assertThat(Files.readString(lower.resolve("file"))).isEqualTo("host");
        assertThat(lower.resolve("new")).doesNotExist();
        assertThat(overlay.filesWritten()).isEqualTo(3);
    }

    @Test
    void truncatedHostBytesDoNotComeBack() {
        guest(t -> {
            long fd = t.open("/file", O_RDWR);
            t.call("ftruncate", fd, 1);
            t.call("ftruncate", fd, 4);
            assertThat(t.contents("/file")).isEqualTo("h\0\0\0");
        });
    }

    @Test
    void removedNamesStayRemovedAndCanBeReused() throws IOException {
        guest(t -> {
            assertThat(t.onPath("unlink", "/file")).isZero();
            assertThat(t.contents("/file")).isEqualTo("ENOENT");
            assertThat(t.list("/")).containsExactly("dir");
            assertThat(t.onPath("rmdir", "/dir")).isEqualTo(Errno.ENOTEMPTY.result());
            t.onPath("unlink", "/dir/inner");
            assertThat(t.onPath("rmdir", "/dir")).isZero();
            t.onPath("mkdir", "/dir", 0755);
            assertThat(t.list("/dir")).isEmpty();
            t.make("/file", "mine");
            assertThat(t.contents("/file")).isEqualTo("mine");
        });
        assertThat(Files.readString(lower.resolve("file"))).isEqualTo("host");
        assertThat(lower.resolve("dir/inner")).exists();
    }

    @Test
    void renamedDirectoryTakesItsHostContentsAlong() {
        guest(t -> {
            assertThat(t.onPaths("rename", "/dir", "/moved")).isZero();
            assertThat(t.contents("/moved/inner")).isEqualTo("inner");
            assertThat(t.contents("/dir/inner")).isEqualTo("ENOENT");
            t.onPaths("rename", "/file", "/moved/file");
            assertThat(t.contents("/moved/file")).isEqualTo("host");
            assertThat(t.list("/")).containsExactly("moved");
        });
        assertThat(lower.resolve("dir/inner")).exists();
    }

    @Test
    void modesAndTimesChangeInMemoryOnly() throws IOException {
        Object before = Files.getAttribute(lower.resolve("file"), "unix:mode");
        guest(t -> {
            t.onPath("chmod", "/file", 0600);
            assertThat(t.stat("/file").mode()).isEqualTo(S_IFREG | 0600);
        });
        assertThat(Files.getAttribute(lower.resolve("file"), "unix:mode")).isEqualTo(before);
        assertThat(overlay.filesWritten()).isZero();
    }

    @Test
    void hostChangesShowUntilTheGuestWrites() throws IOException {
        guest(t -> assertThat(t.contents("/file")).isEqualTo("host"));
        Files.writeString(lower.resolve("file"), "changed");
        Files.writeString(lower.resolve("late"), "late");
        Files.delete(lower.resolve("dir/inner"));
        guest(t -> {
            assertThat(t.contents("/file")).isEqualTo("changed");
            assertThat(t.contents("/late")).isEqualTo("late");
            assertThat(t.contents("/dir/inner")).isEqualTo("ENOENT");
        });
    }

    @Test
    void hardLinksOfTheHostAreOneFile() throws IOException {
        Files.createLink(lower.resolve("twin"), lower.resolve("file"));
        guest(t -> {
            long fd = t.open("/twin", O_WRONLY);
            t.write(fd, "H");
            assertThat(t.contents("/file")).isEqualTo("Host");
            assertThat(t.stat("/file").ino()).isEqualTo(t.stat("/twin").ino());
        });
    }

    @Test
    void linksOfTheHostAreResolvedInsideTheRoot() throws IOException {
        Files.createSymbolicLink(lower.resolve("absolute"), Path.of("/file"));
        Files.createSymbolicLink(lower.resolve("out"), temporary.resolve("secret"));
        Files.createSymbolicLink(lower.resolve("up"), Path.of("../secret"));
        Files.createSymbolicLink(lower.resolve("updir"), Path.of(".."));
        guest(t -> {
            assertThat(t.contents("/absolute")).isEqualTo("host");
            assertThat(t.contents("/out")).isEqualTo("ENOENT");
            assertThat(t.contents("/up")).isEqualTo("ENOENT");
            assertThat(t.contents("/updir/secret")).isEqualTo("ENOENT");
            assertThat(t.contents("/updir/file")).isEqualTo("host");
            assertThat(t.contents("/../../secret")).isEqualTo("ENOENT");
            assertThat(t.open("/out", O_CREAT | O_WRONLY, 0644)).isEqualTo(Errno.ENOENT.result());
        });
    }

    @Test
    void aDirectorySwappedForALinkWhileTheGuestRunsLeadsNowhere() throws IOException {
        Files.createDirectory(temporary.resolve("private"));
        Files.writeString(temporary.resolve("private/inner"), "stolen");
        guest(t -> {
            t.onPath("chdir", "/dir");
            assertThat(t.contents("inner")).isEqualTo("inner");
            Files.move(lower.resolve("dir"), lower.resolve("old"));
            Files.createSymbolicLink(
                    lower.resolve("dir"), temporary.toRealPath().resolve("private"));
            assertThat(t.contents("inner")).isNotEqualTo("stolen");
            assertThat(t.contents("/dir/inner")).isNotEqualTo("stolen");
        });
    }

    @Test
    void writableBindChangesTheHost() throws IOException {
        Path bound = Files.createDirectory(temporary.toRealPath().resolve("bound"));
        Files.writeString(bound.resolve("old"), "old");
        mountThrough(bound);
        guest(t -> {
            t.make("/dir/new", "new");
            long fd = t.open("/dir/old", O_RDWR | O_APPEND);
            t.write(fd, "er");
            t.call("close", fd);
            assertThat(t.onPath("mkdir", "/dir/sub", 0750)).isZero();
            assertThat(t.onPaths("rename", "/dir/new", "/dir/sub/moved")).isZero();
            assertThat(t.onPaths("symlink", "/etc", "/dir/link")).isZero();
            assertThat(t.onPaths("rename", "/dir/old", "/file")).isEqualTo(Errno.EXDEV.result());
            t.onPath("chmod", "/dir/old", 0604);
        });
        assertThat(bound.resolve("old")).hasContent("older");
        assertThat(bound.resolve("sub/moved")).hasContent("new");
        assertThat(Files.readSymbolicLink(bound.resolve("link"))).isEqualTo(Path.of("/etc"));
        assertThat((int) Files.getAttribute(bound.resolve("old"), "unix:mode") & 07777)
                .isEqualTo(0604);
        assertThat((int) Files.getAttribute(bound.resolve("sub"), "unix:mode") & 07777)
                .isEqualTo(0750);
    }

    @Test
    void writableBindCannotBeLeftByARenameAndALink() throws IOException {
        Path bound = Files.createDirectory(temporary.toRealPath().resolve("bound"));
        Files.createDirectory(bound.resolve("d"));
        mountThrough(bound);
        guest(t -> {
            long d = t.open("/dir/d", O_RDONLY | O_DIRECTORY);
            assertThat(t.onPaths("rename", "/dir/d", "/dir/e")).isZero();
            assertThat(t.onPaths("symlink", temporary.toRealPath().toString(), "/dir/d"))
                    .isZero();
            assertThat(t.call("openat", d, t.memory().string("secret"), O_RDONLY, 0))
                    .isEqualTo(Errno.ENOENT.result());
            long made = t.call("openat", d, t.memory().string("made"), O_CREAT | O_WRONLY, 0644);
            assertThat(made).isNotNegative();
            assertThat(t.contents("/dir/d/secret")).isEqualTo("ENOENT");
        });
        assertThat(bound.resolve("e/made")).exists();
        assertThat(temporary.resolve("made")).doesNotExist();
    }

    @Test
    void removedFileOfAWritableBindLivesOnWhileItIsOpen() throws IOException {
        Path bound = Files.createDirectory(temporary.toRealPath().resolve("bound"));
        Files.writeString(bound.resolve("f"), "contents");
        mountThrough(bound);
        guest(t -> {
            long fd = t.open("/dir/f", O_RDWR);
            assertThat(t.onPath("unlink", "/dir/f")).isZero();
            assertThat(t.read(fd)).isEqualTo("contents");
            t.call("close", fd);
        });
        assertThat(bound.resolve("f")).doesNotExist();
    }

    private void mountThrough(Path bound) throws IOException {
        FileSystem through = new ThroughFileSystem(
                bound, 2, Instant::now, machine.vfs().environment().caches());
        machine.vfs()
                .namespace()
                .mount(through, through.root(), machine.vfs().namespace().lookup("/dir"), "bound", false);
    }

    @Test
    void mountPointsCannotBeRemovedOrRenamed() throws IOException {
        mountThrough(Files.createDirectory(temporary.toRealPath().resolve("bound")));
        guest(t -> {
            assertThat(t.onPath("rmdir", "/dir")).isEqualTo(Errno.EBUSY.result());
            assertThat(t.onPaths("rename", "/dir", "/x")).isEqualTo(Errno.EBUSY.result());
        });
        FsContext unused = new FsContext(
                machine.vfs().namespace(),
                machine.vfs().namespace().root(),
                machine.vfs().namespace().root(),
                0);
        assertThat(unused.current().text(unused.root())).isEqualTo("/");
    }

    /// What comes and goes must not add up.
    @Test
    void namesThatAreMadeAndRemovedLeaveNothingBehind() {
        guest(t -> {
            t.make("/passing", "x");
            t.onPath("unlink", "/passing");
            long before = machine.vfs().environment().caches().heap().used();
            for (int i = 0; i < 100; i++) {
                t.make("/passing" + i, "x");
                assertThat(t.onPath("unlink", "/passing" + i)).isZero();
            }
            assertThat(machine.vfs().environment().caches().heap().used()).isEqualTo(before);
        });
        assertThat(overlay.filesWritten()).isZero();
    }
}
