package faultline.cli.run;

import faultline.core.arch.Disassembler;
import faultline.kernel.elf.ElfSymbols;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Instructions as lines: address, symbol, bytes, assembly.
public final class CodeText {

    /// Bytes of an instruction that are shown; longer ones are rare and the column stays narrow.
    private static final int SHOWN_BYTES = 8;

    private CodeText() {}

    /// `   0x401000 <main+4>:  48 89 e5   mov    rbp, rsp`.
    public static String line(long address, @Nullable String place, byte[] bytes, int at, Disassembler.Line line) {
        int shown = Math.min(line.length(), SHOWN_BYTES);
        String raw = HexFormat.ofDelimiter(" ").formatHex(bytes, at, at + shown) + (shown < line.length() ? "+" : "");
        return String.format(
                "0x%x%s:  %-" + (SHOWN_BYTES * 3) + "s %s",
                address,
                place == null ? "" : " " + place,
                raw,
                line.text());
    }

    /// `<main+4>`, or null where no symbol is.
    public static @Nullable String place(@Nullable ElfSymbols symbols, long address) {
        ElfSymbols.Place place = symbols == null ? null : symbols.at(address);
        if (place == null) {
            return null;
        }
        return place.offset() == 0
                ? "<" + place.symbol().name() + ">"
                : "<" + place.symbol().name() + "+" + place.offset() + ">";
    }
}
