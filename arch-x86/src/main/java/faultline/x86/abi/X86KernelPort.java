package faultline.x86.abi;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StructStat;
import faultline.x86.X86Architecture;
import faultline.x86.cpu.Cpuid;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fault.X86FaultEntry;
import faultline.x86.fault.X86PageFault;
import faultline.x86.mmu.X86PageTableFormat;
import faultline.x86.mmu.X86TlbInvalidation;
import java.nio.ByteOrder;

/// Linux on x86-64: the bundle of everything in this module that the kernel asks for.
public final class X86KernelPort implements KernelPort {

    static final int EM_X86_64 = 62;

    /// AT_HWCAP2 bit 1: RDFSBASE and its family work in user mode. Bit 0, MWAIT in ring 3, no
    /// processor here has.
    private static final long HWCAP2_FSGSBASE = 1 << 1;

    /// Without randomisation: 128 MiB, the least gap Linux leaves for the stack, below the end.
    private static final long MMAP_GAP = 128L << 20;

    /// ELF_ET_DYN_BASE: two thirds of the address space.
    private static final long PIE_BASE = 0x5555_5555_4000L;

    private final Architecture architecture = new X86Architecture();
    private final PageTableFormat format = new X86PageTableFormat();
    private final TlbInvalidation invalidation = new X86TlbInvalidation();
    private final FaultEntry faultEntry = new X86FaultEntry(format.userEnd());
    private final ProtectionKeys keys = new X86ProtectionKeys();
    private final SyscallAbi syscallAbi = new X86SyscallAbi();
    private final SignalFrames signalFrames = new X86SignalFrames(format.userEnd());
    private final StatLayout statLayout = StructStat.longLinks(ByteOrder.LITTLE_ENDIAN);

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public int elfMachine() {
        return EM_X86_64;
    }

    @Override
    public boolean packedEpollEvents() {
        return true;
    }

    @Override
    public boolean has32BitMappings() {
        return true;
    }

    @Override
    public String machineName() {
        return "x86_64";
    }

    @Override
    public String platform(CpuModel model) {
        return "x86_64";
    }

    @Override
    public long hwcap(CpuModel model) {
        return Cpuid.hwcap(model);
    }

    @Override
    public long hwcap2(CpuModel model) {
        return model.has("FSGSBASE") ? HWCAP2_FSGSBASE : 0;
    }

    @Override
    public String cpuinfo(CpuModel model, int cpus) {
        return Cpuid.cpuinfo(model, cpus);
    }

    @Override
    public PageTableFormat pageTableFormat(MmuChoice choice) {
        return format;
    }

    @Override
    public TlbInvalidation tlbInvalidation(MmuChoice choice) {
        return invalidation;
    }

    @Override
    public ProtectionKeys protectionKeys(MmuChoice choice) {
        return keys;
    }

    @Override
    public FaultEntry faultEntry(FaultRules rules) {
        return faultEntry;
    }

    @Override
    public PageFault newPageFault(Cpu cpu) {
        return new X86PageFault((X86Cpu) cpu);
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
    public StatLayout statLayout() {
        return statLayout;
    }

    @Override
    public void registerCalls(SyscallTable table) {
        new X86Calls(format.userEnd()).register(table);
    }

    @Override
    public Siginfo exception(Cpu cpu, UserMemory memory, GuestTrap trap) {
        return X86Exceptions.signal((X86Cpu) cpu, trap);
    }

    @Override
    public void startThread(Cpu cpu, UserMemory memory, Start start) {
        X86Cpu x86 = (X86Cpu) cpu;
        x86.copyFrom(new X86Cpu(x86.model()));
        X86ProtectionKeys.reset(x86);
        x86.pc = start.entry();
        x86.r[X86Cpu.RSP] = start.stackPointer();
    }

    @Override
    public void childReturn(Cpu child, long stackPointer) {
        X86Cpu x86 = (X86Cpu) child;
        x86.r[X86Cpu.RAX] = 0;
        if (stackPointer != 0) {
            x86.r[X86Cpu.RSP] = stackPointer;
        }
    }

    @Override
    public void setTls(Cpu cpu, long tls) {
        ((X86Cpu) cpu).fsBase = tls;
    }

    @Override
    public long stackPointer(Cpu cpu) {
        return ((X86Cpu) cpu).r[X86Cpu.RSP];
    }

    @Override
    public AddressLayout addressLayout(MmuChoice choice) {
        return new AddressLayout(format.userEnd(), format.userEnd() - MMAP_GAP, PIE_BASE);
    }

    @Override
    public boolean cloneTlsBeforeChildTid() {
        return false;
    }
}
