package faultline.x86.cpu;

import faultline.core.cpu.Registers;
import java.util.ArrayList;
import java.util.List;

/// The registers of an [X86Cpu] by their manual names.
final class X86Registers implements Registers {

    private static final List<String> GENERAL = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");

    private static final int RIP = 16;
    private static final int RFLAGS = 17;
    private static final int FS_BASE = 18;
    private static final int GS_BASE = 19;
    private static final int XMM = 20;
    private static final int MXCSR = XMM + 16;
    private static final int PKRU = MXCSR + 1;
    private static final int CR2 = PKRU + 1;

    private static final List<Info> ALL = list();

    private final X86Cpu cpu;

    X86Registers(X86Cpu cpu) {
        this.cpu = cpu;
    }

    private static List<Info> list() {
        List<Info> all = new ArrayList<>();
        GENERAL.forEach(name -> all.add(new Info(name, 64, Group.GENERAL)));
        all.add(new Info("rip", 64, Group.GENERAL));
        all.add(new Info("rflags", 64, Group.GENERAL));
        all.add(new Info("fs_base", 64, Group.GENERAL));
        all.add(new Info("gs_base", 64, Group.GENERAL));
        for (int n = 0; n < 16; n++) {
            all.add(new Info("xmm" + n, 128, Group.VECTOR));
        }
        all.add(new Info("mxcsr", 32, Group.VECTOR));
        all.add(new Info("pkru", 32, Group.SYSTEM));
        all.add(new Info("cr2", 64, Group.SYSTEM));
        return List.copyOf(all);
    }

    @Override
    public List<Info> all() {
        return ALL;
    }

    @Override
    public long get(int index, int word) {
        return switch (index) {
            case RIP -> cpu.pc;
            case RFLAGS -> cpu.flags();
            case FS_BASE -> cpu.fsBase;
            case GS_BASE -> cpu.gsBase;
            case MXCSR -> cpu.mxcsr & 0xffffffffL;
            case PKRU -> cpu.pkru & 0xffffffffL;
            case CR2 -> cpu.cr2;
            default -> index < RIP ? cpu.r[index] : cpu.v[2 * (index - XMM) + word];
        };
    }

    @Override
    public void set(int index, int word, long value) {
        switch (index) {
            case RIP -> cpu.pc = value;
            case RFLAGS -> cpu.setFlags(value);
            case FS_BASE -> cpu.fsBase = value;
            case GS_BASE -> cpu.gsBase = value;
            case MXCSR -> cpu.mxcsr = (int) value;
            case PKRU -> cpu.writePkru((int) value);
            case CR2 -> cpu.cr2 = value;
            default -> {
                if (index < RIP) {
                    cpu.r[index] = value;
                } else {
                    cpu.v[2 * (index - XMM) + word] = value;
                }
            }
        }
    }

    @Override
    public String describe(int index) {
        return index == RFLAGS ? Flags.describe(cpu.flags()) : "";
    }
}
