package faultline.kernel.elf;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.PROT_EXEC;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.elf.ElfFile.Segment;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmapCalls;
import java.util.ArrayList;
import java.util.List;

/// Maps the segments of an ELF file into an address space, as `load_elf_binary` does.
///
/// What the file holds is mapped privately from it; what lies behind it in memory is anonymous, and
/// the rest of the last file page is cleared once the address space is in use.
final class SegmentMapper {

    private final MmapCalls calls;
    private final PageGeometry geometry;
    private final MappedFile mapped;
    private final ElfFile file;
    private final List<LoadedProgram.Range> toClear = new ArrayList<>();

    private SegmentMapper(Mm mm, ElfFile file, MappedFile mapped) {
        this.calls = new MmapCalls(mm);
        this.geometry = mm.geometry();
        this.mapped = mapped;
        this.file = file;
    }

    /// Maps the program; a position-independent one goes to `base`, or where there is room if that
    /// is 0. Throws ENOMEM when it does not fit below `userEnd`.
    static LoadedProgram map(Mm mm, ElfFile file, MappedFile mapped, long base, long userEnd) {
        return new SegmentMapper(mm, file, mapped).map(base, userEnd);
    }

    private LoadedProgram map(long base, long userEnd) {
        List<Segment> loads = file.loads();
        long first = geometry.down(loads.getFirst().address());
        long end = geometry.up(loads.getLast().end());
        long bias = 0;
        if (file.isPositionIndependent()) {
            bias = (base != 0 ? base : reserve(end - first)) - first;
        }
        if (Long.compareUnsigned(end + bias, userEnd) > 0) {
            throw Errno.ENOMEM.exception();
        }
        long startCode = -1;
        long endCode = 0;
        long startData = 0;
        long endData = 0;
        for (Segment load : loads) {
            long address = load.address() + bias;
            mapOne(load, address);
            if (Long.compareUnsigned(address, startCode) < 0) {
                startCode = address;
            }
            if ((load.flags() & ElfFile.PF_X) != 0) {
                endCode = Math.max(endCode, address + load.fileBytes());
            }
            startData = Math.max(startData, address);
            endData = Math.max(endData, address + load.fileBytes());
        }
        return new LoadedProgram(
                file,
                bias,
                file.entry() + bias,
                headerAddress(bias),
                startCode,
                endCode,
                startData,
                endData,
                end + bias,
                toClear);
    }

    /// Room for the whole file somewhere; the segments then go over it.
    private long reserve(long length) {
        return calls.mmap(0, length, 0, MAP_PRIVATE | MAP_ANONYMOUS, null, 0);
    }

    private void mapOne(Segment load, long address) {
        int prot = protection(load.flags());
        long start = geometry.down(address);
        long fileEnd = address + load.fileBytes();
        long mappedEnd = load.fileBytes() == 0 ? start : geometry.up(fileEnd);
        if (load.fileBytes() != 0) {
            long offset = load.offset() - (address - start);
            calls.mmap(start, mappedEnd - start, prot, MAP_PRIVATE | MAP_FIXED, mapped, offset);
        }
        long end = geometry.up(address + load.memoryBytes());
        if (end > mappedEnd) {
            // Writable whatever the header says, as vm_brk_flags makes it.
            int rights = PROT_READ | PROT_WRITE | prot & PROT_EXEC;
            calls.mmap(mappedEnd, end - mappedEnd, rights, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, null, 0);
        }
        // Only a writable segment's tail is cleared: Linux cannot write the others either.
        if (load.memoryBytes() > load.fileBytes() && load.fileBytes() != 0 && (prot & PROT_WRITE) != 0) {
            toClear.add(new LoadedProgram.Range(fileEnd, mappedEnd));
        }
    }

    /// AT_PHDR: where the program headers lie in memory, or 0.
    private long headerAddress(long bias) {
        for (Segment segment : file.segments()) {
            if (segment.type() == ElfFile.PT_PHDR) {
                return segment.address() + bias;
            }
        }
        for (Segment load : file.loads()) {
            long inside = file.programHeaders() - load.offset();
            if (inside >= 0 && inside < load.fileBytes()) {
                return load.address() + inside + bias;
            }
        }
        return 0;
    }

    private static int protection(int flags) {
        return ((flags & ElfFile.PF_R) != 0 ? PROT_READ : 0)
                | ((flags & ElfFile.PF_W) != 0 ? PROT_WRITE : 0)
                | ((flags & ElfFile.PF_X) != 0 ? PROT_EXEC : 0);
    }
}
