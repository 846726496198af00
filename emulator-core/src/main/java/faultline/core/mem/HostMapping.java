package faultline.core.mem;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A range of the host's address space, all zero, of which the host commits a page when it is first
/// touched.
///
/// What RAM wants is an anonymous `mmap` with `MAP_NORESERVE` and huge pages: the first touch of a
/// host page costs about 2.5 us and a guest touches memory densely from the bottom. But Java makes
/// the code of a native call anew in each process, which takes as long as a small guest runs, and
/// `Arena.allocate` zeroes what it returns and so commits all of it. So the range begins as a
/// private mapping of an empty file, which Java can make without that code. Its head stays so. The
/// rest becomes anonymous in [#extend]; until then the file does not reach there. Small guests
/// never come so far, and for the head it is bearable that the host holds pages of the file beside
/// those that are touched.
///
/// Threads: [#extend] and [#close] exclude each other.
final class HostMapping implements AutoCloseable {

    /// Larger than what a static program of Debian needs to print its help. The host may fill all
    /// of it ahead at the first touch.
    static final long HEAD_BYTES = 4L << 20;

    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int MAP_FIXED = 0x10;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

    final MemorySegment segment;

    private final Arena arena;

    // Guarded by this monitor.
    private long head;
    private boolean closed;

    private HostMapping(Arena arena, MemorySegment segment, long head) {
        this.arena = arena;
        this.segment = segment;
        this.head = head;
    }

    /// A range of `bytes`, of which [#usable] may be touched at once; or [RamRefused].
    static HostMapping reserve(long bytes) {
        return reserve(bytes, Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    }

    /// The same with the file in a certain directory.
    // The arena closes with the mapping.
    @SuppressWarnings("resource")
    static HostMapping reserve(long bytes, Path directory) {
        Arena arena = Arena.ofShared();
        Path file = directory.resolve("faultline-" + System.nanoTime() + "-" + System.identityHashCode(arena));
        // Removed as soon as it is open. It stays one hole: what is written to a private mapping goes nowhere else.
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.DELETE_ON_CLOSE,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MemorySegment segment = channel.map(MapMode.PRIVATE, 0, bytes, arena);
            if (!isLinux() || bytes <= HEAD_BYTES) {
                return new HostMapping(arena, segment, bytes);
            }
            FileChannel _ = channel.truncate(HEAD_BYTES);
            return new HostMapping(arena, segment, HEAD_BYTES);
        } catch (IOException | UnsupportedOperationException _) {
            // No room for a file that is all hole, or a host that counts private mappings as used memory.
            return new HostMapping(arena, anonymous(bytes, arena), bytes);
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    /// How much of the range may be touched, from its start.
    synchronized long usable() {
        return head;
    }

    /// Makes the whole range usable, unless the host refuses.
    synchronized void extend() {
        long tail = segment.byteSize() - head;
        if (tail == 0 || closed) {
            return;
        }
        long start = segment.address() + head;
        long address = Calls.map(start, tail, MAP_PRIVATE_ANONYMOUS_NORESERVE | MAP_FIXED);
        if (address == start) {
            Calls.advise(address, tail, MADV_HUGEPAGE);
            head = segment.byteSize();
        }
    }

    /// Gives the range back to the host. Whoever touches it afterwards gets an
    /// `IllegalStateException`.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            arena.close();
        }
    }

    @SuppressWarnings("restricted") // the module is started with native access for exactly this
    private static MemorySegment anonymous(long bytes, Arena arena) {
        if (!isLinux()) {
            // mmap's constants are Linux's.
            return arena.allocate(bytes, PhysicalMemory.FRAME_BYTES);
        }
        long address = Calls.map(0, bytes, MAP_PRIVATE_ANONYMOUS_NORESERVE);
        if (address == MAP_FAILED) {
            throw new RamRefused(bytes);
        }
        Calls.advise(address, bytes, MADV_HUGEPAGE);
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, range -> Calls.unmap(range.address(), bytes));
    }

    /// The native calls. A class of its own, because to initialize it takes tens of milliseconds.
    private static final class Calls {

        private static final MethodHandle MMAP = handle(
                "mmap",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));

        private static final MethodHandle MADVISE = handle(
                "madvise",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        private Calls() {}

        @SuppressWarnings("restricted") // like anonymous
        private static MethodHandle handle(String name, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
        }

        static long map(long address, long bytes, int flags) {
            try {
                return (long) MMAP.invokeExact(address, bytes, PROT_READ_WRITE, flags, -1, 0L);
            } catch (Throwable e) {
                throw failure("mmap", e);
            }
        }

        /// Advice only: where the host does not take it the range works the same.
        static void advise(long address, long bytes, int advice) {
            try {
                int _ = (int) MADVISE.invokeExact(address, bytes, advice);
            } catch (Throwable e) {
                throw failure("madvise", e);
            }
        }

        /// Called where the file's mapping was refused only, so its handle is not made ahead.
        static void unmap(long address, long bytes) {
            try {
                FunctionDescriptor type =
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
                int _ = (int) handle("munmap", type).invokeExact(address, bytes);
            } catch (Throwable e) {
                throw failure("munmap", e);
            }
        }

        private static IllegalStateException failure(String call, Throwable cause) {
            return new IllegalStateException("ram: " + call + " could not be called", cause);
        }
    }
}
