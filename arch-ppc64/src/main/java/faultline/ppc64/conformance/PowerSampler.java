package faultline.ppc64.conformance;

import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.RowFields;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.WordSampler;
import faultline.core.conformance.Words;
import faultline.core.isa.table.InsnTable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Random cases of ppc64. Bits that do not count should be zeros.
final class PowerSampler extends WordSampler {

    static final char IGNORED = '0';

    private static final Pattern REGISTER = Pattern.compile("(?:fr|vr|r)?[tsabc]p?");

    private final ConformancePort port;

    PowerSampler(ConformancePort port, RandomSource random) {
        super(port, random, IGNORED);
        this.port = port;
    }

    @Override
    protected boolean isExcluded(int word) {
        return InvalidForms.is(word) || EncodingClasses.isLoop(word) || EmulatorDifferences.isUntried(word);
    }

    @Override
    protected boolean isExcluded(int word, @Nullable RowFields row) {
        return EncodingClasses.isSystemCall(word)
                || AbsentExtensions.of(word) != null
                || row == null && EmulatorDifferences.isUntriedUnlessInstruction(word)
                || row != null
                        && (EmulatorDifferences.isUntried(word, row)
                                || port.notCompared().containsKey(row.row().text()));
    }

    @Override
    protected int value(RowFields.Field field, int word) {
        boolean register = field.width() == 5 && REGISTER.matcher(field.name()).matches();
        if (register && random.oneIn(6)) {
            // Register 0, which may stand for none, or one that is an operand already.
            return random.oneOf(0, Words.field(word, 21, 5), Words.field(word, 16, 5));
        }
        int value = (int) random.bits();
        return register ? value : corner(field, value);
    }

    @Override
    protected void fill(TestVector vector, int word, InsnTable.@Nullable Row row) {
        new RowState(random, port.byteOrder(), vector, word, row).fill();
    }
}
