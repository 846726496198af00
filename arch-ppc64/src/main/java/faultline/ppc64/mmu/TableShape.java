package faultline.ppc64.mmu;

import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import java.util.Arrays;
import java.util.List;

/// How an address divides into indexes of the kernel's four levels of tables
/// (`arch/powerpc/include/asm/book3s/64/radix-4k.h`, `radix-64k.h`, `hash-4k.h`, `hash-64k.h`).
///
/// @param kind which kind of MMU the tables are for
/// @param pages the size of a page
/// @param pte how many bits index a table of pages
/// @param pmd the level above
/// @param pud the one above that
/// @param pgd the root's
record TableShape(String kind, PageGeometry pages, int pte, int pmd, int pud, int pgd) {

    static final String HASH = "hash";

    static final int LEVELS = 4;

    private static final List<TableShape> ALL = List.of(
            new TableShape(MmuChoice.RADIX, PageGeometry.KIB_64, 5, 9, 9, 13),
            new TableShape(MmuChoice.RADIX, PageGeometry.KIB_4, 9, 9, 9, 13),
            new TableShape(HASH, PageGeometry.KIB_64, 8, 10, 10, 8),
            new TableShape(HASH, PageGeometry.KIB_4, 9, 7, 9, 9));

    static TableShape of(String kind, PageGeometry pages) {
        return ALL.stream()
                .filter(shape -> shape.kind.equals(kind) && shape.pages.equals(pages))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("ppc64: no " + kind + " tables of pages of " + pages));
    }

    /// How many bits a level, 0 for the pages', takes of an address.
    int indexBits(int level) {
        return switch (level) {
            case 0 -> pte;
            case 1 -> pmd;
            case 2 -> pud;
            case 3 -> pgd;
            default -> throw new IllegalArgumentException("ppc64: tables have no level " + level);
        };
    }

    /// How many bits of an address lie below the index of a level.
    int shift(int level) {
        return pages.shift()
                + switch (level) {
                    case 0 -> 0;
                    case 1 -> pte;
                    case 2 -> pte + pmd;
                    default -> pte + pmd + pud;
                };
    }

    /// The same of all levels, the pages' first.
    int[] shifts() {
        int[] shifts = new int[LEVELS];
        Arrays.setAll(shifts, this::shift);
        return shifts;
    }
}
