package faultline.cli.fuzz;

import faultline.kernel.elf.ElfFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// Damages an ELF file, mostly where a reader has to believe what it reads: in the fields of its
/// headers, its tables and their sizes.
final class ElfDamage {

    private static final int HEADER_BYTES = 64;
    private static final int SECTION_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;

    private static final int PROGRAM_HEADERS = 32;
    private static final int SECTION_HEADERS = 40;
    private static final int PROGRAM_HEADER_COUNT = 56;
    private static final int SECTION_COUNT = 60;

    private static final int MOST_DAMAGES = 4;

    private record Field(int offset, int bytes) {}

    /// The ELF header's, after its identification.
    private static final List<Field> HEADER = List.of(
            new Field(4, 1),
            new Field(5, 1),
            new Field(6, 1),
            new Field(16, 2),
            new Field(18, 2),
            new Field(20, 4),
            new Field(24, 8),
            new Field(PROGRAM_HEADERS, 8),
            new Field(SECTION_HEADERS, 8),
            new Field(48, 4),
            new Field(52, 2),
            new Field(54, 2),
            new Field(PROGRAM_HEADER_COUNT, 2),
            new Field(58, 2),
            new Field(SECTION_COUNT, 2),
            new Field(62, 2));

    /// A program header's.
    private static final List<Field> SEGMENT = List.of(
            new Field(0, 4),
            new Field(4, 4),
            new Field(8, 8),
            new Field(16, 8),
            new Field(24, 8),
            new Field(32, 8),
            new Field(40, 8),
            new Field(48, 8));

    /// A section header's.
    private static final List<Field> SECTION = List.of(
            new Field(0, 4),
            new Field(4, 4),
            new Field(8, 8),
            new Field(16, 8),
            new Field(24, 8),
            new Field(32, 8),
            new Field(40, 4),
            new Field(44, 4),
            new Field(48, 8),
            new Field(56, 8));

    private static final List<Field> SYMBOL =
            List.of(new Field(0, 4), new Field(4, 1), new Field(6, 2), new Field(8, 8), new Field(16, 8));

    /// Types of segments that mean something to a loader or a reader.
    private static final List<Integer> TYPES = List.of(
            ElfFile.PT_LOAD,
            2,
            ElfFile.PT_INTERP,
            4,
            5,
            ElfFile.PT_PHDR,
            7,
            0x6474_e550,
            ElfFile.PT_GNU_STACK,
            0x6474_e552,
            0x6474_e553);

    private final FuzzRandom random;
    private byte[] bytes;
    private ByteBuffer file;

    private ElfDamage(FuzzRandom random, byte[] bytes) {
        this.random = random;
        this.bytes = bytes;
        this.file = view();
    }

    /// A damaged copy; `other` is what may be appended.
    static byte[] of(FuzzRandom random, byte[] sound, byte[] other) {
        ElfDamage damage = new ElfDamage(random, sound.clone());
        for (int i = random.below(MOST_DAMAGES); i >= 0; i--) {
            damage.apply(other);
        }
        return damage.bytes;
    }

    private void apply(byte[] other) {
        switch (random.below(16)) {
            case 0 -> flip(bytes.length);
            case 1 -> flip(1024);
            case 2 -> truncate();
            case 3 -> append(other);
            case 4 -> copyBlock();
            case 5, 6, 7 -> set(0, HEADER);
            case 8 -> retype();
            case 9 -> duplicateSegment();
            case 10 -> set(tableEntry(SECTION_HEADERS, SECTION_COUNT, SECTION_BYTES), SECTION);
            case 11 -> set(symbol(), SYMBOL);
            case 12 -> relate();
            default -> set(segment(), SEGMENT);
        }
    }

    private void flip(int reach) {
        if (bytes.length == 0) {
            return;
        }
        for (int i = random.below(16); i >= 0; i--) {
            bytes[random.below(Math.min(reach, bytes.length))] ^= (byte) (1 << random.below(8));
        }
    }

    /// Anywhere, but most often inside the headers.
    private void truncate() {
        int reach = random.oneIn(3) ? bytes.length + 1 : Math.min(bytes.length, 1024) + 1;
        replace(Arrays.copyOf(bytes, random.below(reach)));
    }

    private void append(byte[] other) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + other.length);
        System.arraycopy(other, 0, both, bytes.length, other.length);
        replace(both);
    }

    private void copyBlock() {
        if (bytes.length < 2) {
            return;
        }
        int length = 1 + random.below(Math.min(256, bytes.length - 1));
        int from = random.below(bytes.length - length + 1);
        int to = random.below(random.oneIn(2) ? bytes.length - length + 1 : Math.min(1024, bytes.length - length) + 1);
        System.arraycopy(bytes, from, bytes, to, length);
    }

    private void retype() {
        int at = segment();
        if (fits(at, 4)) {
            file.putInt(at, random.of(TYPES));
        }
    }

    private void duplicateSegment() {
        int from = segment();
        int to = segment();
        if (fits(from, ElfFile.PROGRAM_HEADER_BYTES) && fits(to, ElfFile.PROGRAM_HEADER_BYTES)) {
            System.arraycopy(bytes, from, bytes, to, ElfFile.PROGRAM_HEADER_BYTES);
        }
    }

    /// Gives one field of a segment the value of a field of another, nearly: overlaps and gaps.
    private void relate() {
        int from = segment() + random.of(SEGMENT.subList(2, SEGMENT.size())).offset();
        int to = segment() + random.of(SEGMENT.subList(2, SEGMENT.size())).offset();
        if (fits(from, 8) && fits(to, 8)) {
            file.putLong(to, file.getLong(from) + (random.below(5) - 2) * (random.oneIn(2) ? 4096L : 1L));
        }
    }

    private void set(int at, List<Field> fields) {
        Field field = random.of(fields);
        int place = at + field.offset();
        if (!fits(place, field.bytes())) {
            return;
        }
        long value = random.oneIn(4) ? bytes.length + random.below(3) - 1L : random.word();
        switch (field.bytes()) {
            case 1 -> file.put(place, (byte) value);
            case 2 -> file.putShort(place, (short) value);
            case 4 -> file.putInt(place, (int) value);
            default -> file.putLong(place, value);
        }
    }

    private int segment() {
        return tableEntry(PROGRAM_HEADERS, PROGRAM_HEADER_COUNT, ElfFile.PROGRAM_HEADER_BYTES);
    }

    /// The place of a random entry of a table that the header describes, or -1.
    private int tableEntry(int tableField, int countField, int entryBytes) {
        if (bytes.length < HEADER_BYTES) {
            return -1;
        }
        int count = file.getShort(countField) & 0xffff;
        long at = file.getLong(tableField) + (long) random.below(Math.max(1, count)) * entryBytes;
        return at < 0 || at > bytes.length ? -1 : (int) at;
    }

    /// A random symbol of a random section, which is a table of symbols if we are lucky; or -1.
    private int symbol() {
        int section = tableEntry(SECTION_HEADERS, SECTION_COUNT, SECTION_BYTES);
        if (!fits(section, SECTION_BYTES)) {
            return -1;
        }
        long offset = file.getLong(section + 24);
        int entries = Math.clamp(file.getLong(section + 32) / SYMBOL_BYTES, 1, 1 << 20);
        long at = offset + random.below(entries) * (long) SYMBOL_BYTES;
        return at < 0 || at > bytes.length ? -1 : (int) at;
    }

    private boolean fits(int at, int length) {
        return at >= 0 && at <= bytes.length - length;
    }

    private void replace(byte[] with) {
        bytes = with;
        file = view();
    }

    /// In the byte order of the file as it was, or is by now.
    private ByteBuffer view() {
        boolean big = bytes.length > 5 && bytes[5] == 2;
        return ByteBuffer.wrap(bytes).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }
}
