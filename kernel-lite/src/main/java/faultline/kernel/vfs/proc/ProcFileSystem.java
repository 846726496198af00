package faultline.kernel.vfs.proc;

import faultline.kernel.Errno;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.Overcommit;
import faultline.kernel.mm.ShmTable;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// `/proc` itself: the machine's files and a directory for each process.
public final class ProcFileSystem extends FileSystem {

    /// PROC_SUPER_MAGIC.
    private static final long MAGIC = 0x9fa0;

    private static final String FILE_SYSTEMS =
            "nodev\tsysfs\nnodev\tproc\nnodev\ttmpfs\nnodev\tdevtmpfs\nnodev\tsockfs\nnodev\tpipefs\nnodev\toverlay\nnodev\t9p\n";

    private final SystemInfo system;
    private final RandomSource random;
    private final String bootId;
    private final Inode root;

    // The root needs its file system, which is complete but for it.
    @SuppressWarnings("this-escape")
    public ProcFileSystem(int device, Clock clock, KernelHeap heap, SystemInfo system, RandomSource random) {
        super("proc", device, clock, heap);
        this.system = system;
        this.random = random;
        this.bootId = uuid();
        this.root = new Top();
    }

    /// Where the machine's texts come from.
    SystemInfo system() {
        return system;
    }

    private String uuid() {
        byte[] bytes = new byte[16];
        random.fill(bytes, 0, bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        // RFC 9562: version 4 (random), variant 2.
        long high = buffer.getLong() & ~0xf000L | 0x4000L;
        long low = buffer.getLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        return new Usage(MAGIC, 0, 0, 0, 0);
    }

    private Inode text(ProcText.TextSource source) {
        return ProcText.of(this, Credentials.ROOT, source);
    }

    private final class Top extends ProcDirectory {

        private final Map<String, Inode> fixed = new LinkedHashMap<>();

        Top() {
            super(ProcFileSystem.this, 0555, Credentials.ROOT);
            fixed.put("cpuinfo", text(system::cpuinfo));
            fixed.put("filesystems", text(() -> FILE_SYSTEMS));
            fixed.put("loadavg", text(system::loadavg));
            fixed.put("meminfo", text(system::meminfo));
            fixed.put("mounts", ProcLink.to(ProcFileSystem.this, "self/mounts"));
            fixed.put("stat", text(system::stat));
            fixed.put("swaps", text(system::swaps));
            fixed.put("sys", directory(sys()));
            fixed.put("sysvipc", directory(Map.of("shm", text(system::sharedSegments))));
            fixed.put("uptime", text(system::uptime));
            fixed.put("version", text(system::version));
            fixed.put("vmstat", text(system::vmstat));
        }

        @Override
        List<String> names() {
            List<String> names = new ArrayList<>(fixed.keySet());
            names.add("self");
            names.add("thread-self");
            system.processes().forEach(pid -> names.add(Integer.toString(pid)));
            return names;
        }

        @Override
        @Nullable
        Inode make(String name) {
            Inode known = fixed.get(name);
            if (known != null) {
                return known;
            }
            if (name.equals("self")) {
                return ProcLink.to(ProcFileSystem.this, Integer.toString(self()));
            }
            if (name.equals("thread-self")) {
                return ProcLink.to(ProcFileSystem.this, self() + "/task/" + system.currentThread());
            }
            int pid = number(name);
            ProcessInfo process = pid < 0 ? null : system.process(pid);
            return process == null ? null : new ProcessDirectory(ProcFileSystem.this, process, true);
        }

        private int self() {
            return Caller.current().pid();
        }
    }

    /// A number or word on a line of its own that never changes.
    private Inode constant(String value) {
        return text(() -> value + "\n");
    }

    private Inode directory(Map<String, Inode> entries) {
        return new FixedDirectory(this, entries);
    }

    private Map<String, Inode> sys() {
        Map<String, Inode> fs = new LinkedHashMap<>();
        fs.put("file-max", constant("9223372036854775807"));
        fs.put("nr_open", constant(Integer.toString(FdTable.MAX_OPEN)));
        fs.put("pipe-max-size", constant(Integer.toString(Pipe.MAX_CAPACITY)));
        Map<String, Inode> core = new LinkedHashMap<>();
        core.put("somaxconn", constant("4096"));
        Map<String, Inode> unix = new LinkedHashMap<>();
        unix.put("max_dgram_qlen", constant("10"));
        Map<String, Inode> net = new LinkedHashMap<>();
        net.put("core", directory(core));
        net.put("unix", directory(unix));
        Map<String, Inode> vm = new LinkedHashMap<>();
        for (DirtySetting setting : DirtySetting.values()) {
            vm.put(
                    setting.fileName(),
                    ProcText.writable(
                            this,
                            Credentials.ROOT,
                            () -> system.dirtySetting(setting) + "\n",
                            text -> system.setDirtySetting(setting, parse(text))));
        }
        vm.put(
                "drop_caches",
                ProcText.writable(this, 0200, Credentials.ROOT, ProcFileSystem::unreadable, this::dropCaches));
        vm.put("max_map_count", text(() -> system.maxMapCount() + "\n"));
        vm.put("mmap_min_addr", text(() -> system.mmapMinAddr() + "\n"));
        vm.put(
                "unprivileged_userfaultfd",
                ProcText.writable(
                        this,
                        Credentials.ROOT,
                        () -> (system.unprivilegedUserfaultfd() ? 1 : 0) + "\n",
                        text -> system.setUnprivilegedUserfaultfd(parseBit(text))));
        vm.put("page-cluster", setting(system::pageCluster, system::setPageCluster));
        vm.put("swappiness", setting(system::swappiness, system::setSwappiness));
        for (Overcommit.Setting setting : Overcommit.Setting.values()) {
            vm.put(
                    setting.fileName(),
                    ProcText.writable(
                            this,
                            Credentials.ROOT,
                            () -> system.overcommit(setting) + "\n",
                            text -> system.setOvercommit(setting, parse(text))));
        }
        Map<String, Inode> sys = new LinkedHashMap<>();
        sys.put("fs", directory(fs));
        sys.put("kernel", directory(kernel()));
        sys.put("net", directory(net));
        sys.put("vm", directory(vm));
        return sys;
    }

    /// A number that user 0 may change.
    private Inode setting(IntSupplier get, LongConsumer set) {
        return ProcText.writable(this, Credentials.ROOT, () -> get.getAsInt() + "\n", text -> set.accept(parse(text)));
    }

    private static String unreadable() {
        throw Errno.EACCES.exception();
    }

    /// A number as it is written to such a file; EINVAL.
    static long parse(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException _) {
            throw Errno.EINVAL.exception();
        }
    }

    private static boolean parseBit(String text) {
        long value = parse(text);
        if (value < 0 || value > 1) {
            throw Errno.EINVAL.exception();
        }
        return value == 1;
    }

    /// 1 drops pages of files, 2 what the kernel has cached of names, which it keeps; 4 is about its log.
    private void dropCaches(String text) {
        long what = parse(text);
        if (what < 1 || what > 4) {
            throw Errno.EINVAL.exception();
        }
        if ((what & 1) != 0) {
            system.dropPageCache();
        }
    }

    private Map<String, Inode> kernel() {
        Map<String, Inode> random = new LinkedHashMap<>();
        random.put("boot_id", constant(bootId));
        random.put("entropy_avail", constant("256"));
        random.put("poolsize", constant("256"));
        random.put("uuid", text(() -> uuid() + "\n"));
        Map<String, Inode> kernel = new LinkedHashMap<>();
        kernel.put("cap_last_cap", constant("40"));
        kernel.put("domainname", constant("(none)"));
        kernel.put("hostname", text(() -> system.hostName() + "\n"));
        kernel.put("ngroups_max", constant("65536"));
        kernel.put(
                "numa_balancing",
                setting(
                        () -> system.balancing().isOn() ? 1 : 0,
                        value -> system.balancing().set(value)));
        kernel.put("osrelease", text(() -> system.osRelease() + "\n"));
        kernel.put("ostype", constant("Linux"));
        kernel.put("overflowgid", constant("65534"));
        kernel.put("overflowuid", constant("65534"));
        kernel.put("perf_event_paranoid", constant("2"));
        kernel.put("pid_max", text(() -> system.maxPid() + "\n"));
        kernel.put("random", directory(random));
        // Programs, stacks and libraries always lie where they lay the last time.
        kernel.put("randomize_va_space", constant("0"));
        String most = Long.toUnsignedString(ShmTable.MOST_BYTES);
        kernel.put("shmall", constant(most));
        kernel.put("shmmax", constant(most));
        kernel.put("shmmni", constant(Integer.toString(ShmTable.MOST)));
        return kernel;
    }
}
