package faultline.x86.fault;

import static faultline.kernel.mm.Vma.VM_EXEC;
import static faultline.kernel.mm.Vma.VM_READ;
import static faultline.kernel.mm.Vma.VM_WRITE;
import static faultline.kernel.mm.fault.FaultOutcome.Signal.SEGV_ACCERR;
import static faultline.kernel.mm.fault.FaultOutcome.Signal.SEGV_MAPERR;
import static faultline.kernel.mm.fault.FaultOutcome.Signal.SEGV_PKUERR;
import static faultline.kernel.mm.fault.FaultOutcome.Signal.SIGSEGV;
import static faultline.x86.mmu.PageFaultCode.I;
import static faultline.x86.mmu.PageFaultCode.P;
import static faultline.x86.mmu.PageFaultCode.PK;
import static faultline.x86.mmu.PageFaultCode.SS;
import static faultline.x86.mmu.PageFaultCode.U;
import static faultline.x86.mmu.PageFaultCode.W;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.mmu.Access;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.x86.cpu.X86Cpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules for an access to a VMA, as a table.
final class X86PageFaultTest {

    private static final long ADDRESS = 0x1234_5678;

    private final X86Cpu cpu = new X86Cpu();
    private final X86PageFault fault = new X86PageFault(cpu);

    private void begin(long code) {
        cpu.cr2 = ADDRESS;
        cpu.errorCode = code;
        fault.begin(true);
    }

    /// Codes are of user mode. A VMA is its rights; `-` has none.
    @ParameterizedTest
    @CsvSource({
        // Not present: the VMA's rights decide. A write needs VM_WRITE; a read or a fetch only a VMA that is not empty.
        "0, r, ok",
        "0, rw, ok",
        "0, x, ok",
        "0, w, ok",
        "0, -, ACCERR",
        "W, r, ACCERR",
        "W, rw, ok",
        "W, rx, ACCERR",
        "W, -, ACCERR",
        "W, w, ok",
        "I, rx, ok",
        "I, rw, ok",
        "I, r, ok",
        "I, -, ACCERR",
        // Present: a write may be copy-on-write, anything else is denied for good.
        "PW, rw, ok",
        "PW, r, ACCERR",
        "PW, rwx, ok",
        "P, r, ACCERR",
        "P, rwx, ACCERR",
        "PI, rw, ACCERR",
        "PI, rx, ACCERR",
    })
    void accessesAreJudgedByCodeAndRights(String code, String rights, String expected) {
        begin(code(code) | U);
        boolean refused = fault.isRefused(flags(rights), 0);
        assertThat(refused).isEqualTo(!expected.equals("ok"));
        if (refused) {
            assertThat(fault.refusal(0)).isEqualTo(new FaultOutcome.Signal(SIGSEGV, SEGV_ACCERR, ADDRESS, 0));
        }
    }

    /// PKRU denies access to key 1 and writes to key 2.
    @ParameterizedTest
    @CsvSource({
        "0, rw, 1, PKUERR",
        "W, rw, 1, PKUERR",
        "0, rw, 2, ok",
        "W, rw, 2, PKUERR",
        "0, rw, 3, ok",
        "W, rw, 3, ok",
        // A fetch asks no key.
        "I, rx, 1, ok",
        // The rights' failure is reported as the key's when the key denies, too.
        "W, r, 1, PKUERR",
        "W, r, 2, PKUERR",
        "W, r, 3, ACCERR",
        "0, -, 1, PKUERR",
        "0, -, 0, ACCERR",
    })
    void keysAreAskedBeforeRights(String code, String rights, int key, String expected) {
        cpu.writePkru(1 << 2 | 2 << 4);
        begin(code(code) | U);
        assertThat(fault.isRefused(flags(rights), key)).isEqualTo(!expected.equals("ok"));
        if (expected.equals("PKUERR")) {
            assertThat(fault.refusal(key)).isEqualTo(new FaultOutcome.Signal(SIGSEGV, SEGV_PKUERR, ADDRESS, key));
        } else if (expected.equals("ACCERR")) {
            assertThat(fault.refusal(key).code()).isEqualTo(SEGV_ACCERR);
        }
    }

    /// The page's key denied the access, but the VMA has another key by now: refused all the same,
    /// with that key.
    @Test
    void theHardwaresKeyFaultIsFinalAndNamesTheVmasKeyOfNow() {
        begin(P | U | PK);
        assertThat(fault.isRefused(VM_READ | VM_WRITE, 9)).isTrue();
        assertThat(fault.refusal(9)).isEqualTo(new FaultOutcome.Signal(SIGSEGV, SEGV_PKUERR, ADDRESS, 9));
    }

    @Test
    void aShadowStackAccessFindsNoVmaThatPermitsIt() {
        begin(SS | U);
        assertThat(fault.access()).isEqualTo(Access.WRITE);
        assertThat(fault.isRefused(VM_READ | VM_WRITE, 0)).isTrue();
    }

    @Test
    void theCodeSaysWhatTheAccessWas() {
        begin(U | W);
        assertThat(fault.access()).isEqualTo(Access.WRITE);
        begin(U | I);
        assertThat(fault.access()).isEqualTo(Access.EXECUTE);
        begin(U);
        assertThat(fault.access()).isEqualTo(Access.READ);
        assertThat(fault.code()).isEqualTo(U);
        assertThat(fault.badArea()).isEqualTo(new FaultOutcome.Signal(SIGSEGV, SEGV_MAPERR, ADDRESS, 0));
    }

    private static long code(String letters) {
        long code = 0;
        for (int i = 0; i < letters.length(); i++) {
            code |= switch (letters.charAt(i)) {
                case 'P' -> P;
                case 'W' -> W;
                case 'I' -> I;
                default -> 0;
            };
        }
        return code;
    }

    private static int flags(String rights) {
        int flags = 0;
        for (int i = 0; i < rights.length(); i++) {
            flags |= switch (rights.charAt(i)) {
                case 'r' -> VM_READ;
                case 'w' -> VM_WRITE;
                case 'x' -> VM_EXEC;
                default -> 0;
            };
        }
        return flags;
    }
}
