package faultline.kernel.elf;

import java.util.List;

/// Where an ELF file came to lie: `bias` was added to its addresses; `toClear` are the ends of file
/// pages that belong to zeroed data and still hold what follows in the file.
record LoadedProgram(
        ElfFile file,
        long bias,
        long entry,
        long programHeaders,
        long startCode,
        long endCode,
        long startData,
        long endData,
        long end,
        List<Range> toClear) {

    /// `[start, end)`.
    record Range(long start, long end) {}
}
