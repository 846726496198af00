package faultline.ppc64.fault;

import faultline.core.mmu.Access;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.PageFault;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.mmu.StorageInterrupt;
import faultline.ppc64.mmu.StorageKeys;

/// A storage interrupt with its reason, and the rules by which POWER judges it against a VMA.
public final class Ppc64PageFault extends PageFault {

    /// How far from a stack's end accesses are not looked at: what exec and signal frames may take.
    private static final long STACK_FREE_BYTES = 0x10_0000;

    /// How far below r1 an access may be: ABI and signal frames.
    private static final long BELOW_STACK_POINTER = 2048;

    private static final int STACK_POINTER = 1;

    private final Ppc64Cpu cpu;
    private long code;
    private boolean checksStack;
    private boolean storeUpdatesStack;

    public Ppc64PageFault(Ppc64Cpu cpu) {
        this.cpu = cpu;
    }

    /// Begins the fault that the processor has latched.
    void begin(boolean user) {
        code = cpu.storageInterrupt;
        checksStack = false;
        begin(cpu.storageAddress, StorageInterrupt.access(code), user);
        if (user) {
            cpu.noteStorageInterrupt();
        }
    }

    /// From here on the stack grows for accesses near its pointer only, and for a store that moves it.
    void checkStack(boolean updates) {
        checksStack = true;
        storeUpdatesStack = updates;
    }

    @Override
    public long code() {
        return code;
    }

    /// The key first, as `access_pkey_error` comes first; KEYFAULT alone decides nothing, because
    /// another thread may have given the page another key since.
    @Override
    public boolean accessError(Vma vma) {
        return !keyPermits(vma.pkey()) || isRefused(vma.flags());
    }

    /// `access_error`. A write right includes reading; a right to execute alone does not, whatever the
    /// PTE would permit.
    boolean isRefused(int vmaFlags) {
        return switch (access()) {
            case EXECUTE -> (vmaFlags & Vma.VM_EXEC) == 0;
            case WRITE -> (vmaFlags & Vma.VM_WRITE) == 0;
            case READ -> (vmaFlags & (Vma.VM_READ | Vma.VM_WRITE)) == 0;
        };
    }

    @Override
    public FaultOutcome.Signal badAccess(Vma vma) {
        return refusal(vma.pkey());
    }

    /// SEGV_PKUERR names the VMA's key *now*.
    FaultOutcome.Signal refusal(int vmaKey) {
        return keyPermits(vmaKey)
                ? signal(FaultOutcome.Signal.SEGV_ACCERR, 0)
                : signal(FaultOutcome.Signal.SEGV_PKUERR, vmaKey);
    }

    /// Of a thread without keys AMR and IAMR are 0, which permits all.
    private boolean keyPermits(int vmaKey) {
        return StorageKeys.permits(cpu.amr, cpu.iamr, vmaKey, access());
    }

    @Override
    public boolean keyPermits(Vma vma) {
        return keyPermits(vma.pkey());
    }

    /// As posted for powerpc: a kernel without keys never takes a result, and a refusal is asked again
    /// under `mmap_lock`.
    @Override
    public boolean usesSpeculation(FaultOutcome outcome, boolean memKeys) {
        return memKeys && !(outcome instanceof FaultOutcome.Signal);
    }

    @Override
    public FaultOutcome.Signal badArea() {
        return signal(FaultOutcome.Signal.SEGV_MAPERR, 0);
    }

    FaultOutcome.Signal outOfRange() {
        return signal(FaultOutcome.Signal.SEGV_BNDERR, 0);
    }

    FaultOutcome.Signal badFault() {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGBUS, FaultOutcome.Signal.BUS_OBJERR, address(), 0);
    }

    private FaultOutcome.Signal signal(int code, int key) {
        return new FaultOutcome.Signal(FaultOutcome.Signal.SIGSEGV, code, address(), key);
    }

    /// The rule of Linux before 5.10 (`bad_stack_expansion`), where it was asked for: otherwise any
    /// store between a stack and what is mapped below it would make the stack grow. Asked of user and
    /// kernel accesses alike, with the user's r1.
    @Override
    public boolean refusesGrowth(Vma stack) {
        return checksStack
                && address() + STACK_FREE_BYTES < stack.end()
                && Long.compareUnsigned(address() + BELOW_STACK_POINTER, cpu.r[STACK_POINTER]) < 0
                && !storeUpdatesStack;
    }

    boolean isWriteOfUser() {
        return isUser() && access() == Access.WRITE;
    }
}
