package faultline.arm64.conformance;

import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Reading;

/// Compares our reading with objdump's: same verdict and text, but for spellings and for classes,
/// each of which is decided by bits.
final class BinutilsJudge implements Judge {

    private static final String DATA = ".inst";

    @Override
    public Finding compare(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        int word = word(bytes);
        boolean theyRefuse = theirs.text().startsWith(DATA);
        boolean weRefuse = ours.mnemonic().equals(DATA);
        if (theyRefuse && weRefuse) {
            return new Finding.Same();
        }
        String extension = AbsentExtensions.of(word);
        if (weRefuse && extension != null) {
            return new Finding.Listed("no model has " + extension);
        }
        if (weRefuse || theyRefuse) {
            String mnemonic = weRefuse ? theirs.text().split(" ")[0] : ours.mnemonic();
            return new Finding.Unexplained((weRefuse ? "only objdump's: " : "only ours: ") + mnemonic);
        }
        String text = ours.text().replaceAll("\\s+", " ");
        return BinutilsSpelling.ours(theirs.text()).equals(text)
                ? new Finding.Same()
                : new Finding.Unexplained("text: " + ours.mnemonic());
    }

    private static int word(byte[] bytes) {
        return bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16 | bytes[3] << 24;
    }
}
