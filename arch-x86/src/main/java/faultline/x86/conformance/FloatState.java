package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.CONTROL;
import static faultline.x86.conformance.X86State.DATA;
import static faultline.x86.conformance.X86State.INSTRUCTION;
import static faultline.x86.conformance.X86State.MXCSR_STANDARD;
import static faultline.x86.conformance.X86State.OPCODE;
import static faultline.x86.conformance.X86State.STACK;
import static faultline.x86.conformance.X86State.STATUS;
import static faultline.x86.conformance.X86State.TAGS;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.RandomSource;
import org.jspecify.annotations.Nullable;

/// Operands and control registers of the floating-point units.
final class FloatState {

    private static final int EXCEPTIONS = 0x3f;
    private static final int ERROR_SUMMARY_AND_BUSY = 0x8080;
    private static final int CONDITIONS = 0x4700;

    private final RandomSource random;
    private final LaneOperands lanes;
    private final ExtendedOperands extended = new ExtendedOperands();

    FloatState(RandomSource random) {
        this.random = random;
        lanes = new LaneOperands(random);
    }

    /// The format of the elements that an SSE instruction takes, null for integers.
    static @Nullable HardFloats elements(RowEncoding row) {
        String name = row.mnemonic();
        if (!row.row.chapter().startsWith("Sse") || name.startsWith("p")) {
            return null;
        }
        if (name.startsWith("cvt")) {
            name = name.substring(0, name.indexOf('2'));
        }
        if (name.endsWith("ps") || name.endsWith("ss")) {
            return HardFloats.SINGLE;
        }
        return name.endsWith("pd") || name.endsWith("sd") ? HardFloats.DOUBLE : null;
    }

    /// Characters with a zero now and then, as string comparison takes them.
    void text(long[] words, int at) {
        for (int half = 0; half < 2; half++) {
            long value = 0;
            for (int i = 0; i < 8; i++) {
                value = value << 8 | (random.oneIn(12) ? 0 : "abcAz\u00e9".charAt(random.below(6)));
            }
            words[at + half] = value;
        }
    }

    /// MXCSR: all rounding modes, flushing, flags that are set already, at times unmasked.
    long mxcsr() {
        long value = MXCSR_STANDARD;
        if (random.oneIn(4)) {
            return value | (random.oneIn(2) ? 0x20 : 0);
        }
        value |= (long) random.below(4) << 13 | (random.oneIn(4) ? 1L << 15 : 0) | (random.oneIn(4) ? 1 << 6 : 0);
        if (random.oneIn(3)) {
            value |= random.bits() & EXCEPTIONS;
        }
        return random.oneIn(6) ? value & ~(random.bits() & MXCSR_STANDARD) : value;
    }

    /// An x87 control word: all rounding modes and precisions, at times unmasked.
    int control() {
        int precision = random.oneIn(16) ? 1 : random.oneOf(0, 2, 3, 3);
        int masks = random.oneIn(6) ? random.below(EXCEPTIONS + 1) : EXCEPTIONS;
        return 0x40 | random.below(4) << 10 | precision << 8 | masks;
    }

    /// The x87 with hard operands in all registers, some of them empty.
    void x87(long[] words) {
        int top = random.below(8);
        for (int i = 0; i < 8; i++) {
            if (i == 1) {
                extended.beside(random, (int) words[STACK + 1], words[STACK]);
            } else {
                extended.one(random);
            }
            words[STACK + 2 * i] = extended.m;
            words[STACK + 2 * i + 1] = extended.se;
        }
        words[CONTROL] = random.oneIn(3) ? X86State.CONTROL_STANDARD : control();
        long status = (long) top << 11 | (random.oneIn(3) ? random.bits() & (CONDITIONS | EXCEPTIONS) : 0);
        if ((status & ~words[CONTROL] & EXCEPTIONS) != 0) {
            // Pending: seldom, because then nothing else happens.
            status = random.oneIn(4) ? status | ERROR_SUMMARY_AND_BUSY : status & ~EXCEPTIONS;
        }
        words[STATUS] = status;
        words[TAGS] = switch (random.below(6)) {
            case 0 -> random.below(256);
            // Room for a push.
            case 1, 2 -> 0xff & ~(1 << (top + 7 & 7));
            default -> 0xff;
        };
        if ((status & ERROR_SUMMARY_AND_BUSY) != 0) {
            words[OPCODE] = random.below(0x800);
            words[INSTRUCTION] = random.bits() >>> 17;
            words[DATA] = random.bits() >>> 17;
        }
    }

    /// MMX registers: the significands, as integers.
    void mmx(long[] words) {
        long[] values = new long[2];
        for (int i = 0; i < 8; i += 2) {
            lanes.integers(values, 0);
            words[STACK + 2 * i] = values[0];
            words[STACK + 2 * i + 2] = values[1];
        }
    }

    /// An 80-bit operand in memory; ten bytes.
    byte[] extended() {
        extended.one(random);
        byte[] bytes = new byte[10];
        put(bytes, 0, extended.m, 8);
        put(bytes, 8, extended.se, 2);
        return bytes;
    }

    /// A packed decimal; one in eight has digits that are none.
    byte[] decimal() {
        byte[] bytes = new byte[10];
        for (int i = 0; i < 9; i++) {
            bytes[i] = (byte) (random.below(10) << 4 | random.below(10));
        }
        bytes[9] = (byte) (random.below(2) << 7);
        if (random.oneIn(8)) {
            random.fill(bytes, 0, 10);
        }
        return bytes;
    }

    static void put(byte[] to, int at, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            to[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
