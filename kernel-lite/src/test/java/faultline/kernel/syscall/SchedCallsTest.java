package faultline.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.testing.FlatMemory;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class SchedCallsTest {

    private static final long BASE = 0x1000;
    private static final long MASK = 0x0102_0304_0506_0708L;

    @Test
    void masksAreWordsOfTheGuest() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            FlatMemory memory = new FlatMemory(BASE, 16, order);
            memory.store64(BASE, MASK);
            assertThat(SchedCalls.mask(memory, BASE, 8)).isEqualTo(MASK);
            assertThat(SchedCalls.mask(memory, BASE, 16)).isEqualTo(MASK);
        }
    }

    @Test
    void aShortMaskIsTheBeginningOfAWord() {
        FlatMemory big = new FlatMemory(BASE, 8, ByteOrder.BIG_ENDIAN);
        big.store64(BASE, MASK);
        assertThat(SchedCalls.mask(big, BASE, 4)).isEqualTo(0x0102_0304_0000_0000L);
        FlatMemory little = new FlatMemory(BASE, 8);
        little.store64(BASE, MASK);
        assertThat(SchedCalls.mask(little, BASE, 4)).isEqualTo(0x0506_0708L);
    }
}
