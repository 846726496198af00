package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What WnR says of an instruction that reads and writes: a fault is a read's when a read would have
/// faulted too, and a write's when only the write did (Arm ARM D24.2.40, ISS encoding of a Data Abort,
/// WnR). Bases are in x1.
final class AtomicFaultTest {

    /// From here on RAM is read-only.
    private static final long READ_ONLY = 3 << 20;

    private @Nullable Access refused;
    private final A64Machine machine = new A64Machine(Guarded::new);

    /// Every address of RAM is its own physical address; above [#READ_ONLY] none may be stored to.
    private final class Guarded implements Mmu {
        private final Walk.Mapped mapped = new Walk.Mapped();
        private final Walk.Faulted faulted = new Walk.Faulted();

        @Override
        public Walk walk(long va, Access access, Privilege privilege) {
            boolean writable = Long.compareUnsigned(va, READ_ONLY) < 0;
            if (Long.compareUnsigned(va, A64Machine.RAM) >= 0 || access == Access.WRITE && !writable) {
                refused = access;
                return faulted.set(va, 0);
            }
            return mapped.set(va, true, writable, true);
        }

        @Override
        public boolean modifiesReadFirst() {
            return true;
        }

        @Override
        public void setRoot(long rootPa) {}

        @Override
        public long root() {
            return 0;
        }
    }

    private Access refusal(String word, long address) {
        machine.load((int) Long.parseLong(word, 16));
        machine.cpu.x[1] = address;
        machine.run();
        assertThat(machine.stop).isEqualTo("fault");
        Access kind = refused;
        assertThat(kind).isNotNull();
        return kind == null ? Access.EXECUTE : kind;
    }

    @ParameterizedTest
    @CsvSource({
        "f8200022, 'ldadd x0, x2, [x1]'",
        "f820003f, 'stadd x0, [x1]'",
        "f8208022, 'swp x0, x2, [x1]'",
        "c8a07c22, 'cas x0, x2, [x1]'",
        "48227c24, 'casp x2, x3, x4, x5, [x1]'",
    })
    void anAtomicOfNothingIsARead(String word, String text) {
        assertThat(refusal(word, A64Machine.RAM)).isEqualTo(Access.READ);
        assertThat(refusal(word, READ_ONLY)).isEqualTo(Access.WRITE);
    }

    @ParameterizedTest
    @CsvSource({"c8007c22, 'stxr w0, x2, [x1]'", "f9000022, 'str x2, [x1]'", "c89ffc22, 'stlr x2, [x1]'"})
    void aStoreIsAWrite(String word, String text) {
        assertThat(refusal(word, A64Machine.RAM)).isEqualTo(Access.WRITE);
        assertThat(refusal(word, READ_ONLY)).isEqualTo(Access.WRITE);
    }
}
