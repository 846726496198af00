package faultline.kernel.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class IoctlNumbersTest {

    /// Thirteen bits of size, three of direction, and a name of its own for TCGETS.
    private static final IoctlNumbers OTHER =
            new IoctlNumbers(new IoctlNumbers.Encoding(13, 1, 2, 4), Map.of(0x402c7413, Ioctls.TCGETS));

    @Test
    void encodedNumbersAreEncodedAnew() {
        assertThat(OTHER.toKernel(0x40045430)).isEqualTo(Ioctls.TIOCGPTN);
        assertThat(OTHER.toKernel(0x80045431)).isEqualTo(Ioctls.TIOCSPTLCK);
        // Both directions, and the widest size.
        assertThat(OTHER.toKernel(0xdfff_aa3f)).isEqualTo(0xdfff_aa3f);
        assertThat(OTHER.toKernel(0x2000_aa00)).isEqualTo(0xaa00);
    }

    @Test
    void bareNumbersAreTheSame() {
        assertThat(OTHER.toKernel(Ioctls.TIOCSCTTY)).isEqualTo(Ioctls.TIOCSCTTY);
        assertThat(OTHER.toKernel(0x8905)).isEqualTo(0x8905);
    }

    @Test
    void aCommandHasOneNumber() {
        assertThat(OTHER.toKernel(0x402c7413)).isEqualTo(Ioctls.TCGETS);
        assertThat(OTHER.toKernel(Ioctls.TCGETS)).isEqualTo(IoctlNumbers.UNKNOWN);
        assertThat(OTHER.toKernel(0x2000_540e)).isEqualTo(IoctlNumbers.UNKNOWN);
        assertThat(OTHER.toKernel(0xaa00)).isEqualTo(IoctlNumbers.UNKNOWN);
    }

    @Test
    void genericNumbersAreTheKernels() {
        for (int number : new int[] {Ioctls.TCGETS, Ioctls.TCGETS2, Ioctls.TIOCGPTN, 0xaa00, 0x2000_540e}) {
            assertThat(IoctlNumbers.GENERIC.toKernel(number)).isEqualTo(number);
        }
    }
}
