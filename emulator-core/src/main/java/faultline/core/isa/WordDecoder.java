package faultline.core.isa;

import faultline.core.arch.CpuModel;
import faultline.core.engine.Decoded;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The decode engine of the fixed-width notation.
///
/// Generated code extends it with a tree of tests over the word that leads to a few rows, and with
/// what a row wants of its fields. Rows are made when a word first matches them, so that a small
/// program pays for few of them.
public abstract class WordDecoder extends FormDecoder<WordInsn> {

    private static final int BYTES = 4;

    private final CpuModel model;
    private final boolean bigEndian;
    private final @Nullable WordRow[] rows;

    /// A decoder of words in a byte order, with the number of rows there are.
    protected WordDecoder(CpuModel model, ByteOrder order, int rows) {
        this.model = model;
        this.bigEndian = order == ByteOrder.BIG_ENDIAN;
        this.rows = new WordRow[rows];
    }

    /// Finds the word's row and [#takes][#take] it; false if there is none.
    protected abstract boolean find(WordInsn insn);

    /// Makes a row.
    protected abstract WordRow row(int number);

    /// Derives the fields of a row that are no bits of the word, and says whether its conditions
    /// hold.
    protected abstract boolean complete(int row, WordInsn insn);

    @Override
    public final int longest() {
        return BYTES;
    }

    @Override
    public final WordInsn scratch() {
        return new WordInsn();
    }

    @Override
    public final boolean decode(byte[] bytes, int offset, int limit, long pc, Decoded to) {
        // A misaligned address is none of an instruction, whatever lies there: the trap tells.
        boolean aligned = (pc & BYTES - 1) == 0;
        if (aligned && limit - offset < BYTES) {
            return false;
        }
        WordInsn insn = (WordInsn) to;
        insn.pc = pc;
        insn.length = BYTES;
        insn.word = aligned ? word(bytes, offset) : 0;
        if (!aligned || !find(insn)) {
            insn.row = null;
            insn.form = 0;
            insn.endsBlock = true;
        }
        return true;
    }

    private int word(byte[] bytes, int offset) {
        int word = 0;
        for (int i = 0; i < BYTES; i++) {
            word |= (bytes[offset + i] & 0xff) << 8 * (bigEndian ? BYTES - 1 - i : i);
        }
        return word;
    }

    /// Takes the row for the word if the model has it and its conditions hold.
    protected final boolean take(WordInsn insn, int number) {
        WordRow row = rows[number];
        if (row == null) {
            row = row(number);
            rows[number] = row;
        }
        if (row.feature != null && !model.has(row.feature)) {
            return false;
        }
        row.cut(insn);
        if (!complete(number, insn)) {
            return false;
        }
        row.accept(insn);
        insn.number = number;
        return insn.form != 0;
    }
}
