package faultline.ppc64.conformance;

import faultline.core.arch.Disassembler;
import faultline.core.conformance.RowFields;
import faultline.core.conformance.Words;
import faultline.core.isa.WordDecoder;
import faultline.core.isa.WordInsn;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Reading;
import faultline.core.isa.table.InsnTable;
import faultline.ppc64.Ppc64Architecture;
import faultline.ppc64.cpu.CpuModels;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares our reading with objdump's: same verdict and text, but for spellings and for classes,
/// each of which is decided by bits or by what we read.
final class BinutilsJudge implements Judge {

    private static final String DATA = ".long";

    /// Branches whose BO stands in the text as a number.
    private static final Set<String> NUMBERED =
            Set.of("bc", "bcl", "bca", "bcla", "bclr", "bclrl", "bcctr", "bcctrl", "bctar", "bctarl");

    /// Instructions that ISA 3.0 has no more, and the POWER9 of objdump neither.
    private static final Set<String> OLDER =
            Set.of("wait", "nap", "doze", "sleep", "rvwinkle", "mftb", "mftbu", "lfdp", "lfdpx", "stfdp", "stfdpx");

    private final List<InsnTable.Row> rows =
            InsnTable.of(Ppc64Architecture.class, "Ppc64").rows();
    private final Map<InsnTable.Row, RowFields> fields = new HashMap<>();
    private final WordDecoder decoder = (WordDecoder) new Ppc64Architecture.BigEndian().decoder(CpuModels.max());
    private final WordInsn insn = decoder.scratch();

    @Override
    public boolean isRefusal(Reading theirs) {
        return theirs.text().startsWith(DATA);
    }

    @Override
    public Finding compare(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        int word = Words.first(ByteOrder.BIG_ENDIAN, bytes);
        boolean theyRefuse = isRefusal(theirs);
        boolean weRefuse = ours.mnemonic().equals(DATA);
        String text = ours.text().replaceAll("\\s+", " ");
        if (theyRefuse && weRefuse || BinutilsSpellings.ALL.ours(theirs.text()).equals(text)) {
            return new Finding.Same();
        }
        String listed = weRefuse ? onlyTheirs(word) : listed(bytes, word, ours.mnemonic(), theirs.text());
        if (listed != null) {
            return new Finding.Listed(listed);
        }
        if (weRefuse || theyRefuse) {
            String mnemonic = weRefuse ? theirs.text().split(" ")[0] : ours.mnemonic();
            return new Finding.Unexplained((weRefuse ? "only objdump's: " : "only ours: ") + mnemonic);
        }
        return new Finding.Unexplained("text: " + ours.mnemonic());
    }

    /// Why a word may be an instruction to objdump alone.
    private static @Nullable String onlyTheirs(int word) {
        String extension = AbsentExtensions.of(word);
        if (extension != null) {
            return "no model has " + extension;
        }
        if (EncodingClasses.isStreamWithoutBase(word)) {
            return "DST without a base: an invalid form";
        }
        return EncodingClasses.isCountingBranch(word) ? "BCCTR that counts: an invalid form" : null;
    }

    /// Why objdump may read a word otherwise than we.
    private @Nullable String listed(byte[] bytes, int word, String ours, String theirs) {
        decoder.decode(bytes, 0, bytes.length, 0, insn);
        RowFields row = fields.computeIfAbsent(rows.get(insn.number), key -> new RowFields(key, PowerSampler.IGNORED));
        if ((word & row.ignored()) != 0) {
            return "reserved bits that are not 0";
        }
        if (InvalidForms.is(word)) {
            return "invalid forms because of their registers";
        }
        if (NUMBERED.contains(ours)) {
            return "branches whose BO or BH is a number here, a mnemonic or no instruction there";
        }
        if (OLDER.contains(ours)) {
            return "instructions that ISA 3.0 has no more";
        }
        if (ours.equals("mfocrf") || ours.equals("mtocrf")) {
            return "moves of one field of CR that name several";
        }
        if (ours.equals("sync")) {
            return "SYNC with a reserved L";
        }
        boolean special =
                ours.equals("mfspr") && theirs.startsWith("mf") || ours.equals("mtspr") && theirs.startsWith("mt");
        return special ? "special registers that have a name there" : null;
    }
}
