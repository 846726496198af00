package faultline.ppc64.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.cpu.Vcpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.pgtable.AddressSpaceIds.Context;
import faultline.kernel.testing.SharedTable;
import org.junit.jupiter.api.Test;

final class ContextIdsTest {

    private final ContextIds ids = new ContextIds(2, true);

    private Context begun() {
        Context space = new Context();
        ids.begin(space);
        return space;
    }

    @Test
    void anIdIsForLifeAndTheLeastFreeIsNext() {
        Context first = begun();
        Context second = begun();
        assertThat(ContextIds.id(first)).isEqualTo(1);
        assertThat(ContextIds.id(second)).isEqualTo(2);
        ids.end(first);
        assertThat(ContextIds.id(begun())).isEqualTo(1);
        assertThat(ContextIds.id(second)).isEqualTo(2);
    }

    @Test
    void whenAllAreTakenThereIsNoOther() {
        begun();
        begun();
        begun();
        assertThatThrownBy(this::begun).isInstanceOf(ErrnoException.class).hasMessageContaining("ENOMEM");
    }

    @Test
    void aTlbKeepsTwoSpacesApartAndNothingOfOneThatIsGone() {
        SharedTable table = new SharedTable(
                new RadixPageTableFormat(PageGeometry.KIB_4), 1, memory -> new RadixMmu(memory, PageGeometry.KIB_4));
        Vcpu vcpu = table.vcpu(0);
        Context space = begun();
        ids.switchTo(vcpu, space);
        vcpu.mem().load8(table.va(0));
        ids.switchTo(vcpu, begun());
        assertThat(table.cached(0)).isZero();
        ids.switchTo(vcpu, space);
        assertThat(table.cached(0)).as("kept").isEqualTo(1);
        ids.end(space);
        Context heir = begun();
        assertThat(ContextIds.id(heir)).isEqualTo(ContextIds.id(space));
        ids.switchTo(vcpu, heir);
        assertThat(table.cached(0)).as("of the same id").isZero();
    }
}
