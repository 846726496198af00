package faultline.kernel.mm;

import org.jspecify.annotations.Nullable;

/// One mapped range of an address space, `[start, end)`, with one set of rights.
public final class Vma {

    public static final int VM_READ = 0x1;
    public static final int VM_WRITE = 0x2;
    public static final int VM_EXEC = 0x4;
    public static final int VM_SHARED = 0x8;
    public static final int VM_GROWSDOWN = 0x100;

    // Guarded by mmap_lock: written under write, read under read.
    long start;
    long end;
    int flags;
    int pkey;
    long fileOffset;
    final @Nullable MappedFile file;

    Vma(long start, long end, int flags, @Nullable MappedFile file, long fileOffset) {
        this.start = start;
        this.end = end;
        this.flags = flags;
        this.file = file;
        this.fileOffset = fileOffset;
    }

    public long start() {
        return start;
    }

    public long end() {
        return end;
    }

    /// VM_* bits.
    public int flags() {
        return flags;
    }

    public boolean isReadable() {
        return (flags & VM_READ) != 0;
    }

    public boolean isWritable() {
        return (flags & VM_WRITE) != 0;
    }

    public boolean isExecutable() {
        return (flags & VM_EXEC) != 0;
    }

    /// The protection key set by pkey_mprotect.
    public int pkey() {
        return pkey;
    }
}
