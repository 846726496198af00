package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.FLAGS;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.isa.OpcodeInsn;
import faultline.core.isa.OpcodeRow;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.insn.X86Decoder;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Random bytes: which are instructions, how long they are, which prefixes they refuse.
///
/// The case is stepped, because nobody knows beforehand where the instruction ends. Left out is
/// what must not be executed or cannot be compared: [#isExcluded] has the list.
final class ByteCase {

    private static final int BYTES = 15;

    private static final int[] PREFIXES = {0x66, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x26, 0x64, 0x65};

    /// What differs by nature, and what a stepped case cannot hold: the kernel's 32-bit code, an
    /// instruction after which no trap comes, a debug trap of its own.
    private static final Set<String> INCOMPARABLE = Set.of(
            "cpuid",
            "rdtsc",
            "rdtscp",
            "rdpid",
            "rdrand",
            "rdseed",
            "xgetbv",
            "rdpmc",
            "rdpkru",
            "wrpkru",
            "syscall",
            "iret/iretd/iretq",
            "retf",
            "int",
            "int1",
            "xsave",
            "xrstor",
            "lsl",
            "lss",
            "rcpps",
            "rcpss",
            "rsqrtps",
            "rsqrtss",
            "f2xm1",
            "fyl2x",
            "fyl2xp1",
            "fpatan",
            "fptan",
            "fsin",
            "fcos",
            "fsincos",
            "fxsave",
            "fxsave64",
            "fxrstor",
            "fxrstor64",
            "fnstenv",
            "fnsave",
            "fldenv",
            "frstor",
            "xsave64",
            "xrstor64",
            "sgdt",
            "sidt",
            "smsw",
            "sldt",
            "str");

    private final RandomSource random;
    private final X86Decoder decoder = new X86Decoder(CpuModels.max());
    private final OpcodeInsn insn = decoder.scratch();

    ByteCase(RandomSource random) {
        this.random = random;
    }

    boolean make(TestVector vector) {
        byte[] bytes = bytes();
        // What the bytes are here decides only whether they are tried.
        decoder.decode(bytes, 0, BYTES, TestMemory.CODE, insn);
        OpcodeRow row = insn.row;
        if (isExcluded(bytes, row)) {
            return false;
        }
        vector.code = bytes;
        long[] words = vector.before;
        for (int n = 0; n < 16; n++) {
            words[n] = random.oneIn(4)
                    ? random.integer() >>> random.below(64)
                    : TestMemory.DATA + 0x100L * n + random.below(256);
        }
        words[X86Cpu.RSP] = TestMemory.STACK + 8L * random.below(64);
        words[X86Cpu.RCX] = random.oneIn(4) ? words[X86Cpu.RCX] : random.below(9);
        words[FLAGS] |= random.bits() & Flags.STATUS | Flags.TF;
        boolean repeats = insn.repeat != 0 && row != null && isString(row.mnemonic());
        if (repeats) {
            // A step would end it behind one element.
            words[FLAGS] &= ~Flags.TF;
            words[X86Cpu.RCX] = random.below(9);
            vector.code = Arrays.copyOf(bytes, insn.length);
        }
        return true;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        random.fill(bytes, 0, BYTES);
        if (random.oneIn(4)) {
            return bytes;
        }
        int at = 0;
        for (int n = random.below(4); n > 0; n--) {
            bytes[at++] = (byte) (random.oneIn(3) ? 0x40 | random.below(16) : random.oneOf(PREFIXES));
        }
        if (!random.oneIn(3)) {
            bytes[at++] = 0x0f;
            if (random.oneIn(4)) {
                bytes[at++] = (byte) random.oneOf(0x38, 0x3a);
            }
        }
        // Opcode and ModRM are random; displacements and immediates small most of the time.
        for (int i = at + 2; i < BYTES; i++) {
            bytes[i] = random.oneIn(4) ? bytes[i] : 0;
        }
        return bytes;
    }

    private static boolean isString(String mnemonic) {
        return Set.of("movs", "cmps", "stos", "lods", "scas", "ins", "outs").contains(mnemonic);
    }

    private boolean isExcluded(byte[] bytes, @Nullable OpcodeRow row) {
        int at = 0;
        while (isPrefix(bytes[at] & 0xff) && at < BYTES - 4) {
            at++;
        }
        int opcode = bytes[at] & 0xff;
        int second = bytes[at + 1] & 0xff;
        int third = bytes[at + 2] & 0xff;
        // AMD's processors take LOCK before MOV CR0 for CR8, and let VERR and VERW have it.
        boolean lockable = second >> 2 == 0x20 >> 2 || second == 0;
        boolean alternative = opcode == 0x0f && lockable && hasLock(bytes, at);
        if (alternative || entersKernel(opcode, second)) {
            return true;
        }
        if (row == null) {
            return belongsToTheHost(opcode, second, third);
        }
        boolean narrowBranch = insn.operandSize16() && isNearBranch(opcode, second);
        boolean far = opcode == 0xff && ((second >> 3 & 7) == 3 || (second >> 3 & 7) == 5);
        boolean stackSegment = opcode == 0x8e && (second >> 3 & 7) == 2;
        boolean prefetch = opcode == 0x0f && second == 0x0d && third >= 0xc0;
        boolean widePointer = opcode == 0x0f && (second & 0xfc) == 0xb4 && insn.bits() == 64;
        // AMD's processors take F2 and F3 for the condition of LOOPcc.
        boolean repeatedLoop = (opcode == 0xe0 || opcode == 0xe1) && insn.repeat != 0;
        // F3 90 is PAUSE whatever REX says to Intel's, an exchange with REX.B to AMD's.
        boolean pause = opcode == 0x90 && insn.repeat == OpcodeInsn.REPEAT && at > 0 && (bytes[at - 1] & 0xf1) == 0x41;
        if (pause || prefetch || widePointer || repeatedLoop) {
            return true;
        }
        return narrowBranch || far || stackSegment || INCOMPARABLE.contains(row.mnemonic());
    }

    private static boolean hasLock(byte[] bytes, int opcode) {
        for (int i = 0; i < opcode; i++) {
            if ((bytes[i] & 0xff) == 0xf0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPrefix(int b) {
        return (b & 0xf0) == 0x40
                || switch (b) {
                    case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> true;
                    default -> false;
                };
    }

    /// With 66 in front AMD's processors make 16 bits of these, Intel's do not.
    private static boolean isNearBranch(int opcode, int second) {
        return (opcode & 0xf0) == 0x70
                || opcode == 0x0f && (second & 0xf0) == 0x80
                || opcode == 0xff && ((second >> 3 & 7) == 2 || (second >> 3 & 7) == 4)
                || switch (opcode) {
                    case 0xc2, 0xc3, 0xe0, 0xe1, 0xe2, 0xe3, 0xe8, 0xe9, 0xeb -> true;
                    default -> false;
                };
    }

    /// SYSCALL, SYSENTER and INT.
    private static boolean entersKernel(int opcode, int second) {
        return opcode == 0xcd || opcode == 0x0f && (second == 0x05 || second == 0x34);
    }

    /// Instruction sets that hosts have and no model here: VEX, XOP and EVEX, SSE4a, SHA, GFNI, INVPCID, what
    /// stands in the groups 7, 9 and 15 of map 1, and transactions.
    private static boolean belongsToTheHost(int opcode, int second, int third) {
        if (opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62 || opcode == 0x8f || (opcode & 0xfe) == 0xc6) {
            return true;
        }
        if (opcode != 0x0f) {
            return false;
        }
        return switch (second) {
            case 0x01, 0xae, 0xc7, 0x78, 0x79, 0x2b, 0x0f, 0xb8 -> true;
            case 0x38 -> third >= 0x80 && third <= 0x82 || third >= 0xc8 && third <= 0xcf || third >= 0xf5;
            case 0x3a -> third >= 0xcc && third <= 0xcf;
            default -> false;
        };
    }
}
