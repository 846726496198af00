package faultline.x86.insn;

import static faultline.x86.insn.Bits.zx;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;

/// System Instructions (SDM volume 1, 5.20): what user mode may execute of them, and what answers
/// `#GP` there.
///
/// CR4 is as Linux sets it: TSD and PCE clear, UMIP set, FSGSBASE and PKE set where the model has
/// the feature.
final class SystemInstructions {

    /// CR0 as Linux sets it: PE, MP, ET, NE, WP, AM and PG.
    private static final long MACHINE_STATUS = 0x80050033L;

    private static final long TASK_SELECTOR = 0x40;
    private static final long GLOBAL_TABLE = 0xfffffffffffe0000L;
    private static final long INTERRUPT_TABLE = 0xffffffffffff0000L;

    private SystemInstructions() {}

    /// Fast system call: RCX holds the return address, R11 the flags. The kernel does the rest.
    @Insn("0F 05 | syscall | syscall")
    static void syscall(X86Cpu cpu, long next) {
        cpu.r[X86Cpu.RCX] = next;
        cpu.r[11] = cpu.flags();
    }

    /// Read the time-stamp counter.
    @Insn("0F 31 | rdtsc")
    static void rdtsc(X86Cpu cpu) {
        long now = cpu.timestamp();
        cpu.r[X86Cpu.RAX] = zx(now, 32);
        cpu.r[X86Cpu.RDX] = now >>> 32;
    }

    /// Read the time-stamp counter and the processor's number.
    @Insn("0F 01 F9 ?RDTSCP | rdtscp")
    static void rdtscp(X86Cpu cpu) {
        rdtsc(cpu);
        cpu.r[X86Cpu.RCX] = cpu.processorId();
    }

    /// Read the processor's number.
    @Insn("F3 0F C7 /7 reg ?RDPID | rdpid Eq | f64")
    static long rdpid(X86Cpu cpu) {
        return cpu.processorId();
    }

    /// Read the FS base.
    @Insn("F3 0F AE /0 reg ?FSGSBASE | rdfsbase Ey")
    static long rdfsbase(X86Cpu cpu) {
        return cpu.fsBase;
    }

    /// Read the GS base.
    @Insn("F3 0F AE /1 reg ?FSGSBASE | rdgsbase Ey")
    static long rdgsbase(X86Cpu cpu) {
        return cpu.gsBase;
    }

    /// Write the FS base.
    @Insn("F3 0F AE /2 reg ?FSGSBASE | wrfsbase Ey")
    static void wrfsbase(X86Cpu cpu, long a, int bits) {
        cpu.fsBase = canonical(zx(a, bits));
    }

    /// Write the GS base.
    @Insn("F3 0F AE /3 reg ?FSGSBASE | wrgsbase Ey")
    static void wrgsbase(X86Cpu cpu, long a, int bits) {
        cpu.gsBase = canonical(zx(a, bits));
    }

    private static long canonical(long va) {
        if (va << 16 >> 16 != va) {
            throw X86Trap.GP;
        }
        return va;
    }

    /// Read the protection-key rights.
    @Insn("NP 0F 01 EE ?PKU | rdpkru")
    static void rdpkru(X86Cpu cpu) {
        if ((int) cpu.r[X86Cpu.RCX] != 0) {
            throw X86Trap.GP;
        }
        cpu.r[X86Cpu.RAX] = zx(cpu.pkru, 32);
        cpu.r[X86Cpu.RDX] = 0;
    }

    /// Write the protection-key rights. Later accesses obey them at once, so the TLB must.
    @Insn("NP 0F 01 EF ?PKU | wrpkru")
    static void wrpkru(X86Cpu cpu) {
        if ((int) cpu.r[X86Cpu.RCX] != 0 || (int) cpu.r[X86Cpu.RDX] != 0) {
            throw X86Trap.GP;
        }
        cpu.writePkru((int) cpu.r[X86Cpu.RAX]);
    }

    /// A random number; CF says that there was one, which is always so. The other flags are
    /// cleared.
    @Insn("""
            NFx 0F C7 /6 reg ?RDRAND | rdrand Ev
            NFx 0F C7 /7 reg ?RDSEED | rdseed Ev
            """)
    static long rdrand(X86Cpu cpu) {
        Flags.setImage(cpu, Flags.CF);
        return cpu.vcpu().entropy();
    }

    /// Load access rights. ZF says whether user mode sees the segment; if not, nothing else
    /// changes.
    @Insn("0F 02 /r | lar Gv, Ew | flags=zeroIfVisible -> a[isVisible]")
    static long lar(long b) {
        return Descriptors.accessRights(b);
    }

    static long zeroIfVisible(long flags, long b) {
        return Descriptors.accessRights(b) != 0 ? flags | Flags.ZF : flags & ~Flags.ZF;
    }

    static boolean isVisible(long b) {
        return Descriptors.accessRights(b) != 0;
    }

    /// Load segment limit.
    @Insn("0F 03 /r | lsl Gv, Ew | -> a[isVisible]")
    static long lsl(X86Cpu cpu, long b) {
        Flags.setImage(cpu, zeroIfVisible(Flags.image(cpu), b));
        return Descriptors.limit(b, cpu.processorId());
    }

    /// Verify a segment for reading and for writing.
    @Insn("0F 00 /4 | verr Ew | -> flags")
    static long verr(long a, long flags) {
        return zeroIfVisible(flags, a);
    }

    @Insn("0F 00 /5 | verw Ew | -> flags")
    static long verw(long a, long flags) {
        return Descriptors.isWritable(a) ? flags | Flags.ZF : flags & ~Flags.ZF;
    }

    // What UMIP keeps from user mode, with the values that Linux answers in its place
    // (`arch/x86/kernel/umip.c`).

    /// Store machine status word: CR0.
    @Insn("0F 01 /4 reg | smsw Ev")
    static long smsw() {
        return MACHINE_STATUS;
    }

    @Insn("0F 01 /4 mem | smsw Mw")
    static long smswStore() {
        return MACHINE_STATUS;
    }

    /// Store the selectors of the local descriptor table, which there is none, and of the task.
    @Insn("""
            0F 00 /0 reg | sldt Ev
            0F 00 /0 mem | sldt Mw
            """)
    static long sldt() {
        return 0;
    }

    @Insn("""
            0F 00 /1 reg | str Ev
            0F 00 /1 mem | str Mw
            """)
    static long str() {
        return TASK_SELECTOR;
    }

    /// Store the descriptor tables' registers: limit and base.
    @Insn("0F 01 /0 mem | sgdt M")
    static void sgdt(X86Cpu cpu, Mem mem, long ea) {
        storeTable(mem, ea, GLOBAL_TABLE);
    }

    @Insn("0F 01 /1 mem | sidt M")
    static void sidt(X86Cpu cpu, Mem mem, long ea) {
        storeTable(mem, ea, INTERRUPT_TABLE);
    }

    private static void storeTable(Mem mem, long ea, long base) {
        mem.probeWrite(ea, 10);
        mem.store16(ea, (short) 0);
        mem.store64(ea + 2, base);
    }

    /// Privileged, or not let through to user mode: `#GP`.
    @Insn("""
            F4           | hlt
            0F 00 /2     | lldt Ew
            0F 00 /3     | ltr Ew
            0F 01 /2 mem | lgdt M
            0F 01 /3 mem | lidt M
            0F 01 /6     | lmsw Ew
            0F 01 /7 mem | invlpg Mb
            0F 01 F8     | swapgs
            0F 06        | clts
            0F 07        | sysret
            0F 08        | invd
            0F 09        | wbinvd
            0F 20 /r     | mov Rq, Cq
            0F 21 /r     | mov Rq, Dq
            0F 22 /r     | mov Cq, Rq
            0F 23 /r     | mov Dq, Rq
            0F 30        | wrmsr
            0F 32        | rdmsr
            0F 33        | rdpmc
            0F 35        | sysexit
            """)
    static void privileged() {
        throw X86Trap.GP;
    }
}
