package faultline.x86.cpu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.arch.CpuModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CpuidTest {

    private final CpuModel max = CpuModels.max();

    private static CpuModel with(String... features) {
        return new CpuModel("test", "", Set.of(features));
    }

    private static String text(int... registers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * registers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int register : registers) {
            bytes.putInt(register);
        }
        return new String(bytes.array(), US_ASCII);
    }

    @Test
    void leafZeroSpellsTheVendorInEbxEdxEcx() {
        int[] leaf = Cpuid.query(max, 0, 0);
        assertThat(text(leaf[1], leaf[3], leaf[2])).isEqualTo("GenuineIntel");
        assertThat(leaf[0]).isEqualTo(13);
    }

    @Test
    void theBrandIsSpelledOverThreeLeaves() {
        StringBuilder brand = new StringBuilder();
        for (int leaf = 0x80000002; leaf <= 0x80000004; leaf++) {
            brand.append(text(Cpuid.query(max, leaf, 0)));
        }
        assertThat(brand.toString()).startsWith("Faultline virtual CPU\0").hasSize(48);
    }

    @Test
    void familyAndModelAreSplitAsTheManualSays() {
        // Family 6, model 26 (0x1a): extended model 1 in bits 16-19, model 0xa in bits 4-7.
        assertThat(Cpuid.query(max, 1, 0)[0]).isEqualTo(0x106a1);
    }

    @Test
    void featuresSetTheirBitsAndNoOthers() {
        assertThat(Cpuid.query(with("SSE2", "FPU"), 1, 0)[3]).isEqualTo(1 << 26 | 1);
        assertThat(Cpuid.query(with("CX16", "POPCNT"), 1, 0)[2]).isEqualTo(1 << 13 | 1 << 23);
        assertThat(Cpuid.query(with("LAHF", "LZCNT", "LM", "SYSCALL"), 0x80000001, 0))
                .containsExactly(0, 0, 1 | 1 << 5, 1 << 29 | 1 << 11);
        assertThat(Cpuid.query(with("FSGSBASE", "ADX", "PKU", "OSPKE"), 7, 0))
                .containsExactly(0, 1 | 1 << 19, 1 << 3 | 1 << 4, 0);
        assertThat(Cpuid.query(with("FSGSBASE"), 7, 1)).containsOnly(0);
    }

    @Test
    void xsaveBringsOsxsaveAndLeafThirteen() {
        assertThat(Cpuid.query(with("XSAVE"), 1, 0)[2]).isEqualTo(1 << 26 | 1 << 27);
        assertThat(Cpuid.query(with("XSAVE"), 13, 0)).containsExactly(3, 576, 576, 0);
        assertThat(Cpuid.query(with("XSAVE", "PKU"), 13, 0)).containsExactly(0x203, 2696, 2696, 0);
        assertThat(Cpuid.query(with("XSAVE", "PKU"), 13, 9)).containsExactly(8, 2688, 0, 0);
        assertThat(Cpuid.query(with("PKU"), 13, 0)).containsOnly(0);
    }

    /// Linux, and so the ABI, offers keys only with XSAVE.
    @Test
    void noModelHasKeysWithoutXsave() {
        assertThat(CpuModels.all()).allMatch(model -> !model.has("PKU") || model.has("XSAVE"));
    }

    @Test
    void everyFeatureOfAModelIsOneThatIsKnown() {
        for (CpuModel model : CpuModels.all()) {
            for (String feature : model.features()) {
                assertThat(CpuFeature.valueOf(feature).in(model)).isTrue();
            }
        }
    }

    @Test
    void cacheParametersMultiplyToTheirSizes() {
        int[] sizes = {32 << 10, 32 << 10, 256 << 10, 8 << 20};
        for (int i = 0; i < sizes.length; i++) {
            int[] cache = Cpuid.query(max, 4, i);
            int ways = (cache[1] >>> 22) + 1;
            int line = (cache[1] & 0xfff) + 1;
            assertThat(ways * line * (cache[2] + 1)).isEqualTo(sizes[i]);
        }
        assertThat(Cpuid.query(max, 4, sizes.length)[0]).isZero();
    }

    @Test
    void aBasicLeafBeyondTheLastAnswersLikeTheLast() {
        assertThat(Cpuid.query(max, 0x14, 0)).isEqualTo(Cpuid.query(max, 13, 0));
    }

    @Test
    void hwcapIsLeafOnesEdx() {
        assertThat(Cpuid.hwcap(max)).isEqualTo(Cpuid.query(max, 1, 0)[3] & 0xffffffffL);
    }

    @Test
    void cpuinfoHasABlockForEachProcessorWithLinuxsFlagNames() {
        String text = Cpuid.cpuinfo(with("FPU", "SSE3", "LZCNT", "PKU"), 2);
        assertThat(text)
                .contains("processor\t: 0\n")
                .contains("processor\t: 1\n")
                .endsWith("power management:\n\n");
        assertThat(text).contains("\nflags\t\t: fpu pni abm pku\n").contains("\ncpu cores\t: 2\n");
    }
}
