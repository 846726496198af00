package faultline.kernel.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The named addresses of an ELF file, for people: symbol table if there is one, dynamic symbols
/// otherwise.
///
/// A file whose section headers are damaged has no symbols; that is never an error, because nothing
/// depends on them.
public final class ElfSymbols {

    /// One symbol; `size` may be 0 when the assembler did not say.
    public record Symbol(String name, long address, long size, boolean function) {}

    /// An address as symbol and distance.
    public record Place(Symbol symbol, long offset) {}

    private static final int SHT_SYMTAB = 2;
    private static final int SHT_DYNSYM = 11;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int STT_OBJECT = 1;
    private static final int STT_FUNC = 2;
    private static final int STT_NOTYPE = 0;
    private static final int STT_GNU_IFUNC = 10;

    /// More than any program has: what a size field may make us allocate.
    private static final long MAX_TABLE_BYTES = 256L << 20;

    /// Those of a file that has none.
    public static final ElfSymbols NONE = new ElfSymbols(new ArrayList<>(), 0);

    /// Names share endings: all of them together may be longer than their table.
    private static final int LENGTH_FACTOR = 4;

    private static final int SHN_UNDEF = 0;
    private static final int SHN_LORESERVE = 0xff00;

    private final List<Symbol> byAddress;

    /// Where the program ends: a symbol without a size reaches no further.
    private final long end;
    private final Map<String, Symbol> byName = new HashMap<>();

    private ElfSymbols(List<Symbol> symbols, long end) {
        this.byAddress = symbols;
        this.end = end;
        symbols.sort(Comparator.comparingLong(Symbol::address).thenComparing(Symbol::name));
        for (Symbol symbol : symbols) {
            byName.putIfAbsent(symbol.name(), symbol);
        }
    }

    /// Reads the symbols; addresses are those of the file plus `bias`.
    public static ElfSymbols read(ElfFile file, ByteSource source, long bias) {
        List<Symbol> symbols = table(file, source, bias, SHT_SYMTAB);
        long end = 0;
        for (ElfFile.Segment segment : file.loads()) {
            end = Math.max(end, segment.end());
        }
        return new ElfSymbols(symbols.isEmpty() ? table(file, source, bias, SHT_DYNSYM) : symbols, end + bias);
    }

    /// All symbols by address.
    public List<Symbol> all() {
        return List.copyOf(byAddress);
    }

    /// The symbol of this name, or null.
    public @Nullable Symbol find(String name) {
        return byName.get(name);
    }

    /// The symbol an address belongs to: the last one at or below it whose size, if it has one,
    /// reaches it.
    public @Nullable Place at(long address) {
        int low = 0;
        int high = byAddress.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(byAddress.get(middle).address(), address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int i = low - 1; i >= 0; i--) {
            Symbol symbol = byAddress.get(i);
            long offset = address - symbol.address();
            if (symbol.size() == 0 && Long.compareUnsigned(address, end) < 0
                    || Long.compareUnsigned(offset, symbol.size()) < 0) {
                return new Place(symbol, offset);
            }
            if (i < low - 1 && symbol.address() != byAddress.get(i + 1).address()) {
                break;
            }
        }
        return null;
    }

    private static List<Symbol> table(ElfFile file, ByteSource source, long bias, int wanted) {
        List<Symbol> symbols = new ArrayList<>();
        int count = file.sectionHeaderCount();
        ByteBuffer sections = bytes(file, source, file.sectionHeaders(), (long) count * SECTION_HEADER_BYTES);
        if (sections == null) {
            return symbols;
        }
        for (int i = 0; i < count; i++) {
            int at = i * SECTION_HEADER_BYTES;
            int link = sections.getInt(at + 40);
            if (sections.getInt(at + 4) != wanted || link < 0 || link >= count) {
                continue;
            }
            int strings = link * SECTION_HEADER_BYTES;
            ByteBuffer entries = bytes(file, source, sections.getLong(at + 24), sections.getLong(at + 32));
            ByteBuffer names = bytes(file, source, sections.getLong(strings + 24), sections.getLong(strings + 32));
            if (entries != null && names != null) {
                collect(entries, names, bias, symbols);
                // There is one of a kind; damage may make every section the same table.
                break;
            }
        }
        return symbols;
    }

    private static void collect(ByteBuffer entries, ByteBuffer names, long bias, List<Symbol> to) {
        // Names do not overlap much unless the table is damaged; then its symbols end here.
        long room = LENGTH_FACTOR * (long) names.limit();
        for (int at = 0; at + SYMBOL_BYTES <= entries.limit() && room >= 0; at += SYMBOL_BYTES) {
            int type = entries.get(at + 4) & 0xf;
            int section = entries.getShort(at + 6) & 0xffff;
            boolean function = type == STT_FUNC || type == STT_GNU_IFUNC;
            // Absolute symbols, and those of reserved sections, are numbers and no places.
            boolean place = section != SHN_UNDEF && section < SHN_LORESERVE;
            if (!place || !function && type != STT_OBJECT && type != STT_NOTYPE) {
                continue;
            }
            String name = name(names, entries.getInt(at));
            room -= name.length();
            // The ELF supplements of Arm mark code and data with symbols like $x and $d: no names of anything.
            boolean mapping = type == STT_NOTYPE && name.startsWith("$");
            if (!name.isEmpty() && !mapping) {
                to.add(new Symbol(name, entries.getLong(at + 8) + bias, entries.getLong(at + 16), function));
            }
        }
    }

    private static String name(ByteBuffer names, int at) {
        if (at < 0 || at >= names.limit()) {
            return "";
        }
        int end = at;
        while (end < names.limit() && names.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - at];
        names.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private static @Nullable ByteBuffer bytes(ElfFile file, ByteSource source, long offset, long length) {
        if (offset < 0 || length <= 0 || length > MAX_TABLE_BYTES || offset > source.size() - length) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        return source.read(offset, bytes, 0, bytes.length) == bytes.length
                ? ByteBuffer.wrap(bytes).order(file.order())
                : null;
    }
}
