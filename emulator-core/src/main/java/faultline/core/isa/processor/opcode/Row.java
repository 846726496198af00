package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.DescribedRow;
import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.Meaning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One opcode-map row, parsed. `opcode` is the first of 1, 8 or 16 it stands for; `map` is 0 to 3,
/// and 4 more with a VEX prefix; `w` and `l` are what REX.W or VEX.W and VEX.L must be, or -1.
record Row(
        String text,
        int map,
        int opcode,
        int opcodes,
        Prefix prefix,
        boolean modrm,
        int digit,
        int exact,
        Mod mod,
        int w,
        int l,
        @Nullable String feature,
        String immediates,
        String assembly,
        List<Operand> operands,
        Effects effects,
        Meaning meaning)
        implements DescribedRow {

    /// Added to the number of the map behind a VEX prefix.
    static final int VEX_MAPS = 4;

    /// The mandatory prefix, in the decoder's names; `prefixes` has a bit for each of none, 66, F3
    /// and F2 that it lets through.
    enum Prefix {
        ANY(0b1111),
        NONE(0b0001),
        NO_REPEAT(0b0011),
        P66(0b0010),
        PF3(0b0100),
        PF2(0b1000);

        private final int prefixes;

        Prefix(int prefixes) {
            this.prefixes = prefixes;
        }

        /// Whether it is a prefix of the opcode itself.
        boolean isMandatory() {
            return ordinal() >= P66.ordinal();
        }
    }

    /// What ModRM's mod field must say.
    enum Mod {
        ANY,
        MEMORY,
        REGISTER
    }

    boolean repeats() {
        return effects.has("rep") || effects.has("repz");
    }

    /// What tells forms apart that have the same shape; d64 and the like only matter to the
    /// decoder.
    String effectsKey() {
        return effects.text()
                .replaceAll("\\b(lock|d64|f64|eapop)\\b", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    boolean isCondition() {
        return opcodes == 16;
    }

    /// Whether the opcode stands behind a VEX prefix.
    boolean isVex() {
        return map >= VEX_MAPS;
    }

    boolean branches() {
        return operands.stream().anyMatch(o -> o.place() == 'J');
    }

    /// Whether a byte sequence exists that both rows match.
    boolean overlaps(Row other) {
        boolean opcodesMeet = opcode < other.opcode + other.opcodes && other.opcode < opcode + opcodes;
        return map == other.map
                && opcodesMeet
                && prefixesMeet(other)
                && (mod == Mod.ANY || other.mod == Mod.ANY || mod == other.mod)
                && (w < 0 || other.w < 0 || w == other.w)
                && (l < 0 || other.l < 0 || l == other.l)
                && (digits() & other.digits()) != 0
                && (exact < 0 || other.exact < 0 || exact == other.exact)
                && !(exact >= 0 && other.mod == Mod.MEMORY)
                && !(other.exact >= 0 && mod == Mod.MEMORY);
    }

    private int digits() {
        return exact >= 0 ? 1 << (exact >> 3 & 7) : digit >= 0 ? 1 << digit : 0xff;
    }

    private boolean prefixesMeet(Row other) {
        return (prefix.prefixes & other.prefix.prefixes) != 0;
    }

    /// Larger is more specific: the order in which the decoder tries rows.
    int rank() {
        int rank = prefix.isMandatory() ? 256 : prefix == Prefix.ANY ? 0 : 128;
        rank += exact >= 0 ? 64 : digit >= 0 ? 32 : 0;
        rank += mod == Mod.ANY ? 0 : 16;
        rank += opcodes == 1 ? 8 : 0;
        rank += w < 0 ? 0 : 4;
        rank += l < 0 ? 0 : 1;
        return rank + (feature == null ? 0 : 2);
    }
}
