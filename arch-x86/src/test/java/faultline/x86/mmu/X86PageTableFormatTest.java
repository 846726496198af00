package faultline.x86.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.junit.jupiter.api.Test;

final class X86PageTableFormatTest {

    private final X86PageTableFormat format = new X86PageTableFormat();

    @Test
    void aLeafHasLinuxsBits() {
        // PAGE_SHARED, PAGE_COPY_EXEC, PAGE_READONLY and PAGE_NONE of asm/pgtable_types.h.
        assertThat(format.leaf(0x1234, format.protection(true, true, false, 0))).isEqualTo(0x8000_0000_0123_4027L);
        assertThat(format.leaf(0x1234, format.protection(true, false, true, 0))).isEqualTo(0x0123_4025L);
        assertThat(format.leaf(0x1234, format.protection(true, false, false, 0)))
                .isEqualTo(0x8000_0000_0123_4025L);
        assertThat(format.leaf(0x1234, format.protection(false, false, false, 0)))
                .isEqualTo(0x8000_0000_0123_4120L);
        assertThat(format.table(2, 0x1234)).isEqualTo(0x0123_4067L);
    }

    @Test
    void theKeyLiesInBits59To62() {
        assertThat(format.protection(true, false, true, 0xf)).isEqualTo(0x7800_0000_0000_0025L);
    }

    @Test
    void aPageWithoutRightsIsPresentToTheKernelAlone() {
        long none = format.modify(
                format.mkDirty(format.leaf(7, format.protection(true, true, false, 3))),
                format.protection(false, false, false, 3));
        assertThat(format.isPresent(none)).isTrue();
        assertThat(format.isProtNone(none)).isTrue();
        assertThat(format.isWritable(none)).isFalse();
        assertThat(format.isDirty(none)).isTrue();
        assertThat(format.pfn(none)).isEqualTo(7);
        assertThat(none & Pte.P).isZero();
        long back = format.modify(none, format.protection(true, true, false, 3));
        assertThat(format.isProtNone(back)).isFalse();
        assertThat(back & Pte.G).as("PROTNONE must not survive as G").isZero();
        assertThat(format.isDirty(back)).isTrue();
    }

    @Test
    void modifyTakesTheKeyFromTheProtectionAndKeepsSpecial() {
        long entry = format.mkSpecial(format.leaf(9, format.protection(true, false, false, 5)));
        long modified = format.modify(entry, format.protection(true, true, true, 2));
        assertThat(Pte.key(modified)).isEqualTo(2);
        assertThat(format.isSpecial(modified)).isTrue();
        assertThat(format.isWritable(modified)).isTrue();
        assertThat(modified & Pte.NX).isZero();
    }

    @Test
    void aMarkerIsASwapEntryOfTheLastType() {
        long marker = format.marker(X86PageTableFormat.MARKER_POISONED);
        assertThat(marker).isEqualTo(0xffff_ffff_ffff_fa00L);
        assertThat(format.markerOf(marker)).isEqualTo(X86PageTableFormat.MARKER_POISONED);
        assertThat(format.isPresent(marker)).isFalse();
        assertThat(format.isSwap(marker)).isFalse();
        assertThat(format.markerOf(0)).isZero();
        assertThat(format.markerOf(format.leaf(9, format.protection(false, false, false, 0))))
                .isZero();
    }

    @Test
    void whatUserSpaceHandlesIsNotWritable() {
        long entry = format.mkUffdWp(format.mkDirty(format.leaf(9, format.protection(true, true, false, 0))));
        assertThat(format.isUffdWp(entry)).isTrue();
        assertThat(format.isWritable(entry)).isFalse();
        long reader = format.modify(entry, format.protection(true, false, false, 0));
        assertThat(format.isUffdWp(reader)).as("outlives mprotect").isTrue();
        assertThat(format.isUffdWp(format.clearUffdWp(reader))).isFalse();
    }

    @Test
    void aSwappedPageHasItsTypeOnTopAndTheComplementOfItsOffset() {
        // __swp_entry of asm/pgtable_64.h: type in bits 63 to 59, ~offset in 58 to 9.
        assertThat(format.swapEntry(0, 1)).isEqualTo(0x07ff_ffff_ffff_fc00L);
        assertThat(format.swapEntry(0x15, 0)).isEqualTo(0xafff_ffff_ffff_fe00L);
        long entry = format.swapEntry(3, 0x123456) | format.swapExclusive();
        assertThat(format.swapType(entry)).isEqualTo(3);
        assertThat(format.swapOffset(entry)).isEqualTo(0x123456);
        assertThat(format.isSwapExclusive(entry)).isTrue();
        assertThat(format.isSwap(entry)).isTrue();
        assertThat(format.isPresent(entry)).isFalse();
        assertThat(entry & Pte.PROTNONE).isZero();
    }

    @Test
    void everyMakerHasItsReader() {
        long entry = format.leaf(1, format.protection(true, false, false, 0));
        assertThat(format.isYoung(entry)).isTrue();
        assertThat(format.isYoung(format.mkOld(entry))).isFalse();
        assertThat(format.isYoung(format.mkYoung(format.mkOld(entry)))).isTrue();
        assertThat(format.isDirty(entry)).isFalse();
        assertThat(format.isDirty(format.mkClean(format.mkDirty(entry)))).isFalse();
        assertThat(format.isWritable(format.mkWrite(entry))).isTrue();
        assertThat(format.isWritable(format.wrProtect(format.mkWrite(entry)))).isFalse();
        assertThat(format.isNone(entry)).isFalse();
        assertThat(format.isNone(0)).isTrue();
        assertThat(format.isPresent(0)).isFalse();
    }

    /// The two views of one table agree: what the format writes, the walker obeys.
    @Test
    void theWalkerFindsWhatTheFormatWrites() {
        PhysicalMemory memory = PhysicalMemory.reserve(16 << 12);
        long va = format.userEnd() - 1;
        for (int level = 3; level >= 1; level--) {
            format.store(memory, entryPa(level, va), format.table(level, 5 - level));
        }
        X86Mmu mmu = new X86Mmu(memory);
        mmu.setRoot(1 << 12);
        format.store(memory, entryPa(0, va), format.leaf(9, format.protection(true, true, false, 0)));
        assertThat(mmu.walk(va, Access.WRITE, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        assertThat(format.isDirty(format.load(memory, entryPa(0, va)))).isTrue();
        format.store(memory, entryPa(0, va), format.leaf(9, format.protection(false, false, false, 0)));
        Walk.Faulted denied = (Walk.Faulted) mmu.walk(va, Access.READ, Privilege.USER);
        assertThat(denied.code).isEqualTo(PageFaultCode.U);
    }

    private long entryPa(int level, long va) {
        return (4L - level << 12) + ((va >>> format.shift(level) & format.entries(level) - 1) << 3);
    }

    @Test
    void whatTheKernelMakesDirtyIsSoftDirtyUntilThatIsCleared() {
        long leaf = format.leaf(9, format.protection(true, true, false, 0));
        assertThat(format.isSoftDirty(leaf)).isFalse();
        long dirty = format.mkDirty(leaf);
        assertThat(format.isSoftDirty(dirty)).isTrue();
        assertThat(format.isSoftDirty(format.modify(dirty, format.protection(true, false, false, 0))))
                .isTrue();
        long cleared = format.clearSoftDirty(dirty);
        assertThat(format.isSoftDirty(cleared)).isFalse();
        assertThat(format.isDirty(cleared)).isTrue();
    }

    @Test
    void descriptionsNameEveryBit() {
        long leaf = format.mkDirty(format.leaf(0x1234, format.protection(true, true, false, 5)));
        assertThat(format.describe(0, leaf)).isEqualTo("PFN 0x1234 P RW US A D soft-dirty NX key 5");
        assertThat(format.describe(2, format.table(2, 0x12))).isEqualTo("PFN 0x12 P RW US A");
        assertThat(format.describe(1, Pte.P | Pte.US | Pte.PS | 0x200000)).isEqualTo("PFN 0x200 P US PS(2M) key 0");
        assertThat(format.describe(0, format.leaf(1, format.protection(false, false, false, 0))))
                .isEqualTo("PFN 0x1 PROT_NONE A NX key 0");
        assertThat(format.describe(0, 0)).isEqualTo("none");
    }
}
