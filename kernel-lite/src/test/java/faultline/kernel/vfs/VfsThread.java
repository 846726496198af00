package faultline.kernel.vfs;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.Mm;
import faultline.kernel.syscall.FileCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A task as far as files are concerned, with a vCPU of its own.
public final class VfsThread extends TestThread implements Caller {

    /// What a thread does.
    public interface Body {
        void run(VfsThread self) throws Exception;
    }

    private final VfsMachine machine;
    private final Body body;
    private final ArrayMemory memory;
    private FdTable files;
    private final FsContext fs;

    public final List<Integer> signals = new ArrayList<>();
    public volatile boolean signalPending;
    public Credentials credentials = Credentials.ROOT;
    public int pid = 100;
    public int group = 100;
    public int session = 100;
    public long openFiles = 1024;
    public long fileSize = Long.MAX_VALUE;
    public boolean ignoresJobSignals;

    VfsThread(VfsMachine machine, int cpu, FdTable files, FsContext fs, Body body) {
        super(machine.schedule(), "vfs-" + cpu, machine.vcpu(cpu));
        this.machine = machine;
        this.memory = new ArrayMemory(machine.order());
        this.files = files;
        this.fs = fs;
        this.body = body;
    }

    @Override
    public Mm mm() {
        throw new UnsupportedOperationException("these tests need no address space");
    }

    @Override
    protected void body() throws Exception {
        body.run(this);
    }

    /// Makes a system call; the result, or a negated errno.
    public long call(String name, long... args) {
        FileCall call = (FileCall)
                Objects.requireNonNull(machine.calls().find(name), name).call();
        try {
            return call.call((Caller) this, java.util.Arrays.copyOf(args, 6));
        } catch (ErrnoException failed) {
            return failed.errno().result();
        }
    }

    /// Opens; the descriptor or a negated errno.
    public long open(String path, int flags, int mode) {
        return call("open", memory.string(path), flags, mode);
    }

    public long open(String path, int flags) {
        return open(path, flags, 0);
    }

    /// Calls something that takes one path first.
    public long onPath(String name, String path, long... more) {
        long[] args = new long[6];
        args[0] = memory.string(path);
        System.arraycopy(more, 0, args, 1, more.length);
        return call(name, args);
    }

    /// Calls something that takes two paths.
    public long onPaths(String name, String one, String other) {
        return call(name, memory.string(one), memory.string(other));
    }

    public long write(long fd, String text) {
        long va = memory.string(text);
        return call("write", fd, va, text.length());
    }

    /// Reads at most 64 KiB as text; the errno's name when it fails.
    public String read(long fd) {
        long va = memory.allocate(65536);
        long count = call("read", fd, va, 65536);
        return count < 0 ? Objects.requireNonNull(Errno.of((int) -count)).name() : memory.text(va, (int) count);
    }

    /// Makes a file with contents.
    public void make(String path, String text) {
        long fd = open(path, FileMode.O_CREAT | FileMode.O_WRONLY | FileMode.O_TRUNC, 0644);
        if (fd < 0 || write(fd, text) != text.length()) {
            throw new IllegalStateException("cannot make " + path + ": " + fd);
        }
        call("close", fd);
    }

    /// The contents of a file, or the errno's name.
    public String contents(String path) {
        long fd = open(path, FileMode.O_RDONLY);
        if (fd < 0) {
            return Objects.requireNonNull(Errno.of((int) -fd)).name();
        }
        String text = read(fd);
        call("close", fd);
        return text;
    }

    /// The names in a directory besides `.` and `..`.
    public List<String> list(String path) {
        long fd = open(path, FileMode.O_RDONLY | FileMode.O_DIRECTORY);
        if (fd < 0) {
            throw new IllegalStateException(path + ": " + fd);
        }
        List<String> names = new ArrayList<>();
        long va = memory.allocate(4096);
        for (long count = call("getdents64", fd, va, 4096); count != 0; count = call("getdents64", fd, va, 4096)) {
            for (long at = va; at < va + count; at += memory.load16(at + 16)) {
                String name = new String(memory.readString(at + 19, 256), java.nio.charset.StandardCharsets.ISO_8859_1);
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
            }
        }
        call("close", fd);
        return names;
    }

    public StatLayout.Stat stat(String path) {
        call("stat", memory.string(path), 0);
        return Objects.requireNonNull(machine.lastStat());
    }

    @Override
    public boolean signalPending() {
        return signalPending;
    }

    @Override
    public boolean fatalSignalPending() {
        return false;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public int processGroup() {
        return group;
    }

    @Override
    public int session() {
        return session;
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public Credentials realCredentials() {
        return credentials;
    }

    @Override
    public ArrayMemory memory() {
        return memory;
    }

    @Override
    public FdTable files() {
        return files;
    }

    @Override
    public void unshareFiles() {
        files = files.copy();
    }

    @Override
    public FsContext fs() {
        return fs;
    }

    @Override
    public long openFilesLimit() {
        return openFiles;
    }

    @Override
    public long fileSizeLimit() {
        return fileSize;
    }

    @Override
    public void sendSignal(int signal) {
        signals.add(signal);
    }

    @Override
    public boolean ignoresOrBlocks(int signal) {
        return ignoresJobSignals;
    }
}
