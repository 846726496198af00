package faultline.kernel.vfs.dev;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Devices;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.util.Arrays;

/// `/dev/null`, `zero`, `full`, `random` and `urandom`: mem(4), random(4).
final class MemoryDevice extends OpenFile {

    private static final int MEM_MAJOR = 1;

    /// What reading gives and whether writing has room.
    private enum Kind {
        NULL,
        ZERO,
        FULL,
        RANDOM
    }

    private final Kind kind;
    private final RandomSource random;

    private MemoryDevice(VfsPath path, int flags, Kind kind, RandomSource random) {
        super(path, flags);
        this.kind = kind;
        this.random = random;
    }

    static void register(Devices devices, RandomSource random) {
        devices.register(MEM_MAJOR, 3, (path, flags) -> new MemoryDevice(path, flags, Kind.NULL, random));
        devices.register(MEM_MAJOR, 5, (path, flags) -> new MemoryDevice(path, flags, Kind.ZERO, random));
        devices.register(MEM_MAJOR, 7, (path, flags) -> new MemoryDevice(path, flags, Kind.FULL, random));
        devices.register(MEM_MAJOR, 8, (path, flags) -> new MemoryDevice(path, flags, Kind.RANDOM, random));
        devices.register(MEM_MAJOR, 9, (path, flags) -> new MemoryDevice(path, flags, Kind.RANDOM, random));
    }

    @Override
    public boolean isSeekable() {
        return true;
    }

    /// mem(4): seeking succeeds and goes nowhere.
    @Override
    public long seek(long offset, int whence) {
        return 0;
    }

    @Override
    public int read(byte[] to, int at, int length, boolean nonBlocking) {
        return readAt(0, to, at, length);
    }

    @Override
    public int write(byte[] from, int at, int length, boolean nonBlocking) {
        return writeAt(0, from, at, length);
    }

    @Override
    public int readAt(long offset, byte[] to, int at, int length) {
        switch (kind) {
            case NULL -> {
                return 0;
            }
            case ZERO, FULL -> Arrays.fill(to, at, at + length, (byte) 0);
            case RANDOM -> random.fill(to, at, length);
        }
        return length;
    }

    @Override
    public int writeAt(long offset, byte[] from, int at, int length) {
        if (kind == Kind.FULL && length > 0) {
            throw Errno.ENOSPC.exception();
        }
        return length;
    }

    @Override
    public boolean isPollable() {
        return kind == Kind.RANDOM;
    }

    /// A mapping of `/dev/zero` is memory of its own; a shared one is shared by the processes that inherit it.
    @Override
    public boolean mapsAsMemory() {
        return kind == Kind.ZERO;
    }
}
