package faultline.kernel.vfs;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.Errno;
import org.junit.jupiter.api.Test;

/// Lookup, and the calls that change names, errno by errno.
class PathAndNameTest {

    private final VfsMachine machine = VfsMachine.withTmpfs();

    private static long error(Errno errno) {
        return errno.result();
    }

    @Test
    void emptyPathIsEnoent() {
        machine.run(t -> assertThat(t.open("", O_RDONLY)).isEqualTo(error(Errno.ENOENT)));
    }

    @Test
    void componentThroughAFileIsEnotdirEvenWhenItIsTooLong() {
        machine.run(t -> {
            t.make("/f", "x");
            assertThat(t.open("/f/" + "n".repeat(300), O_RDONLY)).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.open("/f/", O_RDONLY)).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.open("/f/..", O_RDONLY)).isEqualTo(error(Errno.ENOTDIR));
        });
    }

    @Test
    void nameOf256BytesAndPathOf4096AreTooLong() {
        machine.run(t -> {
            assertThat(t.open("/" + "n".repeat(255), O_RDONLY)).isEqualTo(error(Errno.ENOENT));
            assertThat(t.open("/" + "n".repeat(256), O_RDONLY)).isEqualTo(error(Errno.ENAMETOOLONG));
            assertThat(t.open("/".repeat(4095), O_RDONLY)).isBetween(0L, 9L);
            assertThat(t.open("/".repeat(4096), O_RDONLY)).isEqualTo(error(Errno.ENAMETOOLONG));
        });
    }

    @Test
    void fortyLinksAreFollowedAndFortyOneAreEloop() {
        machine.run(t -> {
            t.make("/l0", "end");
            for (int i = 1; i <= 41; i++) {
                t.onPaths("symlink", "l" + (i - 1), "/l" + i);
            }
            assertThat(t.contents("/l40")).isEqualTo("end");
            assertThat(t.contents("/l41")).isEqualTo("ELOOP");
        });
    }

    @Test
    void dotDotStopsAtTheRootAndAtAChangedRoot() {
        machine.run(t -> {
            t.onPath("mkdir", "/jail", 0755);
            t.make("/outside", "secret");
            t.onPaths("symlink", "/../../outside", "/jail/out");
            assertThat(t.contents("/jail/out")).isEqualTo("secret");
            assertThat(t.onPath("chroot", "/jail")).isZero();
            assertThat(t.contents("/out")).isEqualTo("ENOENT");
            assertThat(t.contents("/../outside")).isEqualTo("ENOENT");
        });
    }

    @Test
    void searchNeedsExecutePermissionOnEveryDirectory() {
        machine.run(t -> {
            t.onPath("mkdir", "/d", 0700);
            t.make("/d/f", "x");
            t.credentials = new Credentials(5, 5, new int[0]);
            assertThat(t.contents("/d/f")).isEqualTo("EACCES");
            assertThat(t.open("/new", O_CREAT | O_WRONLY, 0644)).isEqualTo(error(Errno.EACCES));
        });
    }

    @Test
    void openFlagsFollowLinux() {
        machine.run(t -> {
            t.make("/f", "x");
            t.onPath("mkdir", "/d", 0755);
            t.onPaths("symlink", "f", "/link");
            t.onPaths("symlink", "missing", "/dangling");
            assertThat(t.open("/f", O_RDONLY | O_DIRECTORY)).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.open("/d", O_WRONLY)).isEqualTo(error(Errno.EISDIR));
            assertThat(t.open("/d", O_CREAT, 0644)).isEqualTo(error(Errno.EISDIR));
            assertThat(t.open("/new/", O_CREAT | O_WRONLY, 0644)).isEqualTo(error(Errno.EISDIR));
            assertThat(t.open("/f", O_CREAT | O_EXCL, 0644)).isEqualTo(error(Errno.EEXIST));
            assertThat(t.open("/dangling", O_CREAT | O_EXCL, 0644)).isEqualTo(error(Errno.EEXIST));
            assertThat(t.open("/link", O_RDONLY | O_NOFOLLOW)).isEqualTo(error(Errno.ELOOP));
            assertThat(t.open("/d", O_TMPFILE, 0600)).isEqualTo(error(Errno.EINVAL));
            assertThat(t.open("/dangling", O_CREAT | O_WRONLY, 0600)).isNotNegative();
            assertThat(t.contents("/missing")).isEmpty();
        });
    }

    @Test
    void pathOnlyDescriptorsAreGoodForPathsAndNothingElse() {
        machine.run(t -> {
            t.make("/f", "x");
            long fd = t.open("/f", O_PATH | O_RDWR);
            assertThat(t.read(fd)).isEqualTo("EBADF");
            assertThat(t.call("fchmod", fd, 0600)).isEqualTo(error(Errno.EBADF));
            assertThat(t.call("fstat", fd, 0)).isZero();
            assertThat(t.call("fcntl", fd, 3, 0)).isEqualTo(O_PATH);
        });
    }

    @Test
    void umaskCutsAndSetGroupIdDirectoriesPassTheirGroupOn() {
        machine.run(t -> {
            t.onPath("mkdir", "/d", 0777);
            t.onPath("chown", "/d", -1, 7);
            t.onPath("chmod", "/d", 02775);
            t.make("/d/f", "x");
            t.onPath("mkdir", "/d/sub", 0777);
            assertThat(t.stat("/d/f").gid()).isEqualTo(7);
            assertThat(t.stat("/d/f").mode()).isEqualTo(S_IFREG | 0644);
            assertThat(t.stat("/d/sub").mode()).isEqualTo(S_IFDIR | 02755);
        });
    }

    @Test
    void unlinkAndRmdirRefuseWhatLinuxRefuses() {
        machine.run(t -> {
            t.make("/f", "x");
            t.onPath("mkdir", "/d", 0755);
            t.make("/d/inner", "x");
            assertThat(t.onPath("unlink", "/d")).isEqualTo(error(Errno.EISDIR));
            assertThat(t.onPath("unlink", "/f/")).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.onPath("unlink", "/")).isEqualTo(error(Errno.EISDIR));
            assertThat(t.onPath("rmdir", "/f")).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.onPath("rmdir", "/d")).isEqualTo(error(Errno.ENOTEMPTY));
            assertThat(t.onPath("rmdir", "/d/.")).isEqualTo(error(Errno.EINVAL));
            assertThat(t.onPath("rmdir", "/d/..")).isEqualTo(error(Errno.ENOTEMPTY));
            assertThat(t.onPath("rmdir", "/")).isEqualTo(error(Errno.EBUSY));
            assertThat(t.onPath("unlink", "/none")).isEqualTo(error(Errno.ENOENT));
        });
    }

    @Test
    void makingWhatExistsOrCannotBe() {
        machine.run(t -> {
            t.make("/f", "x");
            assertThat(t.onPath("mkdir", "/f", 0755)).isEqualTo(error(Errno.EEXIST));
            assertThat(t.onPath("mkdir", "/", 0755)).isEqualTo(error(Errno.EEXIST));
            assertThat(t.onPath("mkdir", "/a/b", 0755)).isEqualTo(error(Errno.ENOENT));
            assertThat(t.onPath("mkdir", "/slash/", 0755)).isZero();
            assertThat(t.onPaths("symlink", "", "/s")).isEqualTo(error(Errno.ENOENT));
            assertThat(t.onPaths("symlink", "x", "/s/")).isEqualTo(error(Errno.ENOENT));
            assertThat(t.onPath("mknod", "/n", S_IFDIR | 0755, 0)).isEqualTo(error(Errno.EPERM));
            assertThat(t.onPath("mknod", "/p", S_IFIFO | 0644, 0)).isZero();
            assertThat(t.stat("/p").mode()).isEqualTo(S_IFIFO | 0644);
        });
    }

    @Test
    void renameFollowsTheTableOfKinds() {
        machine.run(t -> {
            t.make("/f", "f");
            t.make("/g", "g");
            t.onPath("mkdir", "/d", 0755);
            t.onPath("mkdir", "/e", 0755);
            t.make("/e/inner", "x");
            assertThat(t.onPaths("rename", "/f", "/d")).isEqualTo(error(Errno.EISDIR));
            assertThat(t.onPaths("rename", "/d", "/f")).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.onPaths("rename", "/d", "/e")).isEqualTo(error(Errno.ENOTEMPTY));
            assertThat(t.onPaths("rename", "/d", "/d/sub")).isEqualTo(error(Errno.EINVAL));
            assertThat(t.onPaths("rename", "/e/inner", "/e")).isEqualTo(error(Errno.ENOTEMPTY));
            assertThat(t.onPaths("rename", "/f", "/new/")).isEqualTo(error(Errno.ENOTDIR));
            assertThat(t.onPaths("rename", "/d/.", "/x")).isEqualTo(error(Errno.EBUSY));
            assertThat(t.onPaths("rename", "/f", "/g")).isZero();
            assertThat(t.contents("/g")).isEqualTo("f");
            assertThat(t.contents("/f")).isEqualTo("ENOENT");
            assertThat(t.onPaths("rename", "/e", "/d")).isZero();
            assertThat(t.contents("/d/inner")).isEqualTo("x");
        });
    }

    @Test
    void renamingAHardLinkOntoItsTwinDoesNothing() {
        machine.run(t -> {
            t.make("/a", "x");
            t.onPaths("link", "/a", "/b");
            assertThat(t.stat("/a").nlink()).isEqualTo(2);
            assertThat(t.onPaths("rename", "/a", "/b")).isZero();
            assertThat(t.contents("/a")).isEqualTo("x");
            t.onPath("unlink", "/a");
            assertThat(t.stat("/b").nlink()).isEqualTo(1);
        });
    }

    @Test
    void renameat2ExchangesAndRefusesToReplace() {
        machine.run(t -> {
            t.make("/a", "a");
            t.make("/b", "b");
            long a = t.memory().string("/a");
            long b = t.memory().string("/b");
            assertThat(t.call("renameat2", -100, a, -100, b, 1)).isEqualTo(error(Errno.EEXIST));
            assertThat(t.call("renameat2", -100, a, -100, b, 3)).isEqualTo(error(Errno.EINVAL));
            assertThat(t.call("renameat2", -100, a, -100, b, 2)).isZero();
            assertThat(t.contents("/a")).isEqualTo("b");
            assertThat(t.contents("/b")).isEqualTo("a");
        });
    }

    @Test
    void stickyDirectoryLetsOnlyOwnersRemove() {
        machine.run(t -> {
            t.onPath("mkdir", "/tmp", 0777);
            t.onPath("chmod", "/tmp", 01777);
            t.make("/tmp/root", "x");
            t.credentials = new Credentials(5, 5, new int[0]);
            assertThat(t.onPath("unlink", "/tmp/root")).isEqualTo(error(Errno.EPERM));
            t.make("/tmp/mine", "x");
            assertThat(t.onPath("unlink", "/tmp/mine")).isZero();
        });
    }

    @Test
    void currentDirectoryFollowsARenameAndSaysWhenItIsGone() {
        machine.run(t -> {
            t.onPath("mkdir", "/a", 0755);
            t.onPath("mkdir", "/a/b", 0755);
            t.onPath("chdir", "/a/b");
            t.onPaths("rename", "/a", "/z");
            long va = t.memory().allocate(64);
            assertThat(t.call("getcwd", va, 64)).isEqualTo(5);
            assertThat(t.memory().text(va, 4)).isEqualTo("/z/b");
            assertThat(t.call("getcwd", va, 4)).isEqualTo(error(Errno.ERANGE));
            t.onPath("rmdir", "/z/b");
            assertThat(t.call("getcwd", va, 64)).isEqualTo(error(Errno.ENOENT));
            assertThat(t.open("x", O_CREAT | O_WRONLY, 0644)).isEqualTo(error(Errno.ENOENT));
        });
    }

    @Test
    void listingIsStableWhileItIsReadAndRemoved() {
        machine.run(t -> {
            for (int i = 0; i < 200; i++) {
                t.make("/f" + i, "");
            }
            assertThat(t.list("/")).hasSize(200).startsWith("f0", "f1", "f2").doesNotHaveDuplicates();
        });
    }

    @Test
    void getdentsWithATinyBufferIsEinval() {
        machine.run(t -> {
            long fd = t.open("/", O_RDONLY);
            assertThat(t.call("getdents64", fd, t.memory().allocate(16), 16)).isEqualTo(error(Errno.EINVAL));
            assertThat(t.read(fd)).isEqualTo("EISDIR");
        });
    }
}
