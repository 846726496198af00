package faultline.x86.cpu;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.Registers;
import faultline.core.cpu.Vcpu;
import faultline.core.mmu.Walk;
import faultline.x86.fp.ExtendedUnit;
import faultline.x86.fp.SseUnit;
import faultline.x86.mmu.X86Mmu;
import org.jspecify.annotations.Nullable;

/// The registers of one x86-64 thread.
///
/// Fields are public because every generated instruction class reads them; nothing outside this
/// module sees them. Arithmetic flags are kept as the last operation (see [Flags]); everything else
/// is the architectural value.
public final class X86Cpu extends Cpu {

    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;

    /// The index of the register that is not there: always 0, so that every address is base + index
    /// * scale + disp.
    public static final int NONE = 16;

    /// General registers by their encoding number, and [#NONE].
    public final long[] r = new long[17];

    /// XMM registers: `v[2 * n]` is the low half of XMMn, `v[2 * n + 1]` the high half.
    public final long[] v = new long[32];

    // Status flags as the operation that set them.

    /// One of the kinds of [Flags].
    public int flagKind = Flags.IMAGE;

    public long flagA;
    public long flagB;
    public long flagResult;

    /// RFLAGS without the six status flags: IF and bit 1 always, DF, AC and ID as the program set
    /// them.
    public long otherFlags = Flags.ALWAYS;

    /// Selectors of Linux's flat 64-bit user segments: code, and stack and data. CS and SS always
    /// hold them.
    public static final int USER_CS = 0x33;

    public static final int USER_DS = 0x2b;

    // The data-segment selectors a program may load; they change no address but through FS and GS.

    /// Never change in user mode.
    public final int cs = USER_CS;

    public final int ss = USER_DS;

    public int es;
    public int ds;
    public int fs;
    public int gs;

    /// What thread-local data is addressed from.
    public long fsBase;

    public long gsBase;

    /// Computes for SSE; holds MXCSR, its control and status.
    public final SseUnit sse = new SseUnit(X86Trap.XM);

    // x87: physical registers, ST(i) is number (top + i) & 7.

    /// Mantissas with their explicit integer bit.
    public final long[] fpMantissa = new long[8];

    /// Sign (bit 15) and biased exponent (bits 14-0).
    public final int[] fpSignExponent = new int[8];

    /// Bit n is set while physical register n is empty.
    public int fpEmpty = 0xff;

    /// Physical number of ST(0).
    public int fpTop;

    public int fpControl = 0x37f;

    /// The status word without TOP.
    public int fpStatus;

    /// Address of the last x87 instruction and operand, and its opcode, as FNSTENV shows them.
    public long fpInstruction;

    public long fpData;
    public int fpOpcode;

    /// Computes for the x87; its result and flags mean something only within one instruction.
    public final ExtendedUnit extended = new ExtendedUnit();

    /// Protection-key rights: access-disable bit 2k, write-disable bit 2k + 1. Changed by
    /// [#writePkru] alone.
    public int pkru;

    // What the last #PF left behind.

    public long cr2;
    public long errorCode;

    // What signal frames report: the last exception that became a signal (`thread.trap_nr`, `error_code`, `cr2`).

    public int signalTrap;
    public long signalError;
    public long signalAddress;

    /// RF as the last exception pushed it: set for a fault, clear for a trap and once a frame has
    /// shown it. Nothing here has breakpoint registers, so that is all the flag does.
    public boolean signalResume;

    private final CpuModel model;

    public X86Cpu(CpuModel model) {
        this.model = model;
    }

    /// A processor of the model that has everything.
    public X86Cpu() {
        this(CpuModels.max());
    }

    /// What CPUID describes.
    public CpuModel model() {
        return model;
    }

    /// WRPKRU: from the next access on, here and in the vCPU.
    public void writePkru(int value) {
        pkru = value;
        if (isAttached()) {
            loadPkru(vcpu());
        }
    }

    @Override
    protected void attached(Vcpu to) {
        loadPkru(to);
        loadAlignmentCheck(to);
    }

    /// Loads PKRU into the vCPU's walker. The soft TLB holds rights as PKRU had them, so a change
    /// empties it.
    private void loadPkru(Vcpu to) {
        X86Mmu mmu = (X86Mmu) to.mem().mmu();
        if (mmu.pkru() != pkru) {
            mmu.setPkru(pkru);
            to.mem().tlb().flush();
        }
    }

    /// Whether string instructions run downwards (DF).
    public boolean down() {
        return (otherFlags & Flags.DF) != 0;
    }

    /// Whether accesses must be aligned (AC).
    public boolean checksAlignment() {
        return (otherFlags & Flags.AC) != 0;
    }

    /// RFLAGS as `pushf` stores them.
    public long flags() {
        return Flags.image(this) | otherFlags;
    }

    /// Sets the flags a program may set with `popf`; the others keep their values.
    public void setFlags(long value) {
        Flags.setImage(this, value);
        otherFlags = Flags.ALWAYS | value & Flags.PROGRAM;
        if (isAttached()) {
            loadAlignmentCheck(vcpu());
        }
    }

    /// AC, because Linux sets CR0.AM, makes misaligned accesses raise `#AC` (SDM volume 3,
    /// "Interrupt 17").
    private void loadAlignmentCheck(Vcpu to) {
        to.mem().checkAlignment((otherFlags & Flags.AC) != 0 ? X86Trap.AC : null);
    }

    /// TF raises `#DB` behind every instruction.
    @Override
    public @Nullable GuestTrap stepTrap() {
        return (otherFlags & Flags.TF) != 0 ? X86Trap.DB : null;
    }

    /// The time-stamp counter: nanoseconds of the machine's clock, so that it runs at 1 GHz.
    public long timestamp() {
        return vcpu().nanoTime();
    }

    /// The number RDTSCP and RDPID return: IA32_TSC_AUX, in which Linux keeps the processor (and
    /// node 0).
    public int processorId() {
        return vcpu().id();
    }

    @Override
    public void latchFault(Walk.Faulted fault) {
        cr2 = fault.va;
        errorCode = fault.code;
    }

    @Override
    public void copyFrom(Cpu other) {
        X86Cpu from = (X86Cpu) other;
        pc = from.pc;
        System.arraycopy(from.r, 0, r, 0, r.length);
        System.arraycopy(from.v, 0, v, 0, v.length);
        flagKind = from.flagKind;
        flagA = from.flagA;
        flagB = from.flagB;
        flagResult = from.flagResult;
        otherFlags = from.otherFlags;
        es = from.es;
        ds = from.ds;
        fs = from.fs;
        gs = from.gs;
        fsBase = from.fsBase;
        gsBase = from.gsBase;
        sse.mxcsr = from.sse.mxcsr;
        System.arraycopy(from.fpMantissa, 0, fpMantissa, 0, 8);
        System.arraycopy(from.fpSignExponent, 0, fpSignExponent, 0, 8);
        fpEmpty = from.fpEmpty;
        fpTop = from.fpTop;
        fpControl = from.fpControl;
        fpStatus = from.fpStatus;
        fpInstruction = from.fpInstruction;
        fpData = from.fpData;
        fpOpcode = from.fpOpcode;
        writePkru(from.pkru);
        cr2 = from.cr2;
        errorCode = from.errorCode;
        signalTrap = from.signalTrap;
        signalError = from.signalError;
        signalAddress = from.signalAddress;
    }

    @Override
    public Registers registers() {
        return X86Registers.TABLE.of(this);
    }
}
