package faultline.ppc64.mmu;

import static faultline.ppc64.mmu.StorageInterrupt.DSISR_ISSTORE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_KEYFAULT;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOEXEC_OR_G;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_NOHPTE;
import static faultline.ppc64.mmu.StorageInterrupt.DSISR_PROTFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.PageGeometry;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import faultline.kernel.mm.pgtable.AddressSpaceIds.Context;
import java.math.BigInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The hashed page table from both sides: the kernel that fills it and the hardware that searches it.
final class HashedPageTableTest {

    private static final PageGeometry PAGES = PageGeometry.KIB_4;
    private static final long VA = 0x1000_3000L;
    private static final long VSID = 0x12_3456_789aL;
    private static final long READ_WRITE = 2 | Hpte.R | Hpte.C | Hpte.M;

    private final PhysicalMemory memory = PhysicalMemory.reserve(16 << 20);
    private final HashedPageTable table = HashedPageTable.of(memory, PAGES);
    private final HashMmu mmu = new HashMmu(memory, PAGES);

    private final long vpn = Segment.vpn(VSID, VA, Segment.SIZE_256M);
    private final long first = Hpte.first(vpn, false, Segment.SIZE_256M);
    private final long hash = Segment.hash(vpn, 12, Segment.SIZE_256M);

    @AfterEach
    void close() {
        memory.close();
    }

    private void loadSegment(long flags) {
        mmu.slb().insert(VA, Segment.SIZE_256M, VSID, Slb.KS | Slb.KP | flags);
    }

    private long code(Access access) {
        return StorageInterrupt.reason(((Walk.Faulted) mmu.walk(VA, access, Privilege.USER)).code);
    }

    @Test
    void aGroupForTwoPagesAndAtLeast256KiB() {
        assertThat(table.base()).isEqualTo((16L << 20) - (256 << 10));
        try (PhysicalMemory large = PhysicalMemory.begin(4L << 30)) {
            assertThat(HashedPageTable.of(large, PageGeometry.KIB_4).base()).isEqualTo((4L << 30) - (64 << 20));
            assertThat(HashedPageTable.of(large, PageGeometry.KIB_64).base()).isEqualTo((4L << 30) - (4 << 20));
        }
        try (PhysicalMemory small = PhysicalMemory.reserve(256 << 10)) {
            assertThatThrownBy(() -> HashedPageTable.of(small, PageGeometry.KIB_4))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// AVPN is the virtual address without its last 23 bits, in bits 7 and up: the VSID, shifted by 28 - 23 + 7.
    @Test
    void anEntryIsTwoBigEndianDoublewords() {
        int entry = table.insert(table.group(hash, false), first, 0x77L << 12 | READ_WRITE);
        long at = table.base() + (table.group(hash, false) << 7) + entry * 16L;
        assertThat(memory.load64(at)).isEqualTo(Long.reverseBytes(VSID << 12 | 1));
        assertThat(memory.load64(at + 8)).isEqualTo(Long.reverseBytes(0x7_7000L | 0x192));
    }

    @Test
    void withoutASegmentThereIsASegmentInterrupt() {
        assertThat(((Walk.Faulted) mmu.walk(VA, Access.READ, Privilege.USER)).code)
                .isEqualTo(0x380L << 32);
        assertThat(((Walk.Faulted) mmu.walk(VA, Access.EXECUTE, Privilege.USER)).code)
                .isEqualTo(0x480L << 32);
    }

    @Test
    void withoutAnEntryThereIsAStorageInterrupt() {
        loadSegment(0);
        assertThat(code(Access.READ)).isEqualTo(Integer.toUnsignedLong(DSISR_NOHPTE));
        assertThat(code(Access.WRITE)).isEqualTo(Integer.toUnsignedLong(DSISR_NOHPTE | DSISR_ISSTORE));
    }

    @Test
    void hardwareFindsAnEntryOfThePrimaryGroupInAnyPlace() {
        loadSegment(0);
        long group = table.group(hash, false);
        for (int other = 0; other < 7; other++) {
            int _ = table.insert(group, first + (1L << 20 + other), READ_WRITE);
        }
        assertThat(table.insert(group, first, 0x77L << 12 | READ_WRITE)).isEqualTo(7);
        assertThat(((Walk.Mapped) mmu.walk(VA + 5, Access.READ, Privilege.USER)).pa)
                .isEqualTo(0x7_7005);
        assertThat(table.insert(group, first, READ_WRITE)).as("full").isEqualTo(HashedPageTable.NONE);
    }

    @Test
    void theSecondaryGroupsEntriesSayWhichTheyAre() {
        loadSegment(0);
        long group = table.group(hash, true);
        assertThat(group).isEqualTo(~hash & 0x7ff);
        int entry = table.insert(group, first, 0x77L << 12 | READ_WRITE);
        assertThat(code(Access.READ)).as("H is clear").isEqualTo(Integer.toUnsignedLong(DSISR_NOHPTE));
        table.invalidate(group, entry, first);
        int _ = table.insert(group, first | Hpte.SECONDARY, 0x77L << 12 | READ_WRITE);
        assertThat(((Walk.Mapped) mmu.walk(VA, Access.READ, Privilege.USER)).pa).isEqualTo(0x7_7000);
    }

    /// PP0 and PP with Kp 1 (Power ISA 3.0B Book III figure 24).
    @ParameterizedTest
    @CsvSource({"0, false, false", "1, true, false", "2, true, true", "3, true, false", "6, false, false"})
    void rightsArePps(int pp, boolean read, boolean write) {
        loadSegment(0);
        long bits = (pp & 4) != 0 ? Hpte.PP0 | pp & 3 : pp;
        int _ = table.insert(table.group(hash, false), first, 0x77L << 12 | bits | Hpte.R | Hpte.C);
        if (read) {
            assertThat(mmu.walk(VA, Access.READ, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        } else {
            assertThat(code(Access.READ)).isEqualTo(Integer.toUnsignedLong(DSISR_PROTFAULT));
        }
        if (write) {
            assertThat(mmu.walk(VA, Access.WRITE, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        } else {
            assertThat(code(Access.WRITE)).isEqualTo(Integer.toUnsignedLong(DSISR_PROTFAULT | DSISR_ISSTORE));
        }
    }

    @Test
    void nForbidsFetchesInAnEntryAndInASegment() {
        loadSegment(0);
        long group = table.group(hash, false);
        int entry = table.insert(group, first, 0x77L << 12 | READ_WRITE | Hpte.N);
        assertThat(code(Access.EXECUTE)).isEqualTo(Integer.toUnsignedLong(DSISR_NOEXEC_OR_G));
        assertThat(table.updateRights(group, entry, first, READ_WRITE)).isTrue();
        assertThat(mmu.walk(VA, Access.EXECUTE, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        mmu.setRoot(0);
        loadSegment(Slb.N);
        assertThat(code(Access.EXECUTE)).isEqualTo(Integer.toUnsignedLong(DSISR_NOEXEC_OR_G));
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "7", "8", "21", "31"})
    void aKeyIsLookedUpInAmrAndIamr(int key) {
        loadSegment(0);
        int _ = table.insert(table.group(hash, false), first, 0x77L << 12 | READ_WRITE | Hpte.keyBits(key));
        assertThat(mmu.setKeys(2L << 62 - 2 * key, 0)).isTrue();
        assertThat(mmu.walk(VA, Access.READ, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        assertThat(code(Access.WRITE)).isEqualTo(DSISR_KEYFAULT | DSISR_ISSTORE);
        assertThat(mmu.setKeys(1L << 62 - 2 * key, 0)).isTrue();
        assertThat(code(Access.READ)).isEqualTo(DSISR_KEYFAULT);
        assertThat(mmu.walk(VA, Access.EXECUTE, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        assertThat(mmu.setKeys(~(3L << 62 - 2 * key), 1L << 62 - 2 * key)).isTrue();
        assertThat(mmu.walk(VA, Access.WRITE, Privilege.USER)).isInstanceOf(Walk.Mapped.class);
        assertThat(code(Access.EXECUTE)).isEqualTo(DSISR_KEYFAULT);
    }

    @Test
    void hardwareSetsRAndC() {
        loadSegment(0);
        long group = table.group(hash, false);
        int entry = table.insert(group, first, 0x77L << 12 | 2);
        Walk.Mapped mapped = (Walk.Mapped) mmu.walk(VA, Access.READ, Privilege.USER);
        assertThat(mapped.writable).as("before C").isFalse();
        assertThat(table.second(group, entry) & 0x180).isEqualTo(Hpte.R);
        mapped = (Walk.Mapped) mmu.walk(VA, Access.WRITE, Privilege.USER);
        assertThat(mapped.writable).isTrue();
        assertThat(table.second(group, entry) & 0x180).isEqualTo(Hpte.R | Hpte.C);
    }

    @Test
    void anEvictionTakesOneThatIsNotBolted() {
        long group = 3;
        for (int entry = 0; entry < 8; entry++) {
            int _ = table.insert(group, (long) entry << 20 | (entry == 5 ? Hpte.BOLTED : 0), 2);
        }
        table.evict(group, 5);
        assertThat(table.first(group, 5) & Hpte.VALID).isEqualTo(Hpte.VALID);
        assertThat(table.first(group, 6) & Hpte.VALID).isZero();
        assertThat(table.insert(group, 9L << 20, 2)).isEqualTo(6);
    }

    @Test
    void whatIsNotThePagesAnyMoreIsLeftAlone() {
        long group = 3;
        int entry = table.insert(group, 1L << 20, 2);
        table.invalidate(group, entry, 2L << 20);
        assertThat(table.first(group, entry) & Hpte.VALID).isEqualTo(Hpte.VALID);
        assertThat(table.updateRights(group, entry, 2L << 20, 3)).isFalse();
        assertThat(table.second(group, entry)).isEqualTo(2);
    }

    @Test
    void segmentsOf1TiBHashTheirVsidTwice() {
        long vpn1T = Segment.vpn(0x123_4567, 0x2000_0000_5000L, Segment.SIZE_1T);
        assertThat(vpn1T).isEqualTo(0x123_4567L << 28 | 5);
        assertThat(Segment.hash(vpn1T, 12, Segment.SIZE_1T))
                .isEqualTo((0x123_4567L ^ 0x123_4567L << 25 ^ 5) & (1L << 39) - 1);
    }

    /// Modulo 2^40 - 1, computed in another way.
    @Test
    void vsidsAreScrambledContexts() {
        long modulus = (1L << 40) - 1;
        for (int context : new int[] {1, 2, 77, (1 << 19) - 1}) {
            for (long ea : new long[] {0, VA, 0xff_ffff_ffffL}) {
                long proto = (long) context << 21 | ea >>> 28;
                long expected = BigInteger.valueOf(proto)
                        .multiply(BigInteger.valueOf(12538073))
                        .mod(BigInteger.valueOf(modulus))
                        .longValueExact();
                assertThat(Segment.vsid(context, ea, Segment.SIZE_256M)).isEqualTo(expected);
            }
        }
    }

    /// Fills both groups of a page with others: the page still gets in, and one of them goes.
    @Test
    void thePageOfFullGroupsEvictsAnother() {
        HashTranslations translations = new HashTranslations(memory, PAGES);
        HashPageTableFormat format = new HashPageTableFormat(PAGES);
        Context space = new Context();
        space.id = 5;
        long pageVpn = Segment.vpn(Segment.vsid(5, VA, Segment.SIZE_256M), VA, Segment.SIZE_256M);
        long pageHash = Segment.hash(pageVpn, 12, Segment.SIZE_256M);
        for (int entry = 0; entry < 8; entry++) {
            int _ = table.insert(table.group(pageHash, false), (long) entry << 30, 2);
            int _ = table.insert(table.group(pageHash, true), (long) entry << 30 | Hpte.SECONDARY, 2);
        }
        long ptePa = 0x1000;
        format.store(memory, ptePa, format.leaf(0x77, format.protection(true, true, false, 0)));
        assertThat(translations.hashPage(space, VA, ptePa, LinuxPte.PRESENT | LinuxPte.READ))
                .isTrue();
        mmu.slb().insert(VA, Segment.SIZE_256M, Segment.vsid(5, VA, Segment.SIZE_256M), Slb.KP);
        assertThat(((Walk.Mapped) mmu.walk(VA, Access.READ, Privilege.USER)).pa).isEqualTo(0x7_7000);
        int left = 0;
        for (int entry = 0; entry < 8; entry++) {
            left += (int) (table.first(table.group(pageHash, false), entry) & 1)
                    + (int) (table.first(table.group(pageHash, true), entry) & 1);
        }
        assertThat(left).as("fifteen others and the page").isEqualTo(16);
        translations.entryChanged(space, VA, ptePa, format.load(memory, ptePa), 0);
        assertThat(code(Access.READ)).isEqualTo(Integer.toUnsignedLong(DSISR_NOHPTE));
    }

    @Test
    void aLeafWhoseEntryWasEvictedGetsAnother() {
        HashTranslations translations = new HashTranslations(memory, PAGES);
        HashPageTableFormat format = new HashPageTableFormat(PAGES);
        Context space = new Context();
        space.id = 5;
        long ptePa = 0x1000;
        format.store(memory, ptePa, format.leaf(0x77, format.protection(true, true, false, 0)));
        assertThat(translations.hashPage(space, VA, ptePa, LinuxPte.PRESENT | LinuxPte.READ))
                .isTrue();
        long pageVpn = Segment.vpn(Segment.vsid(5, VA, Segment.SIZE_256M), VA, Segment.SIZE_256M);
        table.evict(table.group(Segment.hash(pageVpn, 12, Segment.SIZE_256M), false), 0);
        assertThat(translations.hashPage(space, VA, ptePa, LinuxPte.PRESENT | LinuxPte.READ | LinuxPte.WRITE))
                .isTrue();
        assertThat(format.isDirty(format.load(memory, ptePa))).isTrue();
        mmu.slb().insert(VA, Segment.SIZE_256M, Segment.vsid(5, VA, Segment.SIZE_256M), Slb.KP);
        assertThat(((Walk.Mapped) mmu.walk(VA, Access.WRITE, Privilege.USER)).writable)
                .isTrue();
    }

    @Test
    void theAssistDoesNotGiveWhatTheLeafDoesNotPermit() {
        HashTranslations translations = new HashTranslations(memory, PAGES);
        HashPageTableFormat format = new HashPageTableFormat(PAGES);
        Context space = new Context();
        space.id = 5;
        format.store(memory, 0x1000, format.leaf(0x77, format.protection(true, false, false, 0)));
        assertThat(translations.hashPage(space, VA, 0x1000, LinuxPte.PRESENT | LinuxPte.READ | LinuxPte.WRITE))
                .isFalse();
        format.store(memory, 0x1000, format.leaf(0x77, format.protection(false, false, false, 0)));
        assertThat(translations.hashPage(space, VA, 0x1000, LinuxPte.PRESENT | LinuxPte.READ))
                .isFalse();
        assertThat(translations.hashPage(space, VA, 0x1008, LinuxPte.PRESENT | LinuxPte.READ))
                .as("nothing there")
                .isFalse();
    }
}
