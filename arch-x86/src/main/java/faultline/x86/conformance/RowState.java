package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.DS;
import static faultline.x86.conformance.X86State.FLAGS;
import static faultline.x86.conformance.X86State.FS_BASE;
import static faultline.x86.conformance.X86State.GS_BASE;
import static faultline.x86.conformance.X86State.XMM;
import static faultline.x86.cpu.X86Cpu.RAX;
import static faultline.x86.cpu.X86Cpu.RBP;
import static faultline.x86.cpu.X86Cpu.RBX;
import static faultline.x86.cpu.X86Cpu.RCX;
import static faultline.x86.cpu.X86Cpu.RDI;
import static faultline.x86.cpu.X86Cpu.RDX;
import static faultline.x86.cpu.X86Cpu.RSI;
import static faultline.x86.cpu.X86Cpu.RSP;

import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;

/// What single instructions need of a state to show what they do: implicit operands, the stack,
/// strings, images in memory.
final class RowState {

    static final long AC = 1 << 18;
    private static final long NT = 1 << 14;
    private static final long ID = 1 << 21;

    private static final int[] SELECTORS = {0, 1, 2, 3, 0x23, 0x2b, 0x33, 0x2a, 0x30, 0x10, 0x18, 0x40, 0x83, 0x1000};

    private static final int LEGACY_BYTES = 512;
    private static final int XSAVE_BYTES = 576;

    /// The states that some processor has enabled behind those of the models; those above are nobody's.
    private static final long KNOWN_STATES = 0xfffff;

    private final RowCase it;
    private final RandomSource random;
    private final long[] words;

    RowState(RowCase it) {
        this.it = it;
        random = it.random;
        words = it.words;
    }

    void apply() {
        switch (it.row.row.chapter()) {
            case "Strings", "InputOutput" -> strings();
            case "ControlTransfer" -> transfer();
            case "SegmentRegister" -> segments();
            case "SystemInstructions" -> system();
            default -> byMnemonic();
        }
    }

    private void byMnemonic() {
        switch (it.row.mnemonic()) {
            case "div", "idiv" -> division();
            case "mul", "imul", "cbw/cwde/cdqe", "cwd/cdq/cqo", "mulx", "lahf", "sahf" -> implicit();
            case "shl", "shr", "sar", "sal", "rol", "ror", "rcl", "rcr", "shld", "shrd" ->
                words[RCX] = random.oneIn(4) ? random.integer() : random.below(70);
            case "bt", "bts", "btr", "btc" -> bitOffset();
            case "cmpxchg" -> compareAndExchange();
            case "cmpxchg8b", "cmpxchg16b" -> compareAndExchangePair();
            case "push", "pop", "pushf" -> stack(random.integer());
            case "popf" -> stack(programFlags());
            case "xlat" -> translation();
            case "pcmpestri", "pcmpestrm" -> {
                words[RAX] = random.oneIn(3) ? random.integer() : random.below(40) - 20;
                words[RDX] = random.oneIn(3) ? random.integer() : random.below(40) - 20;
            }
            case "maskmovq", "maskmovdqu" -> {
                long at = it.places.place(16, 1);
                words[RDI] = VendorDifferences.isOverCanonicalEnd(at) ? it.places.inside(16) : at;
                if (random.oneIn(8)) {
                    words[XMM + 2 * it.rm] = 0;
                    words[XMM + 2 * it.rm + 1] = 0;
                }
            }
            case "add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test", "mov", "xchg", "in", "out" ->
                accumulator();
            case "ldmxcsr" -> {
                FloatState.put(
                        it.memory, 0, it.floats.mxcsr() | (random.oneIn(8) ? 1L << 18 + random.below(14) : 0), 4);
            }
            case "fldcw" -> FloatState.put(it.memory, 0, it.floats.control() & 0xffff, 2);
            case "fld", "fbld" -> tenBytes();
            case "fldenv", "frstor", "fnstenv", "fnsave" -> environment();
            case "f2xm1", "fyl2xp1" -> withinReach();
            case "fxsave", "fxsave64", "fxrstor", "fxrstor64", "xsave", "xsave64", "xrstor", "xrstor64" -> image();
            default -> {}
        }
    }

    private void implicit() {
        words[RAX] = random.integer();
        words[RDX] = random.integer();
    }

    private void accumulator() {
        if (it.row.operands.stream().anyMatch(operand -> operand.place() == 'F') || it.row.plusRegister) {
            words[RAX] = random.integer();
        }
        if (it.hasOperand('O')) {
            it.at = it.places.place(8, 1);
            it.store(it.at, new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) random.below(256)});
        }
    }

    private void division() {
        long divisor = random.oneIn(2) ? random.integer() % 1000 : random.integer();
        words[RAX] = random.oneIn(2) ? random.integer() % 1000 : random.integer();
        words[RDX] = random.oneIn(3) ? random.integer() % 100 : -random.below(2);
        if (it.inMemory) {
            FloatState.put(it.memory, 0, divisor, it.memory.length);
        } else if (it.rm != RSP && it.rm != RAX && it.rm != RDX) {
            words[it.rm] = divisor;
        }
    }

    /// The offset of a bit in memory moves the address.
    private void bitOffset() {
        if (it.inMemory && it.hasOperand('G')) {
            it.at = TestMemory.DATA + 0x400 + random.below(0x400);
            it.memory = new byte[0];
            if (it.reg != RSP) {
                long offset = random.oneIn(16) ? random.integer() : random.below(512) - 256;
                words[it.reg] = it.bits == 64 ? offset : offset & (1L << it.bits) - 1 | random.bits() << it.bits;
            }
        }
    }

    private void compareAndExchange() {
        words[RAX] = random.integer();
        if (random.oneIn(2)) {
            if (it.inMemory) {
                FloatState.put(it.memory, 0, words[RAX], it.memory.length);
            } else if (it.rm != RSP) {
                words[it.rm] = words[RAX];
            }
        }
    }

    private void compareAndExchangePair() {
        boolean wide = it.bits == 64;
        it.at = it.places.place(wide ? 16 : 8, wide ? 16 : 1);
        for (int register : new int[] {RAX, RDX, RBX, RCX}) {
            words[register] = random.integer();
        }
        it.memory = new byte[wide ? 16 : 8];
        random.fill(it.memory, 0, it.memory.length);
        if (random.oneIn(2)) {
            FloatState.put(it.memory, 0, words[RAX], it.memory.length / 2);
            FloatState.put(it.memory, it.memory.length / 2, words[RDX], it.memory.length / 2);
        }
    }

    private void translation() {
        words[RAX] = random.integer();
        words[RBX] = it.places.place(256, 1);
    }

    // The stack.

    /// Moves the stack pointer now and then, and puts a value on top.
    private void stack(long value) {
        stackAt(random.oneIn(3) ? it.places.stack() : TestMemory.STACK, value);
    }

    private void stackAt(long pointer, long value) {
        words[RSP] = pointer;
        byte[] top = new byte[8];
        FloatState.put(top, 0, value, 8);
        it.store(pointer, top);
    }

    private long programFlags() {
        return random.bits() & (Flags.STATUS | Flags.DF | NT | (random.oneIn(4) ? AC | ID | Flags.TF | 0x1328000 : 0));
    }

    private void transfer() {
        switch (it.row.mnemonic()) {
            case "ret" -> stack(it.places.target());
            case "loop", "loope", "loopne", "jrcxz" ->
                words[RCX] = random.oneIn(3) ? random.integer() : random.below(3) | (long) random.below(2) << 32;
            case "jmp", "call" -> target();
            case "enter", "leave" -> {
                stack(random.integer());
                words[RBP] = random.oneIn(3) ? it.places.stack() : TestMemory.DATA + 0x900 + random.below(64);
            }
            case "retf", "iret/iretd/iretq" -> farReturn();
            default -> {}
        }
    }

    /// Where an indirect transfer goes, near or far.
    private void target() {
        if (it.hasOperand('J')) {
            return;
        }
        words[FLAGS] |= Flags.TF;
        long target = it.places.target();
        boolean known = !it.inMemory || TestMemory.isWritable(it.at, 8);
        if (known && target << 16 >> 16 == target && random.oneIn(4)) {
            // Processors differ in whether the push or the target is looked at first.
            words[RSP] = it.places.stack();
        }
        if (it.row.row.assembly().contains("far")) {
            it.memory = new byte[it.bits / 8 + 2];
            FloatState.put(it.memory, 0, target, it.bits / 8);
            FloatState.put(it.memory, it.bits / 8, selectorOfCode(), 2);
        } else if (it.inMemory) {
            it.memory = new byte[8];
            FloatState.put(it.memory, 0, target, 8);
        } else if (it.rm != RSP) {
            words[it.rm] = target;
        }
    }

    /// 64-bit code, or what no transfer may reach; not the kernel's 32-bit code, which is there.
    private int selectorOfCode() {
        return random.oneIn(4) ? random.oneOf(3, 0x2b, 0x1003) : 0x33;
    }

    private void farReturn() {
        words[FLAGS] |= Flags.TF;
        int slot = it.bits / 8;
        byte[] frame = new byte[5 * slot];
        long target = it.places.target();
        FloatState.put(frame, 0, target, slot);
        FloatState.put(frame, slot, selectorOfCode(), Math.min(slot, 2));
        FloatState.put(frame, 2 * slot, programFlags() | Flags.TF, slot);
        FloatState.put(frame, 3 * slot, TestMemory.DATA + random.below(0x1000), slot);
        // Processors differ in whether the target or the stack segment is looked at first.
        boolean badStack = target << 16 >> 16 == target && random.oneIn(6);
        FloatState.put(frame, 4 * slot, badStack ? random.oneOf(0, 3, 0x33, 0x1000) : 0x2b, Math.min(slot, 2));
        if (random.oneIn(4)) {
            words[RSP] = TestMemory.DATA + 0x800 + 8L * random.below(16);
        }
        it.store(words[RSP], frame);
    }

    // Strings.

    private void strings() {
        String name = it.row.mnemonic();
        if (name.equals("in") || name.equals("out")) {
            return;
        }
        boolean compares = name.equals("cmps") || name.equals("scas");
        int size = it.row.opcode % 2 == 0 ? 1 : it.bits / 8;
        words[FLAGS] = words[FLAGS] & ~Flags.TF | (random.oneIn(4) ? Flags.DF : 0);
        words[RCX] = random.oneIn(3) ? random.below(200) : random.below(6);
        words[RSI] = it.places.place(2 * size, 1);
        words[RDI] = random.oneIn(3) ? it.places.place(3 * size, 1) : TestMemory.DATA + 0x900 + random.below(0x100);
        if (random.oneIn(5)) {
            // Overlapping: a pattern repeats.
            words[RDI] = words[RSI] + random.below(16);
        }
        words[RAX] = random.oneIn(3) ? 0x0101010101010101L * random.below(256) : random.integer();
        if (compares && random.oneIn(2)) {
            byte[] element = new byte[size];
            FloatState.put(element, 0, words[RAX], size);
            it.store(words[RSI], element);
            it.store(words[RDI], element);
        }
        if (random.oneIn(10)) {
            shortAddresses();
        }
        int repeat = random.below(4);
        if (repeat > 0) {
            it.insn.prefix(repeat == 1 ? 0xf2 : 0xf3);
        }
    }

    /// ECX, ESI and EDI. Not with a count of 0, nor with a fault at the first element: processors
    /// differ in whether the upper halves are cleared then.
    private void shortAddresses() {
        it.insn.prefix(0x67);
        words[RCX] = 0xffff_ffff_0000_0001L + random.below(4);
        words[RSI] = 0x12_0000_0000L | TestMemory.DATA + 0x100 + random.below(512);
        words[RDI] = TestMemory.DATA + 0x900 + random.below(512);
    }

    // Segments and system.

    private int selector() {
        return random.oneIn(4) ? random.below(0x10000) & ~0x7b : random.oneOf(SELECTORS);
    }

    private void segments() {
        if (it.row.mnemonic().startsWith("push")) {
            stack(selector());
        } else if (it.row.mnemonic().startsWith("pop")) {
            int selector = selector();
            stackAt(random.oneIn(3) ? VendorDifferences.slot(it.places.stack()) : TestMemory.STACK, selector);
        } else if (it.inMemory && it.row.mnemonic().startsWith("l")) {
            it.memory = new byte[it.bits / 8 + 2];
            FloatState.put(it.memory, 0, random.integer(), it.bits / 8);
            FloatState.put(it.memory, it.bits / 8, selector(), 2);
        } else {
            operand(selector());
        }
        if (random.oneIn(4)) {
            words[DS + random.below(3)] = random.oneOf(0x2b, 0x33, 0x23);
        }
    }

    private void operand(long value) {
        if (it.inMemory) {
            FloatState.put(it.memory, 0, value, it.memory.length);
        } else if (it.rm != X86Cpu.RSP) {
            words[it.rm] = value;
        }
    }

    private void system() {
        switch (it.row.mnemonic()) {
            case "lar", "lsl", "verr", "verw" -> operand(selector() | random.bits() << 16);
            case "wrfsbase", "wrgsbase" -> operand(it.places.base());
            case "rdfsbase", "rdgsbase" -> {
                words[FS_BASE] = it.places.base() << 16 >> 16;
                words[GS_BASE] = it.places.base() << 16 >> 16;
            }
            default -> {}
        }
    }

    /// F2XM1 is defined from -1 to 1, FYL2XP1 from sqrt(1/2) - 1 to its opposite: an operand beyond
    /// comes nearer.
    private void withinReach() {
        int bias = 0x3fff;
        long exponent = words[X86State.STACK + 1] & 0x7fff;
        if (exponent >= bias - 2 && exponent < 0x7fff) {
            words[X86State.STACK + 1] = words[X86State.STACK + 1] & 0x8000 | bias - 3 - random.below(70);
        }
    }

    // Images.

    private void tenBytes() {
        if (it.memory.length == 10) {
            it.memory = it.row.mnemonic().equals("fbld") ? it.floats.decimal() : it.floats.extended();
        }
    }

    /// The x87's environment, 32-bit or 16-bit form, with a control word that makes sense.
    private void environment() {
        int slot = it.row.prefix == 0x66 ? 2 : 4;
        random.fill(it.memory, 0, it.memory.length);
        FloatState.put(it.memory, 0, it.floats.control(), slot);
        FloatState.put(it.memory, slot, random.bits() & 0x473f | (long) random.below(8) << 11, slot);
    }

    private void image() {
        boolean extended = it.row.mnemonic().startsWith("x");
        it.at = random.oneIn(10)
                ? it.places.place(LEGACY_BYTES, 16)
                : TestMemory.DATA + 64L * random.below(40) + (extended || random.oneIn(2) ? 0 : 16);
        it.memory = new byte[extended ? XSAVE_BYTES : LEGACY_BYTES];
        long[] x87 = words.clone();
        it.floats.x87(x87);
        it.floats.x87(words);
        FloatState.put(it.memory, 0, x87[X86State.CONTROL], 2);
        FloatState.put(it.memory, 2, x87[X86State.STATUS], 2);
        FloatState.put(it.memory, 4, x87[X86State.TAGS], 1);
        FloatState.put(it.memory, 6, x87[X86State.OPCODE], 2);
        FloatState.put(it.memory, 8, x87[X86State.INSTRUCTION], 8);
        FloatState.put(it.memory, 16, x87[X86State.DATA], 8);
        FloatState.put(it.memory, 24, it.floats.mxcsr() | (random.oneIn(10) ? 1L << 18 + random.below(14) : 0), 4);
        for (int i = 0; i < 8; i++) {
            FloatState.put(it.memory, 32 + 16 * i, x87[X86State.STACK + 2 * i], 8);
            FloatState.put(it.memory, 40 + 16 * i, x87[X86State.STACK + 2 * i + 1], 2);
        }
        random.fill(it.memory, 160, 416);
        if (extended) {
            words[RAX] = random.below(4) | (random.oneIn(4) ? random.bits() << 8 & ~KNOWN_STATES : 0);
            words[RDX] = 0;
            long present = random.oneIn(3) ? 3 : random.below(4);
            FloatState.put(
                    it.memory, LEGACY_BYTES, random.oneIn(12) ? present | 1L << 20 + random.below(40) : present, 8);
            FloatState.put(it.memory, LEGACY_BYTES + 8, random.oneIn(12) ? random.bits() : 0, 8);
        }
    }
}
