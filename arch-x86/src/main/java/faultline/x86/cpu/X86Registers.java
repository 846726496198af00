package faultline.x86.cpu;

import faultline.core.cpu.Registers;
import faultline.x86.mmu.PageFaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;

/// The registers of an [X86Cpu] by the names of the manual and of debuggers.
final class X86Registers implements Registers {

    /// How one register is read.
    @FunctionalInterface
    private interface Reader {
        long get(X86Cpu cpu, int word);
    }

    /// How one register is written.
    @FunctionalInterface
    private interface Writer {
        void set(X86Cpu cpu, int word, long value);
    }

    private record Register(Info info, Reader reader, Writer writer) {}

    private static final long TOP = 7 << 11;

    private static final List<Register> TABLE = table();

    private static final List<Info> ALL = TABLE.stream().map(Register::info).toList();

    private final X86Cpu cpu;

    X86Registers(X86Cpu cpu) {
        this.cpu = cpu;
    }

    private static List<Register> table() {
        List<Register> table = new ArrayList<>();
        general(table);
        segments(table);
        x87(table);
        for (int n = 0; n < 16; n++) {
            int at = 2 * n;
            table.add(new Register(
                    new Info("xmm" + n, 128, Group.VECTOR),
                    (cpu, word) -> cpu.v[at + word],
                    (cpu, word, value) -> cpu.v[at + word] = value));
        }
        add(table, "mxcsr", 32, Group.VECTOR, cpu -> cpu.sse.mxcsr, (cpu, value) -> cpu.sse.mxcsr = (int) value);
        add(table, "pkru", 32, Group.SYSTEM, cpu -> cpu.pkru, (cpu, value) -> cpu.writePkru((int) value));
        add(table, "cr2", 64, Group.SYSTEM, cpu -> cpu.cr2, (cpu, value) -> cpu.cr2 = value);
        add(table, "err", 32, Group.SYSTEM, cpu -> cpu.errorCode, (cpu, value) -> cpu.errorCode = value);
        return List.copyOf(table);
    }

    private static void general(List<Register> table) {
        List<String> names = List.of(
                "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                "r15");
        // Debuggers list them in this order, encodings count in the other.
        for (int n : new int[] {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15}) {
            add(table, names.get(n), 64, Group.GENERAL, cpu -> cpu.r[n], (cpu, value) -> cpu.r[n] = value);
        }
        add(table, "rip", 64, Group.GENERAL, cpu -> cpu.pc, (cpu, value) -> cpu.pc = value);
        add(table, "eflags", 32, Group.GENERAL, X86Cpu::flags, X86Cpu::setFlags);
    }

    private static void segments(List<Register> table) {
        // Nothing in user mode can change these two.
        add(table, "cs", 16, Group.GENERAL, cpu -> X86Cpu.USER_CS, (cpu, value) -> {});
        add(table, "ss", 16, Group.GENERAL, cpu -> X86Cpu.USER_DS, (cpu, value) -> {});
        add(table, "ds", 16, Group.GENERAL, cpu -> cpu.ds, (cpu, value) -> cpu.ds = (int) value & 0xffff);
        add(table, "es", 16, Group.GENERAL, cpu -> cpu.es, (cpu, value) -> cpu.es = (int) value & 0xffff);
        add(table, "fs", 16, Group.GENERAL, cpu -> cpu.fs, (cpu, value) -> cpu.fs = (int) value & 0xffff);
        add(table, "gs", 16, Group.GENERAL, cpu -> cpu.gs, (cpu, value) -> cpu.gs = (int) value & 0xffff);
        add(table, "fs_base", 64, Group.GENERAL, cpu -> cpu.fsBase, (cpu, value) -> cpu.fsBase = value);
        add(table, "gs_base", 64, Group.GENERAL, cpu -> cpu.gsBase, (cpu, value) -> cpu.gsBase = value);
    }

    private static void x87(List<Register> table) {
        for (int n = 0; n < 8; n++) {
            int i = n;
            table.add(new Register(
                    new Info("st" + n, 80, Group.FLOAT),
                    (cpu, word) -> word == 0 ? cpu.fpMantissa[physical(cpu, i)] : cpu.fpSignExponent[physical(cpu, i)],
                    (cpu, word, value) -> setStack(cpu, physical(cpu, i), word, value)));
        }
        add(
                table,
                "fctrl",
                16,
                Group.FLOAT,
                cpu -> cpu.fpControl,
                (cpu, value) -> cpu.fpControl = (int) value & 0xffff);
        add(table, "fstat", 16, Group.FLOAT, cpu -> cpu.fpStatus | (long) cpu.fpTop << 11, (cpu, value) -> {
            cpu.fpStatus = (int) (value & 0xffff & ~TOP);
            cpu.fpTop = (int) (value & TOP) >>> 11;
        });
        // One bit for each physical register: set while it holds a value, as in an FXSAVE image.
        add(
                table,
                "ftag",
                8,
                Group.FLOAT,
                cpu -> ~cpu.fpEmpty & 0xff,
                (cpu, value) -> cpu.fpEmpty = (int) ~value & 0xff);
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

    /// Adds a register of one word.
    private static void add(
            List<Register> table,
            String name,
            int bits,
            Group group,
            ToLongFunction<X86Cpu> get,
            ObjLongConsumer<X86Cpu> set) {
        long mask = bits == 64 ? -1 : (1L << bits) - 1;
        table.add(new Register(
                new Info(name, bits, group),
                (cpu, word) -> get.applyAsLong(cpu) & mask,
                (cpu, word, value) -> set.accept(cpu, value & mask)));
    }

    @Override
    public int programCounter() {
        return find("rip");
    }

    @Override
    public int stackPointer() {
        return find("rsp");
    }

    @Override
    public int framePointer() {
        return find("rbp");
    }

    @Override
    public List<Info> all() {
        return ALL;
    }

    @Override
    public long get(int index, int word) {
        return TABLE.get(index).reader().get(cpu, word);
    }

    @Override
    public void set(int index, int word, long value) {
        TABLE.get(index).writer().set(cpu, word, value);
    }

    @Override
    public String describe(int index) {
        return switch (ALL.get(index).name()) {
            case "eflags" -> Flags.describe(cpu.flags());
            case "mxcsr" -> mxcsr();
            case "pkru" -> pkru();
            case "err" -> PageFaultCode.describe(cpu.errorCode);
            default -> "";
        };
    }

    /// The bits of MXCSR that are set: exception flags, modes, masks.
    private String mxcsr() {
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
    private String pkru() {
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
