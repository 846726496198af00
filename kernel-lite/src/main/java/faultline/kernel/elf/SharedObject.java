package faultline.kernel.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes an ELF shared object of one segment: code and the functions in it, all of one symbol version
/// (System V gABI, chapters 4 and 5). It is what a vDSO is made of.
public final class SharedObject {

    private static final int HEADER_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_GNU_EH_FRAME = 0x6474_e550;

    private static final int READ = 4;
    private static final int READ_EXECUTE = 5;

    private static final int DT_HASH = 4;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_STRSZ = 10;
    private static final int DT_SYMENT = 11;
    private static final int DT_SONAME = 14;
    private static final long DT_VERSYM = 0x6fff_fff0L;
    private static final long DT_VERDEF = 0x6fff_fffcL;
    private static final long DT_VERDEFNUM = 0x6fff_fffdL;

    /// The entries above, and the end.
    private static final int DYNAMIC_BYTES = 10 * 16;

    /// STB_GLOBAL, STT_FUNC.
    private static final byte GLOBAL_FUNCTION = 0x12;

    /// `st_shndx`: any section but SHN_UNDEF, for there are no sections.
    private static final short SOME_SECTION = 1;

    private static final int VERSION_BYTES = 28;
    private static final int VER_FLG_BASE = 1;
    private static final int BASE_VERSION = 1;
    private static final int OWN_VERSION = 2;

    private static final int CODE_ALIGNMENT = 16;

    /// A function: offset and length in the code.
    private record Function(String name, int offset, int bytes) {}

    private final int machine;
    private final ByteOrder order;
    private final String name;
    private final String version;
    private final byte[] code;
    private final List<Function> functions = new ArrayList<>();
    private int flags;
    private int unwindTable = -1;

    /// An object called `name` whose functions have the symbol version `version`.
    public SharedObject(int machine, ByteOrder order, String name, String version, byte[] code) {
        this.machine = machine;
        this.order = order;
        this.name = name;
        this.version = version;
        this.code = code.clone();
    }

    /// Sets `e_flags`.
    public SharedObject flags(int value) {
        flags = value;
        return this;
    }

    /// Names a function: where it lies in the code.
    public SharedObject function(String symbol, int offset, int bytes) {
        functions.add(new Function(symbol, offset, bytes));
        return this;
    }

    /// Says where in the code the table begins by which unwinders look up frames (`.eh_frame_hdr`).
    public SharedObject unwindTable(int offset) {
        unwindTable = offset;
        return this;
    }

    /// The file, and where in it the code begins.
    public record Built(byte[] bytes, int code) {}

    public Built build() {
        return new Writer().write();
    }

    /// One object being written, part behind part.
    private final class Writer {

        private final int headers = unwindTable < 0 ? 2 : 3;
        private final int symbols = functions.size() + 1;
        private final Strings strings = new Strings();
        private final int soname = strings.add(name);
        private final int versionName = strings.add(version);
        private final List<Integer> functionNames =
                functions.stream().map(function -> strings.add(function.name())).toList();

        // Where the parts lie.

        private final int hash = HEADER_BYTES + headers * ElfFile.PROGRAM_HEADER_BYTES;
        private final int symbolTable = up(hash + 4 * (2 + 1 + symbols), 8);
        private final int stringTable = symbolTable + symbols * SYMBOL_BYTES;
        private final int versionSymbols = up(stringTable + strings.length(), 8);
        private final int versions = up(versionSymbols + 2 * symbols, 8);
        private final int dynamic = up(versions + 2 * VERSION_BYTES, 8);
        private final int text = up(dynamic + DYNAMIC_BYTES, CODE_ALIGNMENT);
        private final int end = text + code.length;

        private final ByteBuffer to = ByteBuffer.allocate(end).order(order);

        private static int up(int offset, int alignment) {
            return offset + alignment - 1 & -alignment;
        }

        Built write() {
            header();
            programHeader(PT_LOAD, READ_EXECUTE, 0, end, CODE_ALIGNMENT);
            programHeader(PT_DYNAMIC, READ, dynamic, DYNAMIC_BYTES, 8);
            if (unwindTable >= 0) {
                programHeader(PT_GNU_EH_FRAME, READ, text + unwindTable, code.length - unwindTable, 4);
            }
            hashTable();
            symbolTable();
            to.put(stringTable, strings.bytes());
            versions();
            dynamic();
            to.put(text, code);
            return new Built(to.array(), text);
        }

        private void header() {
            byte data = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2);
            to.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, data, 1}).position(16);
            // EV_CURRENT, no entry point, no sections.
            to.putShort((short) ElfFile.ET_DYN).putShort((short) machine).putInt(1);
            to.putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(flags);
            to.putShort((short) HEADER_BYTES).putShort((short) ElfFile.PROGRAM_HEADER_BYTES);
            to.putShort((short) headers)
                    .putShort((short) HEADER_BYTES)
                    .putShort((short) 0)
                    .putShort((short) 0);
        }

        private void programHeader(int type, int rights, int offset, int bytes, int alignment) {
            to.putInt(type).putInt(rights).putLong(offset).putLong(offset).putLong(offset);
            to.putLong(bytes).putLong(bytes).putLong(alignment);
        }

        /// One bucket, whose chain has every symbol.
        private void hashTable() {
            to.position(hash).putInt(1).putInt(symbols).putInt(symbols - 1).putInt(0);
            for (int symbol = 1; symbol < symbols; symbol++) {
                to.putInt(symbol - 1);
            }
        }

        private void symbolTable() {
            to.position(symbolTable + SYMBOL_BYTES);
            for (int i = 0; i < functions.size(); i++) {
                Function function = functions.get(i);
                to.putInt(functionNames.get(i))
                        .put(GLOBAL_FUNCTION)
                        .put((byte) 0)
                        .putShort(SOME_SECTION);
                to.putLong(text + function.offset()).putLong(function.bytes());
            }
        }

        /// The base version, named like the object, and that of the functions.
        private void versions() {
            for (int symbol = 1; symbol < symbols; symbol++) {
                to.putShort(versionSymbols + 2 * symbol, (short) OWN_VERSION);
            }
            to.position(versions);
            version(VER_FLG_BASE, BASE_VERSION, name, soname, VERSION_BYTES);
            version(0, OWN_VERSION, version, versionName, 0);
        }

        private void version(int flag, int index, String text, int textName, int next) {
            to.putShort((short) 1)
                    .putShort((short) flag)
                    .putShort((short) index)
                    .putShort((short) 1);
            to.putInt(hash(text)).putInt(20).putInt(next);
            to.putInt(textName).putInt(0);
        }

        private void dynamic() {
            to.position(dynamic);
            entry(DT_SONAME, soname);
            entry(DT_HASH, hash);
            entry(DT_STRTAB, stringTable);
            entry(DT_SYMTAB, symbolTable);
            entry(DT_STRSZ, strings.length());
            entry(DT_SYMENT, SYMBOL_BYTES);
            entry(DT_VERSYM, versionSymbols);
            entry(DT_VERDEF, versions);
            entry(DT_VERDEFNUM, 2);
            entry(0, 0);
        }

        private void entry(long tag, long value) {
            to.putLong(tag).putLong(value);
        }
    }

    /// A string table, which begins with the empty string.
    private static final class Strings {

        private final StringBuilder text = new StringBuilder("\0");

        int add(String string) {
            int at = text.length();
            text.append(string).append('\0');
            return at;
        }

        int length() {
            return text.length();
        }

        byte[] bytes() {
            return text.toString().getBytes(StandardCharsets.US_ASCII);
        }
    }

    /// The hash function of System V's ABI.
    private static int hash(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash << 4) + name.charAt(i);
            int high = hash & 0xf0000000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }
}
