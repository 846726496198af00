package faultline.arm64.mmu;

import faultline.core.mmu.PageGeometry;
import java.util.List;

/// A translation granule: how an address of 48 bits divides into indexes, and which levels have
/// blocks (Arm ARM D8.2, "Translation process", tables for the 4 KiB, 16 KiB and 64 KiB granules).
///
/// A table is one granule, so that it indexes 9, 11 or 13 bits; the manual's levels end at 3, and
/// the root is level 0, or 1 where three suffice. Output addresses have 48 bits: no FEAT_LPA.
///
/// @param geometry the size of a page and of a table
/// @param rootLevel where a walk begins
/// @param firstBlockLevel the first level whose entries may be blocks: of 1 GiB and 2 MiB, 32 MiB, or 512 MiB
record Granule(PageGeometry geometry, int rootLevel, int firstBlockLevel) {

    static final int VA_BITS = 48;

    static final int LAST_LEVEL = 3;

    /// Bits 47 to 0 of a descriptor hold an address, as far as it is aligned.
    private static final long OUTPUT_BITS = (1L << 48) - 1;

    private static final List<Granule> ALL = List.of(
            new Granule(PageGeometry.KIB_4, 0, 1),
            new Granule(PageGeometry.KIB_16, 0, 2),
            new Granule(PageGeometry.KIB_64, 1, 2));

    static List<PageGeometry> sizes() {
        return ALL.stream().map(Granule::geometry).toList();
    }

    static Granule of(PageGeometry geometry) {
        return ALL.stream()
                .filter(granule -> granule.geometry.equals(geometry))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("arm64: no granule of " + geometry));
    }

    /// How many bits of an address a table indexes.
    int indexBits() {
        return geometry.shift() - 3;
    }

    /// How many levels a walk has.
    int levels() {
        return LAST_LEVEL - rootLevel + 1;
    }

    /// How many address bits lie below the index of a level.
    int shift(int level) {
        return geometry.shift() + indexBits() * (LAST_LEVEL - level);
    }

    /// How many entries a table of a level has: the root only what is left of 48 bits.
    int entries(int level) {
        return 1 << Math.min(indexBits(), VA_BITS - shift(level));
    }

    /// The bits of a descriptor that hold the address of a page or table.
    long address() {
        return OUTPUT_BITS & geometry.down(-1L);
    }
}
