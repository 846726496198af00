package faultline.kernel.vfs.root;

import static faultline.kernel.vfs.FileMode.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.NodeText;
import faultline.kernel.mm.NumaBalancing;
import faultline.kernel.mm.Overcommit;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.page.DirtyLimits;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.VfsMachine;
import faultline.kernel.vfs.VfsThread;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.proc.ProcessInfo;
import faultline.kernel.vfs.proc.SystemInfo;
import faultline.kernel.vfs.root.PrivateRoot.Bind;
import faultline.kernel.vfs.root.PrivateRoot.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a guest sees of the host, and what it does not.
class PrivateRootTest {

    @TempDir
    Path temporary;

    private Path current;
    private final VfsMachine machine = new VfsMachine(1, new ParallelSchedule());

    @BeforeEach
    void fill() throws IOException {
        temporary = temporary.toRealPath();
        current = Files.createDirectory(temporary.resolve("current"));
        Files.writeString(current.resolve("data"), "data");
        Files.writeString(temporary.resolve("program"), "elf");
        Files.writeString(temporary.resolve("secret"), "secret");
    }

    private PrivateRoot build(@Nullable Path sysroot, Bind... binds) throws IOException {
        Layout layout = new Layout(
                sysroot,
                temporary.resolve("program"),
                current,
                List.of(binds),
                new Credentials(1000, 1000, new int[0]),
                "me",
                "/home/me");
        PrivateRoot root = PrivateRoot.build(machine.vfs(), layout, system);
        context = root.initialContext(layout);
        return root;
    }

    private faultline.kernel.vfs.@Nullable FsContext context;

    private final NoProcesses system = new NoProcesses();

    private void guest(VfsThread.Body body) {
        if (context != null) {
            machine.run(context, body);
        }
    }

    @Test
    void programAndCurrentDirectoryAreAtTheirHostPathsAndNothingElseIs() throws IOException {
        build(null);
        guest(t -> {
            assertThat(t.contents("data")).isEqualTo("data");
            assertThat(t.contents(current + "/data")).isEqualTo("data");
            assertThat(t.contents(temporary + "/program")).isEqualTo("elf");
            assertThat(t.contents(temporary + "/secret")).isEqualTo("ENOENT");
            assertThat(t.contents("../secret")).isEqualTo("ENOENT");
            assertThat(t.list("/"))
                    .contains("proc", "dev", "tmp", "etc", "home")
                    .doesNotContain("usr", "boot");
            assertThat(t.contents("/etc/passwd")).contains("me:x:1000:1000:").contains("root:x:0:0:");
        });
    }

    @Test
    void discardedWritesAreCountedAndTemporaryOnesAreNot() throws IOException {
        PrivateRoot root = build(null);
        guest(t -> {
            t.make("data", "changed");
            t.make("new", "new");
            t.make("gone", "gone");
            t.onPath("unlink", "gone");
            t.make("/tmp/scratch", "x");
        });
        assertThat(root.filesDiscarded()).isEqualTo(2);
        assertThat(current.resolve("data")).hasContent("data");
    }

    @Test
    void bindsOpenMoreAndKeepWhatTheyAreToldTo() throws IOException {
        Path kept = Files.createDirectory(temporary.resolve("kept"));
        build(null, new Bind(kept, "/kept", true), new Bind(current, "/view", false));
        guest(t -> {
            t.make("/kept/file", "kept");
            t.make("/view/file", "lost");
            assertThat(t.contents("/view/data")).isEqualTo("data");
        });
        assertThat(kept.resolve("file")).hasContent("kept");
        assertThat(current.resolve("file")).doesNotExist();
    }

    @Test
    void absoluteLinksOfASysrootLeadInsideIt() throws IOException {
        Path sysroot = Files.createDirectory(temporary.resolve("sysroot"));
        Files.createDirectories(sysroot.resolve("usr/lib"));
        Files.writeString(sysroot.resolve("usr/lib/real"), "inside");
        Files.createSymbolicLink(sysroot.resolve("lib"), Path.of("/usr/lib"));
        Files.createSymbolicLink(sysroot.resolve("outside"), temporary.resolve("secret"));
        build(sysroot);
        guest(t -> {
            assertThat(t.contents("/lib/real")).isEqualTo("inside");
            assertThat(t.contents("/outside")).isEqualTo("ENOENT");
            assertThat(t.contents("data")).isEqualTo("data");
            assertThat(t.list("/dev")).contains("null", "urandom", "pts");
        });
    }

    @Test
    void devicesDoWhatTheirNamesSay() throws IOException {
        build(null);
        guest(t -> {
            assertThat(t.contents("/dev/null")).isEmpty();
            assertThat(t.contents("/dev/zero")).isEqualTo("\0".repeat(65536));
            assertThat(t.write(t.open("/dev/full", O_WRONLY), "x")).isEqualTo(Errno.ENOSPC.result());
            assertThat(t.write(t.open("/dev/null", O_WRONLY), "x")).isEqualTo(1);
            assertThat(t.stat("/dev/null").rdev()).isEqualTo(makeDevice(1, 3));
        });
    }

    @Test
    void procShowsDescriptorsMountsAndTheWayBack() throws IOException {
        build(null);
        guest(t -> {
            assertThat(t.contents("/proc/sys/kernel/osrelease")).isEqualTo("6.12.0\n");
            assertThat(t.contents("/proc/cpuinfo")).isEqualTo("cpu\n");
            assertThat(t.list("/proc")).contains("self", "meminfo");
            assertThat(t.contents("/proc/7/status")).isEqualTo("ENOENT");
            assertThat(t.stat("/proc/cpuinfo").size()).isZero();
        });
    }

    @Test
    void whatIsWrittenToDropCachesDropsPages() throws IOException {
        build(null);
        guest(t -> {
            String file = "/proc/sys/vm/drop_caches";
            assertThat(t.write(t.open(file, O_WRONLY), "1\n")).isEqualTo(2);
            assertThat(t.write(t.open(file, O_WRONLY), "2\n")).isEqualTo(2);
            assertThat(system.drops).isEqualTo(1);
            assertThat(t.write(t.open(file, O_WRONLY), "3")).isEqualTo(1);
            assertThat(system.drops).isEqualTo(2);
            assertThat(t.write(t.open(file, O_WRONLY), "5")).isEqualTo(Errno.EINVAL.result());
            assertThat(t.write(t.open(file, O_WRONLY), "all")).isEqualTo(Errno.EINVAL.result());
            assertThat(t.contents(file)).isEqualTo("EACCES");
        });
    }

    @Test
    void theLimitsOfDirtyPagesCanBeReadAndWritten() throws IOException {
        build(null);
        guest(t -> {
            String ratio = "/proc/sys/vm/dirty_ratio";
            String bytes = "/proc/sys/vm/dirty_bytes";
            assertThat(t.contents(ratio)).isEqualTo("20\n");
            assertThat(t.contents("/proc/sys/vm/dirty_background_ratio")).isEqualTo("10\n");
            assertThat(t.write(t.open(bytes, O_WRONLY), "65536\n")).isEqualTo(6);
            assertThat(t.contents(bytes)).isEqualTo("65536\n");
            assertThat(t.contents(ratio)).isEqualTo("0\n");
            assertThat(t.write(t.open(ratio, O_WRONLY), "101")).isEqualTo(Errno.EINVAL.result());
            assertThat(t.write(t.open(bytes, O_WRONLY), "all")).isEqualTo(Errno.EINVAL.result());
            assertThat(t.contents(bytes)).isEqualTo("65536\n");
        });
    }

    @Test
    void seededRandomBytesRepeat() {
        byte[] one = new byte[33];
        byte[] other = new byte[33];
        RandomSource.seeded(5).fill(one, 0, 33);
        RandomSource.seeded(5).fill(other, 0, 33);
        assertThat(one).isEqualTo(other);
        RandomSource.seeded(6).fill(other, 0, 33);
        assertThat(one).isNotEqualTo(other);
    }

    /// A machine without processes.
    private static final class NoProcesses implements SystemInfo {
        @Override
        public NodeText nodes() {
            return new NodeText(ToyMachine.small().kernel());
        }

        @Override
        public NumaBalancing balancing() {
            return ToyMachine.small().kernel().balancing();
        }

        @Override
        public @Nullable HugePageSettings hugePages() {
            return null;
        }

        @Override
        public @Nullable Ksm ksm() {
            return null;
        }

        int drops;
        final DirtyLimits limits = new DirtyLimits(new PageGeometry(12));

        @Override
        public OpenFlags openFlags() {
            return OpenFlags.GENERIC;
        }

        @Override
        public List<Integer> processes() {
            return List.of();
        }

        @Override
        public @Nullable ProcessInfo process(int pid) {
            return null;
        }

        @Override
        public int currentThread() {
            return 1;
        }

        @Override
        public String cpuinfo() {
            return "cpu\n";
        }

        @Override
        public String meminfo() {
            return "";
        }

        @Override
        public String swaps() {
            return "";
        }

        @Override
        public String sharedSegments() {
            return "";
        }

        @Override
        public int swappiness() {
            return 60;
        }

        @Override
        public void setSwappiness(long value) {}

        @Override
        public int pageCluster() {
            return 3;
        }

        @Override
        public void setPageCluster(long value) {}

        @Override
        public String vmstat() {
            return "";
        }

        @Override
        public String stat() {
            return "";
        }

        @Override
        public String uptime() {
            return "";
        }

        @Override
        public String loadavg() {
            return "";
        }

        @Override
        public String version() {
            return "";
        }

        @Override
        public String osRelease() {
            return "6.12.0";
        }

        @Override
        public String hostName() {
            return "faultline";
        }

        @Override
        public int maxPid() {
            return 32768;
        }

        @Override
        public int maxMapCount() {
            return 65530;
        }

        @Override
        public boolean unprivilegedUserfaultfd() {
            return false;
        }

        @Override
        public void setUnprivilegedUserfaultfd(boolean on) {}

        @Override
        public long overcommit(Overcommit.Setting setting) {
            return 0;
        }

        @Override
        public void setOvercommit(Overcommit.Setting setting, long value) {}

        @Override
        public long mmapMinAddr() {
            return 65536;
        }

        @Override
        public long dirtySetting(DirtySetting setting) {
            return limits.get(setting);
        }

        @Override
        public void setDirtySetting(DirtySetting setting, long value) {
            limits.set(setting, value);
        }

        @Override
        public void dropPageCache() {
            drops++;
        }
    }
}
