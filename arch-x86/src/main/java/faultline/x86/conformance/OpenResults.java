package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.FLAGS;
import static faultline.x86.conformance.X86State.INSTRUCTION;
import static faultline.x86.conformance.X86State.OPCODE;
import static faultline.x86.conformance.X86State.SIGNAL;
import static faultline.x86.cpu.Flags.AF;
import static faultline.x86.cpu.Flags.CF;
import static faultline.x86.cpu.Flags.OF;
import static faultline.x86.cpu.Flags.PF;
import static faultline.x86.cpu.Flags.SF;
import static faultline.x86.cpu.Flags.STATUS;
import static faultline.x86.cpu.Flags.ZF;

import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.TestVector.Tolerance;
import faultline.core.isa.OpcodeInsn;
import faultline.core.isa.OpcodeRow;
import faultline.x86.cpu.X86Cpu;
import java.util.Arrays;

/// What the manuals leave open of an instruction's outcome: status flags, results of shifts beyond
/// the operand, reserved bytes of images, the last bits of approximations. docs/x86-undefined.md
/// has the same as a table, with what is done here.
final class OpenResults {

    /// Of a reciprocal: the manual allows a relative error of 1.5 * 2^-12.
    static final String RECIPROCAL = "1.5*2^-12";

    /// Of a transcendental x87 result.
    static final String ULP = "2ulp";

    /// Any NaN for any NaN, in single-precision lanes.
    static final String NAN = "nan";

    private static final double RECIPROCAL_ERROR = 1.5 / (1 << 12);
    private static final int LAST_ADDRESSES = 3;
    private static final float SMALLEST_NORMAL = Float.MIN_NORMAL;
    private static final int ERROR_SUMMARY = 0x80;
    private static final int BUSY = 0x8000;
    private static final int PAGE_FAULT = 14;

    /// SIGVTALRM: an oracle's own end of a case.
    private static final int OUT_OF_TIME = 26;
    private static final int TOP = 7 << 11;
    private static final int UNDERFLOW = 0x10;
    private static final int PRECISION = 0x20;
    private static final int C1 = 0x200;

    private OpenResults() {}

    static void apply(OpcodeInsn insn, TestVector vector) {
        if (!isPending(vector.after)) {
            open(vector, OPCODE, INSTRUCTION, X86State.DATA);
        }
        OpcodeRow row = insn.row;
        if (row == null) {
            return;
        }
        if (vector.after[SIGNAL] == OUT_OF_TIME && (insn.lock || row.mnemonic().equals("xchg"))) {
            slowedDown(vector);
            return;
        }
        if (vector.after[SIGNAL] != 0
                && insn.hasMemory()
                && isOtherFault(row, operandAddress(insn, vector), vector.before)) {
            openSignal(vector);
        }
        shortStringAddresses(row.mnemonic(), insn, vector);
        if (vector.after[SIGNAL] != 0) {
            partialEffects(row.mnemonic(), insn, vector);
        }
        vector.undefined[FLAGS] |= flags(row.mnemonic(), insn, vector);
        values(row.mnemonic(), insn, vector);
    }

    /// Whether processors differ in which fault of an operand comes first.
    private static boolean isOtherFault(OpcodeRow row, long address, long[] before) {
        return VendorDifferences.isMisalignedOverCanonicalEnd(address, before)
                || VendorDifferences.isMisalignedImage(row.mnemonic(), address, before)
                || VendorDifferences.isWideX87OverCanonicalEnd(row.mnemonic(), address);
    }

    /// Whether an x87 exception is pending. If not, AMD's processors have forgotten by the next
    /// XSAVE, which an oracle's signal handler is, where the last instruction and operand were.
    private static boolean isPending(long[] words) {
        return (words[X86State.STATUS] & ERROR_SUMMARY) != 0;
    }

    /// Leaves words open, unless nothing is there to be lost.
    private static void open(TestVector vector, int... words) {
        for (int word : words) {
            if (vector.before[word] != 0
                    || vector.row == null
                    || vector.row.chapter().startsWith("X87")) {
                vector.undefined[word] = -1;
            }
        }
    }

    /// Linux slows programs down that lock the bus (`split_lock_detect`), by more than an oracle's patience: the case
    /// has no result.
    private static void slowedDown(TestVector vector) {
        Arrays.fill(vector.undefined, -1);
        mask(vector, TestMemory.DATA, TestMemory.WRITABLE_BYTES);
    }

    private static void openSignal(TestVector vector) {
        Arrays.fill(vector.undefined, SIGNAL, X86State.CR2 + 1, -1);
    }

    /// With ECX, ESI and EDI processors differ in whether the upper halves are cleared before there is something to do.
    private static void shortStringAddresses(String mnemonic, OpcodeInsn insn, TestVector vector) {
        boolean string = switch (mnemonic) {
            case "movs", "stos", "lods", "cmps", "scas" -> (insn.special & OpcodeInsn.ADDRESS_32) != 0;
            default -> false;
        };
        boolean nothing = insn.repeat != 0 && (int) vector.before[X86Cpu.RCX] == 0;
        if (string && (nothing || vector.after[SIGNAL] != 0)) {
            for (int register : new int[] {X86Cpu.RCX, X86Cpu.RSI, X86Cpu.RDI}) {
                vector.undefined[register] |= -1L << Integer.SIZE;
            }
        }
    }

    /// What an instruction that faults has done before: nothing here (I1), but for the elements of a
    /// string.
    private static void partialEffects(String mnemonic, OpcodeInsn insn, TestVector vector) {
        if (mnemonic.equals("cmps") || mnemonic.equals("scas")) {
            // AMD's processors keep the flags of the last comparison, Intel's those from before.
            vector.undefined[FLAGS] |= STATUS;
        } else if (insn.repeat == 0 || !mnemonic.equals("movs") && !mnemonic.equals("stos")) {
            openChangedMemory(vector);
        }
        if (VendorDifferences.isOneOfTwo(mnemonic, insn, vector.after)) {
            Arrays.fill(vector.undefined, X86State.SIGNAL_CODE, X86State.CR2 + 1, -1);
        }
        if (vector.row != null && vector.row.chapter().equals("Mmx")) {
            // To a store that faults TOP is 0 already on Intel's processors, not on AMD's.
            vector.undefined[X86State.STATUS] |= TOP;
            Arrays.fill(vector.undefined, X86State.STACK, X86State.STACK + 16, -1);
        }
    }

    private static long flags(String mnemonic, OpcodeInsn insn, TestVector vector) {
        return switch (mnemonic) {
            case "and", "or", "xor", "test" -> AF;
            case "andn", "blsi", "blsmsk", "blsr", "bzhi" -> AF | PF;
            case "bextr" -> AF | SF | PF;
            case "mul", "imul" -> SF | ZF | AF | PF;
            case "div", "idiv" -> STATUS;
            case "bt", "bts", "btr", "btc" -> OF | SF | AF | PF;
            case "bsf", "bsr" -> STATUS & ~ZF;
            case "tzcnt", "lzcnt" -> STATUS & ~ZF & ~CF;
            case "shl", "shr", "sar" -> shift(insn, count(insn, vector, 1), mnemonic.equals("sar"));
            case "rol", "ror", "rcl", "rcr" -> count(insn, vector, 1) == 1 || count(insn, vector, 1) == 0 ? 0 : OF;
            case "shld", "shrd" -> doubleShift(insn, count(insn, vector, 2));
            default -> 0;
        };
    }

    /// A shift's count: an immediate, or CL, as the row has it at position `at`.
    private static int count(OpcodeInsn insn, TestVector vector, int at) {
        String assembly = insn.row == null ? "" : insn.row.assembly();
        long count = assembly.endsWith("CL") ? vector.before[X86Cpu.RCX] : assembly.endsWith(" 1") ? 1 : insn.imm[at];
        boolean wide = insn.bits() == 64 && !assembly.contains("Eb");
        return (int) count & (wide ? 63 : 31);
    }

    private static int width(OpcodeInsn insn) {
        return insn.row != null && insn.row.assembly().contains("Eb") ? 8 : insn.bits();
    }

    private static long shift(OpcodeInsn insn, int count, boolean arithmetic) {
        if (count == 0) {
            return 0;
        }
        long beyond = count >= width(insn) && !arithmetic ? CF : 0;
        return AF | (count == 1 ? 0 : OF) | beyond;
    }

    private static long doubleShift(OpcodeInsn insn, int count) {
        if (count == 0) {
            return 0;
        }
        return count > insn.bits() ? STATUS : AF | (count == 1 ? 0 : OF);
    }

    private static void values(String mnemonic, OpcodeInsn insn, TestVector vector) {
        switch (mnemonic) {
            case "shld", "shrd" -> {
                if (count(insn, vector, 2) > insn.bits()) {
                    leaveDestinationOpen(insn, vector);
                }
            }
            case "bswap" -> {
                if (insn.bits() == 16) {
                    vector.undefined[insn.reg[0]] = 0xffff;
                }
            }
            case "rcpps", "rsqrtps" -> {
                tolerate(vector, "x" + insn.reg[0] + "l", RECIPROCAL, X86State.XMM + 2 * insn.reg[0]);
                tolerate(vector, "x" + insn.reg[0] + "h", RECIPROCAL, X86State.XMM + 2 * insn.reg[0] + 1);
            }
            case "rcpss", "rsqrtss" ->
                tolerate(vector, "x" + insn.reg[0] + "l", RECIPROCAL, X86State.XMM + 2 * insn.reg[0]);
            case "f2xm1", "fyl2xp1", "fyl2x", "fpatan", "fsin", "fcos" -> transcendental(vector, 0);
            case "fsincos", "fptan" -> transcendental(vector, 1);
            case "fxsave", "fxsave64", "xsave", "xsave64", "fxrstor", "fxrstor64", "xrstor", "xrstor64" ->
                image(vector);
            case "fnstenv", "fnsave", "fldenv", "frstor" -> environment(mnemonic, vector);
            case "dpps", "dppd" -> {
                tolerate(vector, "x" + insn.reg[0] + "l", NAN, X86State.XMM + 2 * insn.reg[0]);
                tolerate(vector, "x" + insn.reg[0] + "h", NAN, X86State.XMM + 2 * insn.reg[0] + 1);
            }
            case "maskmovq", "maskmovdqu" -> openFaultAddress(vector);
            case "smsw", "sldt", "str", "sgdt", "sidt" -> emulated(insn, vector);
            case "mov", "pop", "lss", "lfs", "lgs" -> nullSelectors(vector);
            default -> {}
        }
    }

    /// A 16-bit destination; wider ones have no count beyond them.
    private static void leaveDestinationOpen(OpcodeInsn insn, TestVector vector) {
        if (!insn.hasMemory()) {
            vector.undefined[insn.reg[0]] = 0xffff;
        } else {
            mask(vector, operandAddress(insn, vector), insn.bits() / 8);
        }
    }

    private static long operandAddress(OpcodeInsn insn, TestVector vector) {
        long index = insn.index == X86Cpu.NONE ? 0 : vector.before[insn.index];
        long base = insn.base == X86Cpu.NONE ? 0 : vector.before[insn.base];
        long offset = base + (index << insn.scale) + insn.disp;
        if ((insn.special & OpcodeInsn.ADDRESS_32) != 0) {
            offset &= 0xffffffffL;
        }
        if ((insn.special & OpcodeInsn.SEGMENT_FS) != 0) {
            return offset + vector.before[X86State.FS_BASE];
        }
        return (insn.special & OpcodeInsn.SEGMENT_GS) != 0 ? offset + vector.before[X86State.GS_BASE] : offset;
    }

    private static void tolerate(TestVector vector, String word, String rule, int index) {
        if (vector.after[SIGNAL] == 0) {
            vector.undefined[index] = -1;
            vector.tolerances.add(new Tolerance(word, rule));
        }
    }

    /// A result within some ulps; whether it was rounded up, and whether it is exact.
    private static void transcendental(TestVector vector, int last) {
        boolean trapsPrecision = (vector.before[X86State.CONTROL] & PRECISION) == 0;
        vector.undefined[X86State.STATUS] |= C1 | PRECISION | (trapsPrecision ? ERROR_SUMMARY | BUSY : 0);
        if (trapsPrecision) {
            open(vector, OPCODE, INSTRUCTION, X86State.DATA);
        }
        for (int register = 0; register <= last; register++) {
            if ((vector.after[X86State.STACK + 2 * register + 1] & 0x7fff) <= 1) {
                // At the end of the range the last bit decides what is an underflow.
                vector.undefined[X86State.STATUS] |= UNDERFLOW;
            }
            tolerateStack(vector, register);
        }
    }

    private static void tolerateStack(TestVector vector, int register) {
        int index = X86State.STACK + 2 * register;
        tolerate(vector, "s" + register, ULP, index);
        if (vector.after[SIGNAL] == 0) {
            vector.undefined[index + 1] = -1;
        }
    }

    /// Of FXSAVE's image: the last addresses, as in the state, and the mask of MXCSR's bits, which is
    /// the processor's.
    private static void image(TestVector vector) {
        openFaultAddress(vector);
        if (vector.after[SIGNAL] == 0 && !vector.memoryBefore.isEmpty()) {
            long at = vector.memoryBefore.getLast().at();
            if (!isPending(vector.before)) {
                mask(vector, at + 6, 18);
            }
            mask(vector, at + 28, 4);
        }
    }

    /// Which of several bytes that cannot be accessed is reported: processors begin at either end.
    private static void openFaultAddress(TestVector vector) {
        if (vector.after[X86State.TRAP] == PAGE_FAULT) {
            vector.undefined[X86State.SIGNAL_ADDRESS] = -1;
            vector.undefined[X86State.CR2] = -1;
            vector.undefined[X86State.SIGNAL_CODE] = 3;
            vector.undefined[X86State.ERROR] = 1;
        }
    }

    /// What Linux does in the place of an instruction that UMIP keeps from programs: it leaves the
    /// upper half of a register, calls every fault one of an unmapped page, and stores byte by byte.
    private static void emulated(OpcodeInsn insn, TestVector vector) {
        if (vector.after[SIGNAL] != 0) {
            for (int word = X86State.SIGNAL_CODE; word <= X86State.CR2; word++) {
                vector.undefined[word] = -1;
            }
            openChangedMemory(vector);
        } else if (!insn.hasMemory()) {
            vector.undefined[insn.reg[0]] = -1L << Math.min(insn.bits(), 32);
        }
    }

    /// Returning to a program clears a data-segment register that holds a null selector with a
    /// privilege level.
    private static void nullSelectors(TestVector vector) {
        if (vector.row != null && !vector.row.chapter().equals("SegmentRegister")) {
            return;
        }
        for (int word = X86State.ES; word <= X86State.GS; word++) {
            if (vector.after[word] == 0) {
                vector.undefined[word] = 3;
            }
        }
    }

    private static void openChangedMemory(TestVector vector) {
        for (MemoryRun run : vector.memoryAfter) {
            byte[] mask = new byte[run.bytes().length];
            Arrays.fill(mask, (byte) 0xff);
            vector.memoryUndefined.add(new MemoryRun(run.at(), mask));
        }
    }

    /// Of FNSTENV's image: the last addresses, whose upper halves have no place there.
    private static void environment(String mnemonic, TestVector vector) {
        openFaultAddress(vector);
        if (mnemonic.startsWith("fn") && vector.after[SIGNAL] == 0 && !vector.memoryBefore.isEmpty()) {
            boolean narrow = vector.code[0] == 0x66 || vector.code.length > 1 && vector.code[1] == 0x66;
            int slot = narrow ? 2 : 4;
            mask(vector, vector.memoryBefore.getLast().at() + (long) LAST_ADDRESSES * slot, 4 * slot);
        }
    }

    private static void mask(TestVector vector, long at, int bytes) {
        byte[] mask = new byte[bytes];
        Arrays.fill(mask, (byte) 0xff);
        if (TestMemory.isWritable(at, bytes)) {
            vector.memoryUndefined.add(new MemoryRun(at, mask));
        }
    }

    // Tolerances.

    static boolean isWithin(Tolerance tolerance, long[] expected, long[] found) {
        int index = X86State.LAYOUT.index(tolerance.rule().equals(ULP) ? tolerance.word() + "m" : tolerance.word());
        return switch (tolerance.rule()) {
            case RECIPROCAL ->
                isNear(expected[index], found[index]) && isNear(expected[index] >>> 32, found[index] >>> 32);
            case ULP -> isWithinUlp(expected, found, index);
            case NAN -> isSameOrNan(expected[index], found[index]);
            default -> throw new IllegalArgumentException(tolerance.rule() + ": there is no such tolerance");
        };
    }

    private static boolean isSameOrNan(long expected, long found) {
        boolean doubles =
                Double.isNaN(Double.longBitsToDouble(expected)) && Double.isNaN(Double.longBitsToDouble(found));
        return doubles
                || isNanOr((int) expected, (int) found) && isNanOr((int) (expected >>> 32), (int) (found >>> 32));
    }

    private static boolean isNanOr(int expected, int found) {
        return expected == found
                || Float.isNaN(Float.intBitsToFloat(expected)) && Float.isNaN(Float.intBitsToFloat(found));
    }

    private static boolean isNear(long expected, long found) {
        if ((int) expected == (int) found) {
            return true;
        }
        float a = Float.intBitsToFloat((int) expected);
        float b = Float.intBitsToFloat((int) found);
        if (a == 0 && Math.abs(b) <= SMALLEST_NORMAL) {
            // Flushed, being too small or all but too small.
            return true;
        }
        return Math.abs((double) a - b) <= RECIPROCAL_ERROR * Math.abs((double) b);
    }

    /// The exponent; that of denormals is the least of normal numbers.
    private static long scale(long signAndExponent) {
        return Math.max(signAndExponent & 0x7fff, 1) | signAndExponent & 0x8000;
    }

    private static boolean isWithinUlp(long[] expected, long[] found, int index) {
        long sameBinade = expected[index] - found[index];
        long exponents = scale(expected[index + 1]) - scale(found[index + 1]);
        if (exponents == 0) {
            return Math.abs(sameBinade) <= 2;
        }
        // Across a power of two: 1.000… and 1.111… of the exponent below.
        long above = exponents == 1 ? expected[index] : found[index];
        long below = exponents == 1 ? found[index] : expected[index];
        return Math.abs(exponents) == 1 && above - Long.MIN_VALUE + -1 - below <= 2 && above < 0 && below < 0;
    }
}
