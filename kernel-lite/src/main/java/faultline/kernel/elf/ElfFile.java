package faultline.kernel.elf;

import faultline.core.mmu.PageGeometry;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The headers of an ELF file that a loader needs, checked. Offsets and addresses are the file's
/// own.
public record ElfFile(
        String name,
        ByteOrder order,
        int type,
        int machine,
        int flags,
        long entry,
        long programHeaders,
        int programHeaderCount,
        long sectionHeaders,
        int sectionHeaderCount,
        List<Segment> segments,
        @Nullable String interpreter) {

    public static final int ET_EXEC = 2;
    public static final int ET_DYN = 3;

    public static final int PT_LOAD = 1;
    public static final int PT_INTERP = 3;
    public static final int PT_PHDR = 6;
    public static final int PT_GNU_STACK = 0x6474_e551;

    public static final int PF_X = 1;
    public static final int PF_W = 2;
    public static final int PF_R = 4;

    public static final int EM_386 = 3;
    public static final int EM_PPC64 = 21;
    public static final int EM_ARM = 40;
    public static final int EM_X86_64 = 62;
    public static final int EM_AARCH64 = 183;
    public static final int EM_RISCV = 243;

    /// The size of a program header of a 64-bit file.
    public static final int PROGRAM_HEADER_BYTES = 56;

    public ElfFile {
        segments = List.copyOf(segments);
    }

    /// One program header.
    public record Segment(
            int type, int flags, long offset, long address, long fileBytes, long memoryBytes, long alignment) {

        /// The first address behind it in memory.
        public long end() {
            return address + memoryBytes;
        }

        /// Whether it is mapped.
        public boolean isLoad() {
            return type == PT_LOAD;
        }
    }

    /// Whether it can be loaded anywhere.
    public boolean isPositionIndependent() {
        return type == ET_DYN;
    }

    /// The segments that are mapped, in the file's order.
    public List<Segment> loads() {
        return segments.stream().filter(Segment::isLoad).toList();
    }

    /// The largest alignment that a mapped segment asks for, at least a page:
    /// `maximum_alignment`.
    public long alignment(PageGeometry geometry) {
        long most = geometry.bytes();
        for (Segment segment : segments) {
            if (segment.isLoad() && Long.bitCount(segment.alignment()) == 1) {
                most = Math.max(most, segment.alignment());
            }
        }
        return most;
    }

    /// Whether PT_GNU_STACK asks for an executable stack. Without that header Linux on 64-bit
    /// machines does not give one.
    public boolean wantsExecutableStack() {
        for (Segment segment : segments) {
            if (segment.type() == PT_GNU_STACK) {
                return (segment.flags() & PF_X) != 0;
            }
        }
        return false;
    }

    /// The name of a machine number, for messages.
    public static String machineName(int machine, ByteOrder order) {
        boolean big = order == ByteOrder.BIG_ENDIAN;
        if (machine == EM_PPC64) {
            return big ? "ppc64" : "ppc64le";
        }
        return (big ? "big-endian " : "") + machineName(machine);
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case EM_386 -> "i386";
            case EM_ARM -> "arm";
            case EM_X86_64 -> "x86-64";
            case EM_AARCH64 -> "arm64";
            case EM_RISCV -> "riscv";
            default -> "machine " + machine;
        };
    }
}
