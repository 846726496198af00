package faultline.arm64.cpu;

import faultline.arm64.fp.FpUnit;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.Registers;
import faultline.core.mmu.Walk;

/// The registers of one thread.
///
/// Fields are public because every generated instruction class reads them; nothing outside this
/// module sees them. Flags are kept as the last operation (see [Nzcv]); everything else is the
/// architectural value.
public final class A64Cpu extends Cpu {

    /// The element of `x` that register number 31 reads where it is the zero register; always 0.
    public static final int ZERO = 31;

    /// The element of `x` that is the stack pointer.
    public static final int SP = 32;

    /// What the stack pointer is a multiple of wherever it is the base of an access.
    public static final int STACK_ALIGNMENT = 16;

    /// The element of `x` in which writes to the zero register are lost.
    public static final int LOST = 33;

    // ESR_EL1 of a data abort (Arm ARM D24.2.40).

    private static final long ESR_CACHE_MAINTENANCE = 1 << 8;
    private static final long ESR_WRITE = 1 << 6;

    /// X0 to X30, [#ZERO], [#SP] and [#LOST]: decoding chooses among the last three, so that no
    /// instruction has to test for register 31.
    public final long[] x = new long[34];

    // NZCV as the operation that set it.

    /// One of the kinds of [Nzcv].
    public int flagKind = Nzcv.IMAGE;

    public long flagA;
    public long flagB;
    public long flagResult;

    // Floating point and vectors.

    /// V0 to V31: two elements each, the low half first.
    public final long[] v = new long[64];

    /// FPCR and FPSR, and arithmetic under them.
    public final FpUnit fp;

    /// TPIDR_EL0: the thread pointer.
    public long tpidr;

    // What the last fault left behind.

    public long far;
    public long esr;

    /// The first argument of the last system call, whose register the result has taken: `orig_x0`.
    public long firstArgument;

    // What signal frames report of the last fault that became a signal (`thread.fault_address`, `fault_code`).

    public long faultAddress;
    public long faultCode;

    /// Keeps what signal frames report: the address without its tag, and the syndrome.
    public void noteFault(long address, long syndrome) {
        faultAddress = address;
        faultCode = syndrome;
    }

    private final CpuModel model;

    /// Whether the fault about to be latched is one of cache maintenance.
    private boolean maintainsCache;

    public A64Cpu(CpuModel model) {
        this.model = model;
        this.fp = new FpUnit(model.has("FP16"));
    }

    /// The processor the thread sees.
    public CpuModel model() {
        return model;
    }

    /// CNTVCT_EL0: nanoseconds of the machine's clock ([CpuId#COUNTER_FREQUENCY]).
    public long counter() {
        return vcpu().nanoTime();
    }

    /// The trap of an access at `va` that is not aligned; FAR has the address.
    public GuestTrap misaligned(long va, boolean write) {
        far = va;
        return write ? A64Trap.MISALIGNED_WRITE : A64Trap.MISALIGNED_READ;
    }

    /// Says that the page fault now on its way is one of a cache maintenance instruction: it counts
    /// as a write, with CM set (Arm ARM D24.2.40, "ISS encoding for an exception from a Data Abort").
    public void faultsInCacheMaintenance() {
        maintainsCache = true;
    }

    @Override
    public void latchFault(Walk.Faulted fault) {
        far = fault.va;
        esr = fault.code | (maintainsCache ? ESR_CACHE_MAINTENANCE | ESR_WRITE : 0);
        maintainsCache = false;
    }

    @Override
    public void copyFrom(Cpu other) {
        A64Cpu from = (A64Cpu) other;
        pc = from.pc;
        System.arraycopy(from.x, 0, x, 0, x.length);
        flagKind = from.flagKind;
        flagA = from.flagA;
        flagB = from.flagB;
        flagResult = from.flagResult;
        System.arraycopy(from.v, 0, v, 0, v.length);
        fp.setFpcr(from.fp.fpcr());
        fp.setFpsr(from.fp.fpsr());
        tpidr = from.tpidr;
        far = from.far;
        esr = from.esr;
        firstArgument = from.firstArgument;
        faultAddress = from.faultAddress;
        faultCode = from.faultCode;
    }

    @Override
    public Registers registers() {
        return A64Registers.TABLE.of(this);
    }
}
