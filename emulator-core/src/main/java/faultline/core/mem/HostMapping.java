package faultline.core.mem;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Reserves address space on the host without committing memory to it.
///
/// `Arena.allocate` zeroes what it returns and so commits all of it; an anonymous `mmap` with
/// `MAP_NORESERVE` commits a page when it is first touched. Huge pages are asked for, because the
/// first touch of a host page costs about 2.5 us and a guest touches memory densely from the
/// bottom.
final class HostMapping {

    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

    /// Longer than a short program lives, shorter than a long one takes to fill its memory.
    private static final int ADVICE_DELAY_MILLIS = 300;

    private HostMapping() {}

    /// A region of `bytes`, all zero, alive until the JVM ends; or [RamRefused]. On a host whose
    /// `mmap` constants are not Linux's, falls back to an ordinary allocation.
    @SuppressWarnings("restricted") // the module is started with native access for exactly this
    static MemorySegment reserve(long bytes) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Arena.global().allocate(bytes, 4096);
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle mmap = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("mmap"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        try {
            long address = (long) mmap.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (address == MAP_FAILED) {
                throw new RamRefused(bytes);
            }
            adviseSoon(address, bytes);
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("ram: mmap could not be called", e);
        }
    }

    /// Asks for huge pages once the program has shown that it stays: making the call's handle takes
    /// as long as a short program runs. Advice only: without it the region works the same.
    private static void adviseSoon(long address, long bytes) {
        Thread adviser = new Thread(() -> advise(address, bytes), "ram-advice");
        adviser.setDaemon(true);
        adviser.start();
    }

    @SuppressWarnings("restricted") // like reserve
    private static void advise(long address, long bytes) {
        try {
            Thread.sleep(ADVICE_DELAY_MILLIS);
            Linker linker = Linker.nativeLinker();
            MethodHandle madvise = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("madvise"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
            int _ = (int) madvise.invokeExact(address, bytes, MADV_HUGEPAGE);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("ram: madvise could not be called", e);
        }
    }
}
