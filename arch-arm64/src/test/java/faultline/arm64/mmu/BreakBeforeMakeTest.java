package faultline.arm64.mmu;

import static faultline.arm64.mmu.Descriptor.ATTRIBUTE_INDEX;
import static faultline.arm64.mmu.Descriptor.CONTIGUOUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.pgtable.EntryCheck;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may change in place and what needs a break.
final class BreakBeforeMakeTest {

    private static final long AT = 0x7018;

    private record Case(EntryCheck check, Arm64PageTableFormat format, long page, long other) {
        Case(int shift) {
            this(new Arm64PageTableFormat(new PageGeometry(shift)));
        }

        private Case(Arm64PageTableFormat format) {
            this(
                    format.newEntryCheck(),
                    format,
                    format.leaf(7, format.protection(true, true, false, 0)),
                    format.leaf(8, format.protection(true, true, false, 0)));
        }
    }

    private static void assertForbidden(Case at, long before, long after) {
        assertThatThrownBy(() -> at.check.changes(AT, before, after))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0x7018")
                .hasMessageContaining("break-before-make");
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14, 16})
    void anotherAddressTypeOrAttributeNeedsABreak(int shift) {
        Case at = new Case(shift);
        assertForbidden(at, at.page, at.other);
        assertForbidden(at, at.page, at.page | ATTRIBUTE_INDEX);
        assertForbidden(at, at.page, at.page | CONTIGUOUS);
        assertForbidden(at, at.page & ~Descriptor.TABLE, at.page);
        assertForbidden(at, at.page, at.page & ~Descriptor.NG);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14, 16})
    void rightsAndNotesChangeInPlace(int shift) {
        Case at = new Case(shift);
        at.check.changes(AT, at.page, at.format.mkDirty(at.page));
        at.check.changes(AT, at.page, at.format.wrProtect(at.page));
        at.check.changes(AT, at.page, at.format.mkOld(at.page));
        at.check.changes(AT, at.page, at.format.modify(at.page, at.format.protection(true, false, true, 0)));
        assertThat(at.check.refills()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14, 16})
    void aBreakIsCompleteOnlyAfterTheFlush(int shift) {
        Case at = new Case(shift);
        at.check.changes(AT, at.page, 0);
        at.check.settled(AT, AT + 8);
        at.check.changes(AT, 0, at.other);
        assertThat(at.check.refills()).isZero();
        at.check.changes(AT, at.other, 0);
        at.check.settled(AT + 8, AT + 16);
        at.check.changes(AT, 0, at.page);
        assertThat(at.check.refills()).as("another entry was flushed").isEqualTo(1);
        at.check.changes(AT, at.page, 0);
        at.check.changes(AT, 0, at.page);
        assertThat(at.check.refills()).as("the same page again").isEqualTo(1);
    }
}
