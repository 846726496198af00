package faultline.kernel.elf;

import faultline.kernel.elf.ElfFile.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads and checks ELF headers (System V gABI, chapters 4 and 5). Every field is hostile until it
/// is checked: no sum overflows, nothing is read outside the file, nothing is allocated by a number
/// of the file's alone.
public final class ElfReader {

    private static final int HEADER_BYTES = 64;
    private static final int IDENT_BYTES = 16;
    private static final int SECTION_HEADER_BYTES = 64;

    /// Linux refuses program headers of more than a 64 KiB page; a program has about a dozen.
    private static final int MAX_PROGRAM_HEADERS = 65_536 / ElfFile.PROGRAM_HEADER_BYTES;

    private static final int MAX_INTERPRETER = 4096;

    /// The smallest page of any machine; what a larger one needs is checked when it is mapped.
    private static final long PAGE = 4096;

    private final String name;
    private final ByteSource source;

    private ElfReader(String name, ByteSource source) {
        this.name = name;
        this.source = source;
    }

    /// Whether a file begins like an ELF file.
    public static boolean isElf(byte[] start, int length) {
        return length >= 4 && start[0] == 0x7f && start[1] == 'E' && start[2] == 'L' && start[3] == 'F';
    }

    /// Reads a program's headers; `name` is for messages. Throws with what is wrong and where.
    public static ElfFile read(String name, ByteSource source) throws ElfException {
        return new ElfReader(name, source).read();
    }

    private ElfFile read() throws ElfException {
        byte[] ident = new byte[IDENT_BYTES];
        int length = source.read(0, ident, 0, IDENT_BYTES);
        ByteOrder order = checkIdent(ident, length);
        ByteBuffer header = bytes(0, HEADER_BYTES, "the ELF header").order(order);
        int type = header.getShort(16) & 0xffff;
        if (type != ElfFile.ET_EXEC && type != ElfFile.ET_DYN) {
            throw bad("type " + typeName(type) + " at 0x10; expected an executable (2) or a shared object (3)");
        }
        long programHeaders = header.getLong(32);
        int count = header.getShort(56) & 0xffff;
        List<Segment> segments = segments(order, programHeaders, header.getShort(54) & 0xffff, count);
        checkLoads(segments);
        return new ElfFile(
                name,
                order,
                type,
                header.getShort(18) & 0xffff,
                header.getInt(48),
                header.getLong(24),
                programHeaders,
                count,
                header.getLong(40),
                (header.getShort(58) & 0xffff) == SECTION_HEADER_BYTES ? header.getShort(60) & 0xffff : 0,
                segments,
                interpreter(segments));
    }

    private ByteOrder checkIdent(byte[] ident, int length) throws ElfException {
        if (!isElf(ident, length)) {
            String found = length == 0
                    ? "the file is empty"
                    : "starts with " + HexFormat.ofDelimiter(" ").formatHex(ident, 0, Math.min(4, length));
            throw bad("not an ELF file: " + found + "; expected 7f 45 4c 46");
        }
        if (length < IDENT_BYTES) {
            throw bad("truncated: " + length + " bytes; the identification alone has " + IDENT_BYTES);
        }
        if (ident[4] != 2) {
            throw bad("class " + (ident[4] == 1 ? "1 (32-bit)" : ident[4] & 0xff) + " at 0x4; expected 2 (64-bit)");
        }
        if (ident[5] != 1 && ident[5] != 2) {
            throw bad("data encoding " + (ident[5] & 0xff) + " at 0x5; expected 1 (little-endian) or 2 (big-endian)");
        }
        if (ident[6] != 1) {
            throw bad("version " + (ident[6] & 0xff) + " at 0x6; expected 1");
        }
        return ident[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    private List<Segment> segments(ByteOrder order, long offset, int entryBytes, int count) throws ElfException {
        if (count == 0) {
            throw bad("no program headers (e_phnum 0 at 0x38); nothing to load");
        }
        if (entryBytes != ElfFile.PROGRAM_HEADER_BYTES) {
            throw bad("program headers of " + entryBytes + " bytes at 0x36; expected " + ElfFile.PROGRAM_HEADER_BYTES);
        }
        if (count > MAX_PROGRAM_HEADERS) {
            throw bad(count + " program headers at 0x38; expected at most " + MAX_PROGRAM_HEADERS);
        }
        ByteBuffer table = bytes(offset, count * ElfFile.PROGRAM_HEADER_BYTES, "the program headers")
                .order(order);
        List<Segment> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = i * ElfFile.PROGRAM_HEADER_BYTES;
            Segment segment = new Segment(
                    table.getInt(at),
                    table.getInt(at + 4),
                    table.getLong(at + 8),
                    table.getLong(at + 16),
                    table.getLong(at + 32),
                    table.getLong(at + 40),
                    table.getLong(at + 48));
            if (segment.isLoad()) {
                checkLoad(segment, i);
            }
            segments.add(segment);
        }
        return segments;
    }

    private void checkLoad(Segment load, int index) throws ElfException {
        String which = "program header " + index + " (PT_LOAD)";
        if (Long.compareUnsigned(load.fileBytes(), load.memoryBytes()) > 0) {
            throw bad(which + ": " + hex(load.fileBytes()) + " bytes in the file, " + hex(load.memoryBytes())
                    + " in memory; expected no more in the file than in memory");
        }
        if (load.memoryBytes() < 0 || load.address() < 0 || load.address() + load.memoryBytes() < 0) {
            throw bad(which + ": ends beyond the address space, at " + hex(load.address()) + " + "
                    + hex(load.memoryBytes()));
        }
        if (load.offset() < 0 || load.fileBytes() > source.size() || load.offset() > source.size() - load.fileBytes()) {
            throw bad("truncated: " + which + " needs bytes " + hex(load.offset()) + " to "
                    + hex(load.offset() + load.fileBytes()) + "; the file has " + hex(source.size()));
        }
        if (((load.offset() ^ load.address()) & (PAGE - 1)) != 0) {
            throw bad(which + ": offset " + hex(load.offset()) + " and address " + hex(load.address())
                    + " differ within a page; expected the same low 12 bits");
        }
        if (load.alignment() > 1 && Long.bitCount(load.alignment()) != 1 || load.alignment() < 0) {
            throw bad(which + ": alignment " + hex(load.alignment()) + "; expected a power of two");
        }
    }

    private void checkLoads(List<Segment> segments) throws ElfException {
        List<Segment> loads = segments.stream().filter(Segment::isLoad).toList();
        if (loads.isEmpty()) {
            throw bad("no PT_LOAD among " + segments.size() + " program headers; nothing to load");
        }
        for (int i = 1; i < loads.size(); i++) {
            Segment before = loads.get(i - 1);
            Segment load = loads.get(i);
            if (load.address() < before.end()) {
                throw bad("overlapping: PT_LOAD " + i + " at " + hex(load.address()) + " begins before PT_LOAD "
                        + (i - 1) + " ends at " + hex(before.end()) + "; expected ascending addresses");
            }
        }
    }

    private @Nullable String interpreter(List<Segment> segments) throws ElfException {
        for (Segment segment : segments) {
            if (segment.type() != ElfFile.PT_INTERP) {
                continue;
            }
            long length = segment.fileBytes();
            if (length < 2 || length > MAX_INTERPRETER) {
                throw bad("PT_INTERP of " + length + " bytes; expected 2 to " + MAX_INTERPRETER);
            }
            byte[] path = bytes(segment.offset(), (int) length, "PT_INTERP").array();
            if (path[path.length - 1] != 0) {
                throw bad("PT_INTERP at " + hex(segment.offset()) + " does not end with a NUL byte");
            }
            int end = 0;
            while (path[end] != 0) {
                end++;
            }
            return new String(path, 0, end, StandardCharsets.ISO_8859_1);
        }
        return null;
    }

    private ByteBuffer bytes(long offset, int length, String what) throws ElfException {
        byte[] bytes = new byte[length];
        if (offset < 0 || offset > source.size() - length || source.read(offset, bytes, 0, length) != length) {
            throw bad("truncated: " + what + " needs " + length + " bytes at " + hex(offset) + "; the file has "
                    + hex(source.size()));
        }
        return ByteBuffer.wrap(bytes);
    }

    private static String typeName(int type) {
        return switch (type) {
            case 1 -> "1 (object file)";
            case 4 -> "4 (core dump)";
            default -> Integer.toString(type);
        };
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private ElfException bad(String what) {
        return new ElfException(name, what);
    }
}
