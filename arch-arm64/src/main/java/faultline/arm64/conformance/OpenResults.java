package faultline.arm64.conformance;

import static faultline.arm64.conformance.A64State.FPCR;
import static faultline.arm64.conformance.A64State.FPSR;
import static faultline.arm64.conformance.A64State.SIGILL;
import static faultline.arm64.conformance.A64State.SIGNAL;
import static faultline.arm64.conformance.A64State.SIGNAL_ADDRESS;
import static faultline.arm64.conformance.A64State.SIGNAL_CODE;
import static faultline.arm64.conformance.A64State.VECTOR;

import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.TestVector;
import java.util.Arrays;

/// What does not count of an outcome: what the manual leaves open, and what user-mode emulation does
/// not tell.
final class OpenResults {

    private static final long FPSR_FLAGS = 0xf0000000L;

    private OpenResults() {}

    static void apply(int word, TestVector vector) {
        // AArch32's condition flags, which the emulator keeps: they are 0 where there is no AArch32.
        vector.undefined[FPSR] = FPSR_FLAGS & vector.after[FPSR];
        if (Words.is(word, 0xfff0fc00, 0x5f10fc00)) {
            // FCVTZS to fixed point in half precision: the emulator writes 32 bits of a negative result.
            vector.undefined[VECTOR + 2 * Words.field(word, 0, 5)] = 0xffff0000L;
        }
        if (vector.after[SIGNAL] == 0) {
            return;
        }
        if (vector.after[SIGNAL] == SIGILL) {
            // The emulator says ILL_ILLOPN, Linux ILL_ILLOPC (arch/arm64/kernel/traps.c, do_el0_undef).
            vector.undefined[SIGNAL_CODE] = -1;
        }
        if (vector.after[SIGNAL_ADDRESS] >>> Places.HOST_BITS != 0 || vector.after[SIGNAL_ADDRESS] == 0) {
            // The emulator's host has no such address, and does not say which it was.
            vector.undefined[SIGNAL_ADDRESS] = -1;
        }
        // Of an access that faults a part may be done (Arm ARM B2.2.1); here none is (I1).
        if (Access.of(word) != null) {
            for (int i = VECTOR; i < FPCR; i++) {
                vector.undefined[i] = vector.after[i] == vector.before[i] ? 0 : -1;
            }
            for (MemoryRun run : vector.memoryAfter) {
                byte[] all = new byte[run.bytes().length];
                Arrays.fill(all, (byte) -1);
                vector.memoryUndefined.add(new MemoryRun(run.at(), all));
            }
        }
    }
}
