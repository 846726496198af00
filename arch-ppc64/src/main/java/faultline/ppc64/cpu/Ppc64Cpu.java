package faultline.ppc64.cpu;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.Registers;
import faultline.core.cpu.Vcpu;
import faultline.core.mmu.Walk;
import faultline.ppc64.fp.FpUnit;
import faultline.ppc64.fp.VectorFloat;
import faultline.ppc64.mmu.HashMmu;
import faultline.ppc64.mmu.StorageInterrupt;
import java.nio.ByteOrder;

/// The registers of one thread.
///
/// Fields are public because every generated instruction class reads them; nothing outside this
/// module sees them. Field 0 of CR is kept as the comparison that set it (see [Ppc64State]);
/// everything else is the architectural value.
public final class Ppc64Cpu extends Cpu {

    /// The element of `r` that RA reads where 0 stands for no register; always 0.
    public static final int NONE = 32;

    /// R0 to R31, and [#NONE].
    public final long[] r = new long[33];

    /// VSR0 to VSR63: two elements each, the low doubleword first. FPR n is the high doubleword of
    /// VSR n, VR n is VSR 32 + n.
    public final long[] vsr = new long[128];

    /// The fields of CR, four bits each: LT in bit 3, then GT, EQ, SO. Field 0 is here only while
    /// [#cr0Kind] says so.
    public final int[] cr = new int[8];

    // Field 0 of CR as the comparison that set it, to which SO is to be added.

    /// One of the kinds of [Ppc64State].
    public int cr0Kind;

    public long cr0A;
    public long cr0B;

    public long lr;
    public long ctr;

    /// TAR, which POWER8 branches to.
    public long tar;

    /// FPSCR, and arithmetic under it.
    public final FpUnit fp = new FpUnit();

    /// The arithmetic of vectors that does not look at it.
    public final VectorFloat vmx = new VectorFloat();

    /// MSR.FE0 and FE1: whether exceptions of floating point that are enabled interrupt the program.
    public int floatingPointMode;

    // XER.

    public boolean so;
    public boolean ov;
    public boolean ca;
    public boolean ov32;
    public boolean ca32;

    /// The bits of XER that are no flags: the length of string operands, and what is reserved.
    public int xerRest;

    /// VSCR: NJ and SAT.
    public int vscr;

    public int vrsave;

    /// DSCR, which a program may write since POWER8.
    public long dscr;

    /// PPR: the priority, in bits 11 to 13.
    public long ppr = Ppr.MEDIUM;

    // Storage keys, two bits each.

    public long amr;
    public long iamr;
    public long uamor;

    // What the last interrupt of the program left behind.

    public long dar;
    public long dsisr;
    public long srr1;

    /// Which interrupt of storage was the last, the program's or the kernel's own, and why, as
    /// [StorageInterrupt] puts the two together.
    public long storageInterrupt;

    /// The address it was for.
    public long storageAddress;

    /// The first argument of the last system call, whose register the result has taken: `orig_gpr3`.
    public long firstArgument;

    /// Whether the last system call came by `scv`, whose errors are negative results.
    public boolean vectored;

    /// What Linux keeps beside.
    public final ThreadRecord thread = new ThreadRecord();

    /// MSR.LE.
    public final boolean littleEndian;

    private final CpuModel model;

    public Ppc64Cpu(CpuModel model, ByteOrder order) {
        this.model = model;
        this.littleEndian = order == ByteOrder.LITTLE_ENDIAN;
    }

    /// The processor the thread sees.
    public CpuModel model() {
        return model;
    }

    /// The byte order of its memory.
    public ByteOrder byteOrder() {
        return littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /// TB: ticks of the time base since the machine began.
    public long timeBase() {
        return TimeBase.ticks(vcpu().nanoTime());
    }

    /// PVR, as Linux reads it for programs.
    public long version() {
        return CpuModels.version(model);
    }

    /// Writes AMR where UAMOR lets a program do so.
    public void writeAmr(long value) {
        long written = amr & ~uamor | value & uamor;
        setKeys(written, iamr, uamor);
    }

    /// Gives the thread rights to storage keys, from the next access on: in the vCPU as well.
    public void setKeys(long newAmr, long newIamr, long newUamor) {
        amr = newAmr;
        iamr = newIamr;
        uamor = newUamor;
        if (isAttached()) {
            loadKeys(vcpu());
        }
    }

    @Override
    protected void attached(Vcpu to) {
        loadKeys(to);
    }

    /// Loads AMR and IAMR into the vCPU's walker, where it looks at keys. The soft TLB holds rights as they
    /// were, so a change empties it.
    private void loadKeys(Vcpu to) {
        if (to.mem().mmu() instanceof HashMmu mmu && mmu.setKeys(amr, iamr)) {
            to.mem().tlb().flush();
        }
    }

    /// The trap of an access at `ea` that hardware does not do where it is; DAR has the address.
    public GuestTrap misaligned(long ea) {
        dar = ea;
        return Ppc64Trap.ALIGNMENT;
    }

    @Override
    public void latchFault(Walk.Faulted fault) {
        storageInterrupt = fault.code;
        storageAddress = fault.va;
    }

    /// The storage interrupt was the program's own: its frames show what `pt_regs` has of it. Of a fetch
    /// Linux makes its address DAR, and the bits of SRR1 DSISR.
    public void noteStorageInterrupt() {
        thread.trap = StorageInterrupt.vector(storageInterrupt);
        thread.result = 0;
        dar = storageAddress;
        if (!StorageInterrupt.isSegment(storageInterrupt)) {
            dsisr = StorageInterrupt.reason(storageInterrupt);
        }
        if (StorageInterrupt.isFetch(storageInterrupt)) {
            srr1 = StorageInterrupt.reason(storageInterrupt);
        }
    }

    @Override
    public void copyFrom(Cpu other) {
        Ppc64Cpu from = (Ppc64Cpu) other;
        pc = from.pc;
        System.arraycopy(from.r, 0, r, 0, r.length);
        System.arraycopy(from.vsr, 0, vsr, 0, vsr.length);
        System.arraycopy(from.cr, 0, cr, 0, cr.length);
        fp.setFpscr(from.fp.fpscr());
        floatingPointMode = from.floatingPointMode;
        cr0Kind = from.cr0Kind;
        cr0A = from.cr0A;
        cr0B = from.cr0B;
        lr = from.lr;
        ctr = from.ctr;
        tar = from.tar;
        so = from.so;
        ov = from.ov;
        ca = from.ca;
        ov32 = from.ov32;
        ca32 = from.ca32;
        xerRest = from.xerRest;
        vscr = from.vscr;
        vrsave = from.vrsave;
        dscr = from.dscr;
        ppr = from.ppr;
        setKeys(from.amr, from.iamr, from.uamor);
        dar = from.dar;
        dsisr = from.dsisr;
        srr1 = from.srr1;
        storageInterrupt = from.storageInterrupt;
        storageAddress = from.storageAddress;
        firstArgument = from.firstArgument;
        vectored = from.vectored;
        thread.copyFrom(from.thread);
    }

    @Override
    public Registers registers() {
        return Ppc64Registers.TABLE.of(this);
    }
}
