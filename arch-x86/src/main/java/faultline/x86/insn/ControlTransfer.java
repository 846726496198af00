package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// Control Transfer Instructions (SDM volume 1, 5.1.7), and ENTER and LEAVE (5.1.10), which
/// complete CALL and RET.
///
/// Near branches are 64 bits wide whatever the prefixes. INTO and BOUND do not exist in 64-bit
/// mode. Far transfers reach the flat 64-bit user segments only: every other selector raises `#GP`,
/// because there is no other segment.
final class ControlTransfer {

    private ControlTransfer() {}

    /// Jump.
    @Insn("""
            EB cb | jmp Jb | f64
            E9 cz | jmp Jz | f64
            """)
    static boolean jmp() {
        return true;
    }

    /// Jump to an address in a register or memory.
    @Insn("FF /4 | jmp Ev | f64 -> rIP")
    static long jmpIndirect(long a) {
        return target(a);
    }

    /// Where a transfer goes: the instruction itself faults if no code can be there.
    private static long target(long va) {
        if (va << 16 >> 16 != va) {
            throw X86Trap.GP;
        }
        return va;
    }

    /// Jump if the condition holds.
    @Insn("""
            70+cc cb    | j{cc} Jb | f64
            0F 80+cc cz | j{cc} Jz | f64
            """)
    static boolean jcc(boolean cond) {
        return cond;
    }

    /// Jump if the count register is 0.
    @Insn("E3 cb | jrcxz Jb | f64")
    static boolean jrcxz(long aCX) {
        return aCX == 0;
    }

    /// Decrement the count register, jump unless it is 0. No flag changes.
    @Insn("E2 cb | loop Jb | f64 aCX=counted")
    static boolean loop(long aCX) {
        return aCX != 1;
    }

    /// Loop while equal.
    @Insn("E1 cb | loope Jb | f64 aCX=counted")
    static boolean loope(long aCX, long flags) {
        return aCX != 1 && (flags & Flags.ZF) != 0;
    }

    /// Loop while not equal.
    @Insn("E0 cb | loopne Jb | f64 aCX=counted")
    static boolean loopne(long aCX, long flags) {
        return aCX != 1 && (flags & Flags.ZF) == 0;
    }

    static long counted(long aCX) {
        return aCX - 1;
    }

    /// Call.
    @Insn("E8 cz | call Jz | f64 RSP=pushNext")
    static boolean call() {
        return true;
    }

    /// Call an address in a register or memory, read before the return address is pushed.
    @Insn("FF /2 | call Ev | f64 RSP=pushNext -> rIP")
    static long callIndirect(long a) {
        return target(a);
    }

    static long pushNext(Mem mem, long RSP, long next) {
        return Stack.push(mem, RSP, next, 64);
    }

    /// Return.
    @Insn("C3 | ret | f64 RSP=returned -> rIP")
    static long ret(Mem mem, long RSP) {
        return target(mem.load64(RSP));
    }

    static long returned(long RSP) {
        return RSP + 8;
    }

    /// Return and drop bytes of arguments.
    @Insn("C2 iw | ret Iw | f64 RSP=returnedAndDropped -> rIP")
    static long retDrop(Mem mem, long RSP) {
        return target(mem.load64(RSP));
    }

    static long returnedAndDropped(long RSP, long a) {
        return RSP + 8 + zx(a, 16);
    }

    /// Far return: 64-bit code of the same privilege only.
    @Insn("CB | retf")
    static void retf(X86Cpu cpu, Mem mem, int bits) {
        farReturn(cpu, mem, 0, bits);
    }

    /// Far return, dropping bytes of arguments.
    @Insn("CA iw | retf Iw")
    static void retfDrop(X86Cpu cpu, Mem mem, long a, int bits) {
        farReturn(cpu, mem, zx(a, 16), bits);
    }

    private static void farReturn(X86Cpu cpu, Mem mem, long drop, int bits) {
        int size = bits / 8;
        long rsp = cpu.r[X86Cpu.RSP];
        long target = slot(mem, rsp, bits);
        long selector = slot(mem, rsp + size, bits) & 0xffff;
        requireCode(selector);
        cpu.pc = target(target);
        cpu.r[X86Cpu.RSP] = rsp + 2L * size + drop;
    }

    /// Interrupt return to 64-bit code of the same privilege: pops RIP, CS, RFLAGS, RSP and SS. Serializing.
    @Insn("CF | iret/iretd/iretq | ends")
    static void iret(X86Cpu cpu, Mem mem, int bits) {
        int size = bits / 8;
        long rsp = cpu.r[X86Cpu.RSP];
        long target = slot(mem, rsp, bits);
        requireCode(slot(mem, rsp + size, bits) & 0xffff);
        long flags = slot(mem, rsp + 2L * size, bits);
        long newRsp = slot(mem, rsp + 3L * size, bits);
        long stackSelector = slot(mem, rsp + 4L * size, bits) & 0xffff;
        if (stackSelector != X86Cpu.USER_DS) {
            throw X86Trap.gp((int) stackSelector & ~3);
        }
        long pc = target(target);
        cpu.setFlags(bits == 16 ? cpu.flags() & ~0xffffL | flags : flags);
        cpu.r[X86Cpu.RSP] = newRsp;
        cpu.pc = pc;
        MemoryOrdering.serialize();
    }

    /// A stack slot of a far transfer, zero-extended.
    private static long slot(Mem mem, long va, int bits) {
        return switch (bits) {
            case 16 -> mem.load16(va) & 0xffffL;
            case 32 -> mem.load32(va) & 0xffffffffL;
            default -> mem.load64(va);
        };
    }

    private static void requireCode(long selector) {
        if (selector != X86Cpu.USER_CS) {
            throw X86Trap.gp((int) selector & ~3);
        }
    }

    /// Far call and jump through a pointer in memory: same privilege and code segment only.
    @Insn("FF /3 mem | call far Mp")
    static void callFar(X86Cpu cpu, Mem mem, long ea, int bits) {
        int size = bits / 8;
        long target = slot(mem, ea, bits);
        requireCode(mem.load16(ea + size) & 0xffff);
        target(target);
        long rsp = cpu.r[X86Cpu.RSP] - 2L * size;
        // In the order of the pushes.
        probePush(mem, rsp + size, size);
        probePush(mem, rsp, size);
        storeSlot(mem, rsp + size, X86Cpu.USER_CS, bits);
        storeSlot(mem, rsp, cpu.pc, bits);
        cpu.r[X86Cpu.RSP] = rsp;
        cpu.pc = target;
    }

    private static void probePush(Mem mem, long va, int size) {
        mem.requireAligned(va, size);
        mem.probeWrite(va, size);
    }

    private static void storeSlot(Mem mem, long va, long value, int bits) {
        switch (bits) {
            case 16 -> mem.store16(va, (short) value);
            case 32 -> mem.store32(va, (int) value);
            default -> mem.store64(va, value);
        }
    }

    @Insn("FF /5 mem | jmp far Mp")
    static void jmpFar(X86Cpu cpu, Mem mem, long ea, int bits) {
        long target = slot(mem, ea, bits);
        requireCode(mem.load16(ea + bits / 8) & 0xffff);
        cpu.pc = target(target);
    }

    /// Breakpoint. Takes the CPU because traps report the next instruction, at which only an opaque
    /// method finds `pc`; so do the next two.
    @Insn("CC | int3")
    static void int3(X86Cpu cpu) {
        throw X86Trap.BP;
    }

    /// Debug trap; also called ICEBP.
    @Insn("F1 | int1")
    static void int1(X86Cpu cpu) {
        throw X86Trap.DB;
    }

    /// Software interrupt. Linux lets user code through gates 3 and 4 only (a kernel without 32-bit
    /// emulation); any other raises `#GP` with an error code that names the gate.
    @Insn("CD ib | int Ib")
    static void interrupt(X86Cpu cpu, long a) {
        int vector = (int) a & 0xff;
        switch (vector) {
            case 3 -> throw X86Trap.BP;
            case 4 -> throw X86Trap.OF;
            default -> throw X86Trap.gp(vector << 3 | 2);
        }
    }

    /// Make a stack frame. Everything is probed first (I1), in the order in which the hardware
    /// would fault; it also checks that the new top of the stack can be written.
    @Insn("C8 iw ib | enter Iw, Ib | d64")
    static void enter(X86Cpu cpu, Mem mem, long a, long b, int bits) {
        int size = bits / 8;
        int level = (int) b & 31;
        long rsp = cpu.r[X86Cpu.RSP];
        long rbp = cpu.r[X86Cpu.RBP];
        long frame = rsp - size;
        long top = frame - (long) level * size - zx(a, 16);
        probeFrame(mem, frame, rbp, level, size);
        mem.probeWrite(top, 1);
        long at = Stack.push(mem, rsp, rbp, bits);
        for (int i = 1; i < level; i++) {
            at = Stack.push(mem, at, Stack.load(mem, rbp - (long) i * size, bits), bits);
        }
        if (level > 0) {
            Stack.push(mem, at, frame, bits);
        }
        cpu.r[X86Cpu.RBP] = bits == 16 ? rbp & ~0xffffL | frame & 0xffff : frame;
        cpu.r[X86Cpu.RSP] = top;
    }

    private static void probeFrame(Mem mem, long frame, long rbp, int level, int size) {
        mem.probeWrite(frame, size);
        for (int i = 1; i <= level; i++) {
            if (i < level) {
                mem.probeRead(rbp - (long) i * size, size);
            }
            mem.probeWrite(frame - (long) i * size, size);
        }
    }

    /// Drop a stack frame.
    @Insn("C9 | leave | d64 RSP=left -> rBP")
    static long leave(Mem mem, long RBP, int bits) {
        return Stack.load(mem, RBP, bits);
    }

    static long left(long RBP, int bits) {
        return RBP + bits / 8;
    }
}
