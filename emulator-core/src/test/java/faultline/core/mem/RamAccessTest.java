package faultline.core.mem;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RamAccessTest {

    private static final long LOW = 0x0807060504030201L;
    private static final long HIGH = 0x100f0e0d0c0b0a09L;

    @AutoClose
    private final Arena arena = Arena.ofShared();

    private final MemorySegment ram = arena.allocate(16, 8);

    private void fill() {
        RamAccess.store64(ram, 0, LOW);
        RamAccess.store64(ram, 8, HIGH);
    }

    @Test
    void loadsAnySizeFromAnywhere() {
        fill();
        for (int bytes = 2; bytes <= 8; bytes *= 2) {
            for (int at = 0; at + bytes <= 16; at++) {
                assertThat(RamAccess.loadAnywhere(ram, at, bytes)).isEqualTo(byBytes(at, bytes));
            }
        }
    }

    @Test
    void storesAnySizeAnywhereAndNothingBeside() {
        for (int bytes = 2; bytes <= 8; bytes *= 2) {
            for (int at = 0; at + bytes <= 16; at++) {
                fill();
                RamAccess.storeAnywhere(ram, at, bytes, 0xf8f7f6f5f4f3f2f1L);
                for (int i = 0; i < 16; i++) {
                    int stored = i - at;
                    int expected = stored >= 0 && stored < bytes ? 0xf1 + stored : i + 1;
                    assertThat(RamAccess.load8(ram, i) & 0xff).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void compareAndSetInAWordComparesAndChangesItsBytesOnly() {
        for (int bytes = 1; bytes <= 4; bytes *= 2) {
            for (int at = 0; at + bytes <= 8; at++) {
                fill();
                long seen = byBytes(at, bytes);
                // What is beyond the size does not count: callers widen as they like.
                assertThat(RamAccess.compareAndSetInWord(ram, at, bytes, seen ^ 0x80, -1))
                        .isFalse();
                assertThat(RamAccess.load64(ram, 0)).isEqualTo(LOW);
                assertThat(RamAccess.compareAndSetInWord(ram, at, bytes, seen | -1L << 8 * bytes, -1))
                        .isTrue();
                assertThat(RamAccess.load64(ram, 0)).isEqualTo(LOW | -1L >>> 64 - 8 * bytes << 8 * at);
            }
        }
    }

    private long byBytes(int at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (RamAccess.load8(ram, at + i) & 0xffL) << 8 * i;
        }
        return value;
    }
}
