package faultline.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class FlagMapTest {

    /// A flag of the highest bit, a field of two bits, and two flags that trade places.
    private static final FlagMap MAP = FlagMap.of(0x8000_0000, 0x80, 0x300, 0x30, 0x2, 0x4, 0x4, 0x2);

    @Test
    void flagsMoveBothWays() {
        assertThat(MAP.toKernel(0x8000_0202)).isEqualTo(0xa4);
        assertThat(MAP.toUser(0xa4)).isEqualTo(0x8000_0202);
        assertThat(MAP.toKernel(0x4)).isEqualTo(0x2);
    }

    @Test
    void whatIsNotNamedStays() {
        assertThat(MAP.toKernel(0x10001)).isEqualTo(0x10001);
        assertThat(MAP.toUser(0x10001)).isEqualTo(0x10001);
        assertThat(FlagMap.SAME.toKernel(-1)).isEqualTo(-1);
    }

    @Test
    void theKernelsOwnBitsAreNoneOfAProgram() {
        assertThat(MAP.toKernel(0xb0)).isZero();
        assertThat(MAP.drops(0xb0)).isTrue();
        assertThat(MAP.drops(0x8000_0306)).isFalse();
    }

    @Test
    void fieldsOfDifferentWidthAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> FlagMap.of(0x300, 0x10));
    }

    @Test
    void numbersTradePlaces() {
        NumberMap map = new NumberMap(Map.of(16, 18, 18, 16));
        assertThat(map.toKernel(16)).isEqualTo(18);
        assertThat(map.toKernel(18)).isEqualTo(16);
        assertThat(map.toKernel(17)).isEqualTo(17);
        assertThatIllegalArgumentException().isThrownBy(() -> new NumberMap(Map.of(16, 18)));
    }
}
