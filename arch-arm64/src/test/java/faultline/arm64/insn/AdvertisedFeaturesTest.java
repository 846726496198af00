package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.CpuModels;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.isa.WordDisassembler;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A model advertises exactly what it executes: libraries pick their code by it.
class AdvertisedFeaturesTest {

    /// Features whose words have the same text where they are undefined, or that bring none.
    private static final Set<String> WITHOUT_SAMPLES = Set.of("DPB", "DPB2", "HAFDBS");

    /// Words of each feature and their mnemonics.
    private static final Map<String, String> SAMPLES = samples();

    private static Map<String, String> samples() {
        Map<String, String> samples = new TreeMap<>();
        samples.put("CRC32", "1ac24020 crc32b,9ac25c20 crc32cx");
        samples.put("LSE", "f8210062 ldadd,88a17c62 cas,4862fcc4 caspal,38218062 swpb");
        samples.put("RDM", "6e828420 sqrdmlah,7e428c20 sqrdmlsh");
        samples.put("LOR", "c8df7c20 ldlar");
        samples.put(
                "FP16", "1ee22820 fadd,4e421420 fadd,0e422420 fcmeq,5ef9b820 fcvtzs,4e30c820 fmaxnmv,4e79d820 scvtf");
        samples.put("DOTPROD", "6e829420 udot,0fa2e020 sdot");
        samples.put("LRCPC", "f8bfc020 ldapr");
        samples.put("JSCVT", "1e7e0020 fjcvtzs");
        samples.put("FCMA", "6e82cc20 fcmla,6ec2f420 fcadd");
        samples.put("SB", "d50330ff sb");
        samples.put("FHM", "4e22ec20 fmlal");
        samples.put("AES", "4e284820 aese");
        samples.put("PMULL", "0ee2e020 pmull");
        samples.put("SHA1", "5e020020 sha1c");
        samples.put("SHA256", "5e024020 sha256h");
        return samples;
    }

    @Test
    void everyAdvertisedFeatureHasItsInstructionsAndNoOtherHas() {
        for (CpuModel model : CpuModels.all()) {
            Disassembler disassembler =
                    new WordDisassembler(new A64Decoder(model, ByteOrder.LITTLE_ENDIAN), new A64Names());
            SAMPLES.forEach((feature, text) -> {
                for (String sample : text.split(",")) {
                    String[] parts = sample.split(" ");
                    int word = Integer.parseUnsignedInt(parts[0], 16);
                    byte[] bytes = {(byte) word, (byte) (word >> 8), (byte) (word >> 16), (byte) (word >> 24)};
                    String mnemonic = disassembler.disassemble(bytes, 0, 4, 0).mnemonic();
                    assertThat(mnemonic.equals(parts[1]))
                            .as("%s of %s: %s", parts[1], model.name(), mnemonic)
                            .isEqualTo(model.has(feature));
                }
            });
        }
    }

    @Test
    void everyAdvertisedFeatureIsKnownHere() {
        for (CpuModel model : CpuModels.all()) {
            assertThat(model.features())
                    .as(model.name())
                    .allMatch(feature -> SAMPLES.containsKey(feature) || WITHOUT_SAMPLES.contains(feature));
        }
    }
}
