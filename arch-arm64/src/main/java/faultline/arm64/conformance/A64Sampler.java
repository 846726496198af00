package faultline.arm64.conformance;

import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.RowFields;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.WordSampler;
import faultline.core.conformance.Words;
import faultline.core.isa.table.InsnTable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Random cases of arm64. Bits that do not count should be ones.
final class A64Sampler extends WordSampler {

    static final char IGNORED = '1';

    private static final Pattern REGISTER = Pattern.compile("r[dnmast]2?|v[dnmat]2?");

    A64Sampler(ConformancePort port, RandomSource random) {
        super(port, random, IGNORED);
    }

    @Override
    protected boolean isExcluded(int word) {
        return Unpredictable.is(word)
                || EncodingClasses.isLoop(word)
                || EmulatorDifferences.isUntried(word)
                || AbsentExtensions.of(word) != null;
    }

    @Override
    protected boolean isExcluded(int word, @Nullable RowFields row) {
        return EncodingClasses.isSystemCall(word)
                || NotCompared.isWord(word)
                || row == null && EmulatorDifferences.isUntriedUnlessAllocated(word);
    }

    @Override
    protected int value(RowFields.Field field, int word) {
        boolean register = field.width() == 5 && REGISTER.matcher(field.name()).matches();
        if (register && random.oneIn(6)) {
            // The zero register or the stack pointer, or one that is an operand already.
            return random.oneOf(31, Words.field(word, 5, 5), Words.field(word, 16, 5));
        }
        int value = (int) random.bits();
        return register ? value : corner(field, value);
    }

    @Override
    protected void fill(TestVector vector, int word, InsnTable.@Nullable Row row) {
        new RowState(random, vector, word, row == null ? "" : row.chapter()).fill();
    }
}
