package faultline.arm64.abi;

import faultline.arm64.Arm64Architecture;
import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.CpuId;
import faultline.arm64.fault.Arm64FaultEntry;
import faultline.arm64.fault.Arm64PageFault;
import faultline.arm64.mmu.Arm64PageTableFormat;
import faultline.arm64.mmu.Asids;
import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.Vdso;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.BroadcastInvalidation;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.vfs.OpenFlags;

/// Linux on arm64: the bundle of everything in this module that the kernel asks for.
public final class Arm64KernelPort implements KernelPort {

    static final int EM_AARCH64 = 183;

    /// Without randomisation: 128 MiB, the least gap Linux leaves for the stack, below the end.
    private static final long MMAP_GAP = 128L << 20;

    /// ELF_ET_DYN_BASE: two thirds of the address space.
    private static final long PIE_BASE = 0xaaaa_aaaa_a000L;

    private static final long USER_END = Arm64PageTableFormat.USER_END;

    private static final OpenFlags OPEN_FLAGS = new OpenFlags(0200000, 0400000, 040000, 0100000);

    private final Architecture architecture = new Arm64Architecture();
    private final FaultEntry faultEntry = new Arm64FaultEntry(USER_END);
    private final SyscallAbi syscallAbi = new Arm64SyscallAbi();
    private final SignalFrames signalFrames = new Arm64SignalFrames(USER_END);

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public int elfMachine() {
        return EM_AARCH64;
    }

    @Override
    public OpenFlags openFlags() {
        return OPEN_FLAGS;
    }

    @Override
    public Vdso.Image vdso() {
        return VdsoImage.build();
    }

    @Override
    public String machineName() {
        return "aarch64";
    }

    @Override
    public String platform(CpuModel model) {
        return "aarch64";
    }

    @Override
    public long hwcap(CpuModel model) {
        return CpuId.hwcap(model);
    }

    @Override
    public long hwcap2(CpuModel model) {
        return CpuId.hwcap2(model);
    }

    @Override
    public String cpuinfo(CpuModel model, int cpus) {
        return CpuId.cpuinfo(model, cpus);
    }

    @Override
    public PageTableFormat pageTableFormat(MmuChoice choice) {
        return new Arm64PageTableFormat(choice.pages());
    }

    /// `TLBI VALE1IS` or, from MAX_DVM_OPS pages on (as many as a table has entries), `ASIDE1IS`;
    /// then `DSB ISH`.
    @Override
    public TlbInvalidation tlbInvalidation(MmuChoice choice) {
        PageGeometry pages = choice.pages();
        return new BroadcastInvalidation("tlbi broadcast", (long) pages.bytes() / Long.BYTES << pages.shift());
    }

    /// 16, as ID_AA64MMFR0_EL1.ASIDBits of most processors has it.
    @Override
    public int asidBits() {
        return Asids.MOST_BITS;
    }

    @Override
    public AddressSpaceIds addressSpaceIds(MmuChoice choice, int bits, int cpus) {
        return bits == 0 ? AddressSpaceIds.NONE : new Asids(bits, cpus);
    }

    /// arm64 selects MMU_GATHER_RCU_TABLE_FREE.
    @Override
    public TableFreeing tableFreeing() {
        return TableFreeing.RCU;
    }

    @Override
    public ProtectionKeys protectionKeys(MmuChoice choice) {
        return ProtectionKeys.NONE;
    }

    @Override
    public FaultEntry faultEntry(FaultRules rules) {
        return faultEntry;
    }

    @Override
    public PageFault newPageFault(Cpu cpu) {
        return new Arm64PageFault((A64Cpu) cpu);
    }

    @Override
    public SyscallAbi syscallAbi() {
        return syscallAbi;
    }

    @Override
    public SignalFrames signalFrames() {
        return signalFrames;
    }

    @Override
    public Siginfo exception(Cpu cpu, UserMemory memory, GuestTrap trap) {
        return Arm64Exceptions.signal((A64Cpu) cpu, trap);
    }

    @Override
    public void startThread(Cpu cpu, UserMemory memory, Start start) {
        A64Cpu a64 = (A64Cpu) cpu;
        a64.copyFrom(new A64Cpu(a64.model()));
        a64.pc = start.entry();
        a64.x[A64Cpu.SP] = start.stackPointer();
    }

    @Override
    public void childReturn(Cpu child, long stackPointer) {
        A64Cpu a64 = (A64Cpu) child;
        a64.x[0] = 0;
        if (stackPointer != 0) {
            a64.x[A64Cpu.SP] = stackPointer;
        }
    }

    @Override
    public void setTls(Cpu cpu, long tls) {
        ((A64Cpu) cpu).tpidr = tls;
    }

    @Override
    public long stackPointer(Cpu cpu) {
        return ((A64Cpu) cpu).x[A64Cpu.SP];
    }

    @Override
    public AddressLayout addressLayout(MmuChoice choice) {
        return new AddressLayout(USER_END, USER_END - MMAP_GAP, PIE_BASE);
    }

    @Override
    public boolean cloneTlsBeforeChildTid() {
        return true;
    }
}
