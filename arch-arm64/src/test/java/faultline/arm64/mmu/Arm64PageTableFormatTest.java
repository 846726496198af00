package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.DBM;
import static faultline.arm64.mmu.Descriptor.DIRTY;
import static faultline.arm64.mmu.Descriptor.RDONLY;
import static faultline.arm64.mmu.Descriptor.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.PageGeometry;
import org.junit.jupiter.api.Test;

/// The dirty state that hardware and kernel keep together, and what is present.
final class Arm64PageTableFormatTest {

    private final Arm64PageTableFormat format = new Arm64PageTableFormat(PageGeometry.KIB_4);
    private final long writable = format.leaf(7, format.protection(true, true, false, 0));

    @Test
    void aSwappedPageHasItsTypeInBits6To10AndItsOffsetFrom12() {
        long entry = format.swapEntry(3, 0x12345);
        assertThat(entry).isEqualTo(0x1234_50c0L);
        assertThat(format.swapType(entry | format.swapExclusive())).isEqualTo(3);
        assertThat(format.swapOffset(entry | format.swapExclusive())).isEqualTo(0x12345);
        assertThat(format.swapExclusive()).isEqualTo(4);
        assertThat(format.isSwap(entry)).isTrue();
        assertThat(format.isPresent(format.swapEntry(31, -1L)))
                .as("PRESENT_INVALID")
                .isFalse();
    }

    @Test
    void aWritablePageIsCleanUntilItIsWritten() {
        assertThat(format.isWritable(writable)).isTrue();
        assertThat(format.isDirty(writable)).isFalse();
        assertThat(writable & RDONLY).isNotZero();
        assertThat(format.isDirty(writable & ~RDONLY))
                .as("after the hardware's note")
                .isTrue();
        assertThat(format.mkDirty(writable) & (RDONLY | DIRTY)).isEqualTo(DIRTY);
    }

    @Test
    void theHardwaresNoteOutlivesTheRightToWrite() {
        long taken = format.wrProtect(writable & ~RDONLY);
        assertThat(taken & (DBM | RDONLY | DIRTY)).isEqualTo(RDONLY | DIRTY);
        assertThat(format.isDirty(taken)).isTrue();
        assertThat(format.mkWrite(taken) & RDONLY)
                .as("no fault for a note that is there")
                .isZero();
        assertThat(format.isDirty(format.wrProtect(writable))).isFalse();
    }

    @Test
    void aMarkerIsASwapEntryOfTheLastType() {
        long marker = format.marker(Arm64PageTableFormat.MARKER_POISONED);
        assertThat(marker).isEqualTo(0x27c0);
        assertThat(format.markerOf(marker)).isEqualTo(Arm64PageTableFormat.MARKER_POISONED);
        assertThat(format.isPresent(marker)).isFalse();
        assertThat(format.markerOf(0)).isZero();
        assertThat(format.markerOf(format.leaf(9, format.protection(false, false, false, 0))))
                .isZero();
    }

    @Test
    void whatUserSpaceHandlesIsNotWritable() {
        long entry = format.mkUffdWp(writable & ~RDONLY);
        assertThat(format.isUffdWp(entry)).isTrue();
        assertThat(format.isWritable(entry)).isFalse();
        assertThat(format.isDirty(entry)).as("the hardware's note").isTrue();
        long reader = format.modify(entry, format.protection(true, false, false, 0));
        assertThat(format.isUffdWp(reader)).as("outlives mprotect").isTrue();
        assertThat(format.isUffdWp(format.clearUffdWp(reader))).isFalse();
    }

    @Test
    void cleaningTakesBothNotes() {
        long clean = format.mkClean(format.mkDirty(writable));
        assertThat(format.isDirty(clean)).isFalse();
        assertThat(format.isWritable(clean)).isTrue();
    }

    @Test
    void anotherProtectionKeepsPageAndDirtyState() {
        long dirty = writable & ~RDONLY;
        long reader = format.modify(dirty, format.protection(true, false, false, 0));
        assertThat(format.isWritable(reader)).isFalse();
        assertThat(format.isDirty(reader)).isTrue();
        assertThat(format.pfn(reader)).isEqualTo(7);
        long again = format.modify(reader, format.protection(true, true, false, 0));
        assertThat(again & RDONLY).isZero();
    }

    @Test
    void anInaccessiblePageIsPresentForTheKernelAlone() {
        long none = format.modify(writable, format.protection(false, false, false, 0));
        assertThat(none & VALID).isZero();
        assertThat(format.isPresent(none)).isTrue();
        assertThat(format.isProtNone(none)).isTrue();
        assertThat(format.pfn(none)).isEqualTo(7);
        assertThat(format.isProtNone(writable)).isFalse();
        assertThat(format.isPresent(0)).isFalse();
    }

    @Test
    void describesAnEntryBitByBit() {
        assertThat(format.describe(0, format.mkDirty(writable))).isEqualTo("PFN 0x7 page USER AF nG DBM PXN UXN dirty");
        assertThat(format.describe(1, format.table(1, 9))).isEqualTo("PFN 0x9 table PXNTable");
        assertThat(format.describe(0, 0)).isEqualTo("none");
    }
}
