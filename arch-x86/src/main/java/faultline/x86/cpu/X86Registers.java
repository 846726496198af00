package faultline.x86.cpu;

import faultline.core.cpu.RegisterTable;
import faultline.core.cpu.Registers.Group;
import faultline.x86.mmu.PageFaultCode;
import java.util.List;
import java.util.StringJoiner;

/// The registers of an [X86Cpu] by the names of the manual and of debuggers.
final class X86Registers {

    private static final long TOP = 7 << 11;

    static final RegisterTable<X86Cpu> TABLE = table();

    private X86Registers() {}

    private static RegisterTable<X86Cpu> table() {
        RegisterTable<X86Cpu> table = new RegisterTable<>();
        general(table);
        segments(table);
        x87(table);
        for (int n = 0; n < 16; n++) {
            int at = 2 * n;
            table.addWide(
                    "xmm" + n,
                    128,
                    Group.VECTOR,
                    (cpu, word) -> cpu.v[at + word],
                    (cpu, word, value) -> cpu.v[at + word] = value);
        }
        return table.add("mxcsr", 32, Group.VECTOR, cpu -> cpu.sse.mxcsr, (cpu, value) -> cpu.sse.mxcsr = (int) value)
                .describe("mxcsr", X86Registers::mxcsr)
                .add("pkru", 32, Group.SYSTEM, cpu -> cpu.pkru, (cpu, value) -> cpu.writePkru((int) value))
                .describe("pkru", X86Registers::pkru)
                .add("cr2", 64, Group.SYSTEM, cpu -> cpu.cr2, (cpu, value) -> cpu.cr2 = value)
                .add("err", 32, Group.SYSTEM, cpu -> cpu.errorCode, (cpu, value) -> cpu.errorCode = value)
                .describe("err", cpu -> PageFaultCode.describe(cpu.errorCode))
                .pointers("rip", "rsp", "rbp");
    }

    private static void general(RegisterTable<X86Cpu> table) {
        List<String> names = List.of(
                "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                "r15");
        // Debuggers list them in this order, encodings count in the other.
        for (int n : new int[] {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15}) {
            table.add(names.get(n), 64, Group.GENERAL, cpu -> cpu.r[n], (cpu, value) -> cpu.r[n] = value);
        }
        table.add("rip", 64, Group.GENERAL, cpu -> cpu.pc, (cpu, value) -> cpu.pc = value);
        table.add("eflags", 32, Group.GENERAL, X86Cpu::flags, X86Cpu::setFlags)
                .describe("eflags", cpu -> Flags.describe(cpu.flags()));
    }

    private static void segments(RegisterTable<X86Cpu> table) {
        // Nothing in user mode can change these two.
        table.add("cs", 16, Group.GENERAL, cpu -> X86Cpu.USER_CS, (cpu, value) -> {});
        table.add("ss", 16, Group.GENERAL, cpu -> X86Cpu.USER_DS, (cpu, value) -> {});
        table.add("ds", 16, Group.GENERAL, cpu -> cpu.ds, (cpu, value) -> cpu.ds = (int) value & 0xffff);
        table.add("es", 16, Group.GENERAL, cpu -> cpu.es, (cpu, value) -> cpu.es = (int) value & 0xffff);
        table.add("fs", 16, Group.GENERAL, cpu -> cpu.fs, (cpu, value) -> cpu.fs = (int) value & 0xffff);
        table.add("gs", 16, Group.GENERAL, cpu -> cpu.gs, (cpu, value) -> cpu.gs = (int) value & 0xffff);
        table.add("fs_base", 64, Group.GENERAL, cpu -> cpu.fsBase, (cpu, value) -> cpu.fsBase = value);
        table.add("gs_base", 64, Group.GENERAL, cpu -> cpu.gsBase, (cpu, value) -> cpu.gsBase = value);
    }

    private static void x87(RegisterTable<X86Cpu> table) {
        for (int n = 0; n < 8; n++) {
            int i = n;
            table.addWide(
                    "st" + n,
                    80,
                    Group.FLOAT,
                    (cpu, word) -> word == 0 ? cpu.fpMantissa[physical(cpu, i)] : cpu.fpSignExponent[physical(cpu, i)],
                    (cpu, word, value) -> setStack(cpu, physical(cpu, i), word, value));
        }
        table.add("fctrl", 16, Group.FLOAT, cpu -> cpu.fpControl, (cpu, value) -> cpu.fpControl = (int) value & 0xffff);
        table.add("fstat", 16, Group.FLOAT, cpu -> cpu.fpStatus | (long) cpu.fpTop << 11, (cpu, value) -> {
            cpu.fpStatus = (int) (value & 0xffff & ~TOP);
            cpu.fpTop = (int) (value & TOP) >>> 11;
        });
        // One bit for each physical register: set while it holds a value, as in an FXSAVE image.
        table.add(
                "ftag", 8, Group.FLOAT, cpu -> ~cpu.fpEmpty & 0xff, (cpu, value) -> cpu.fpEmpty = (int) ~value & 0xff);
    }

    private static int physical(X86Cpu cpu, int stack) {
        return cpu.fpTop + stack & 7;
    }

    private static void setStack(X86Cpu cpu, int physical, int word, long value) {
        if (word == 0) {
            cpu.fpMantissa[physical] = value;
        } else {
            cpu.fpSignExponent[physical] = (int) value & 0xffff;
        }
    }

    /// The bits of MXCSR that are set: exception flags, modes, masks.
    private static String mxcsr(X86Cpu cpu) {
        List<String> names = List.of(
                "IE", "DE", "ZE", "OE", "UE", "PE", "DAZ", "IM", "DM", "ZM", "OM", "UM", "PM", "RC0", "RC1", "FZ");
        StringJoiner text = new StringJoiner(" ", "[ ", " ]");
        for (int bit = 0; bit < names.size(); bit++) {
            if ((cpu.sse.mxcsr >> bit & 1) != 0) {
                text.add(names.get(bit));
            }
        }
        return text.toString();
    }

    /// The keys that are restricted: `1:AD` denies access, `2:WD` writes.
    private static String pkru(X86Cpu cpu) {
        StringJoiner text = new StringJoiner(" ", "[ ", " ]");
        for (int key = 0; key < 16; key++) {
            int rights = cpu.pkru >>> 2 * key & 3;
            if (rights != 0) {
                text.add(key + (rights == 2 ? ":WD" : ":AD"));
            }
        }
        return text.toString();
    }
}
