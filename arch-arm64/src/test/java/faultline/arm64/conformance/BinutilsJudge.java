package faultline.arm64.conformance;

import faultline.core.arch.Disassembler;
import faultline.core.conformance.Words;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Reading;

/// Compares our reading with objdump's: same verdict and text, but for spellings and for classes,
/// each of which is decided by bits.
final class BinutilsJudge implements Judge {

    private static final String DATA = ".inst";

    @Override
    public boolean isRefusal(Reading theirs) {
        return theirs.text().startsWith(DATA);
    }

    @Override
    public Finding compare(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        int word = word(bytes);
        boolean theyRefuse = isRefusal(theirs);
        boolean weRefuse = ours.mnemonic().equals(DATA);
        if (theyRefuse && weRefuse) {
            return new Finding.Same();
        }
        String extension = AbsentExtensions.of(word);
        if (weRefuse && extension != null) {
            return new Finding.Listed("no model has " + extension);
        }
        if (weRefuse && isReservedProduct(word)) {
            return new Finding.Listed("FMLAL and FMLSL of a reserved size");
        }
        if (theyRefuse && isOrderedWithOtherRegisters(word)) {
            return new Finding.Listed("fields that should be ones and are not");
        }
        if (weRefuse || theyRefuse) {
            String mnemonic = weRefuse ? theirs.text().split(" ")[0] : ours.mnemonic();
            return new Finding.Unexplained((weRefuse ? "only objdump's: " : "only ours: ") + mnemonic);
        }
        String text = ours.text().replaceAll("\\s+", " ");
        if (extension != null) {
            return new Finding.Listed("no model has " + extension);
        }
        return BinutilsSpellings.ALL.ours(theirs.text()).equals(text)
                ? new Finding.Same()
                : new Finding.Unexplained("text: " + ours.mnemonic());
    }

    /// Size 1 (Arm ARM C7.2, FMLAL by vector: UNDEFINED).
    private static boolean isReservedProduct(int word) {
        return Words.is(word, 0xbf60fc00, 0x0e60ec00) || Words.is(word, 0xbf60fc00, 0x2e60cc00);
    }

    /// LDAR, STLR and their kin with something in the fields of registers that they do not have.
    private static boolean isOrderedWithOtherRegisters(int word) {
        return Words.is(word, 0x3fa00000, 0x08800000);
    }

    private static int word(byte[] bytes) {
        return bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16 | bytes[3] << 24;
    }
}
