package faultline.kernel.vfs;

import faultline.kernel.testing.FlatMemory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// User memory of 1 MiB at [#BASE] that hands out pieces of itself.
@SuppressWarnings("exports") // a test's classes are for tests
public final class ArrayMemory extends FlatMemory {

    public static final long BASE = 0x10000;

    private static final int BYTES = 1 << 20;

    private int free;

    ArrayMemory(ByteOrder order) {
        super(BASE, BYTES, order);
    }

    /// Puts a NUL-terminated string somewhere and returns where.
    public long string(String text) {
        byte[] chars = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
        long va = allocate(chars.length);
        write(va, chars, 0, chars.length);
        return va;
    }

    /// An aligned, zeroed piece; old pieces are reused after a while.
    public long allocate(int length) {
        if (free + length + 64 > BYTES) {
            free = 0;
        }
        long va = BASE + free;
        free = (free + length + 63) & -16;
        clear(va, length);
        return va;
    }

    /// Reads `length` bytes as text.
    public String text(long va, int length) {
        byte[] to = new byte[length];
        read(va, to, 0, length);
        return new String(to, StandardCharsets.ISO_8859_1);
    }
}
