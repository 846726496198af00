package faultline.cli;

import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfFile.Segment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The libraries an ELF file asks its loader for: DT_NEEDED of its dynamic section (System V gABI,
/// chapter 5). Damaged tables name none.
final class NeededLibraries {

    private static final int PT_DYNAMIC = 2;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int ENTRY_BYTES = 16;
    private static final int LONGEST_NAME = 4096;

    /// More than any program needs; damage may make thousands of the same long name.
    private static final int MOST_NAMES = 1000;

    /// More than any program's dynamic section has.
    private static final int MOST_BYTES = 1 << 20;

    private NeededLibraries() {}

    static List<String> read(ElfFile elf, ByteSource source) {
        List<Long> offsets = new ArrayList<>();
        long strings = -1;
        for (Segment segment : elf.segments()) {
            if (segment.type() != PT_DYNAMIC) {
                continue;
            }
            ByteBuffer entries = bytes(elf, source, segment.offset(), Math.clamp(segment.fileBytes(), 0, MOST_BYTES));
            while (entries.remaining() >= ENTRY_BYTES && offsets.size() < MOST_NAMES) {
                long tag = entries.getLong();
                long value = entries.getLong();
                if (tag == DT_NEEDED) {
                    offsets.add(value);
                } else if (tag == DT_STRTAB) {
                    strings = fileOffset(elf, value);
                }
            }
            // As a loader does: one is all there should be.
            break;
        }
        List<String> names = new ArrayList<>();
        for (long offset : offsets) {
            if (strings >= 0) {
                names.add(string(bytes(elf, source, strings + offset, LONGEST_NAME)));
            }
        }
        return names;
    }

    private static long fileOffset(ElfFile elf, long address) {
        for (Segment load : elf.loads()) {
            long inside = address - load.address();
            if (inside >= 0 && inside < load.fileBytes()) {
                return load.offset() + inside;
            }
        }
        return -1;
    }

    private static ByteBuffer bytes(ElfFile elf, ByteSource source, long offset, int most) {
        byte[] bytes = new byte[most];
        int length = source.read(offset, bytes, 0, bytes.length);
        return ByteBuffer.wrap(bytes, 0, length).order(elf.order());
    }

    private static String string(ByteBuffer from) {
        byte[] name = new byte[from.remaining()];
        int length = 0;
        while (from.hasRemaining() && (name[length] = from.get()) != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }
}
