package faultline.ppc64.abi;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.NumberMap;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.AuxEntry;
import faultline.kernel.elf.Vdso;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.ShmLayout;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StructStat;
import faultline.kernel.vfs.tty.TermiosLayout;
import faultline.ppc64.Ppc64Architecture;
import faultline.ppc64.cpu.CpuId;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.fault.Ppc64FaultEntry;
import faultline.ppc64.fault.Ppc64PageFault;
import faultline.ppc64.mmu.ContextIds;
import faultline.ppc64.mmu.LinuxPageTables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Linux on ppc64, in one of its byte orders: the bundle of everything in this module that the kernel
/// asks for.
public abstract sealed class Ppc64KernelPort implements KernelPort {

    static final int EM_PPC64 = 21;

    /// Of `e_flags`, the version of the ABI; 2 has no function descriptors, 0 says nothing and means 1.
    private static final int EF_PPC64_ABI = 3;

    private static final int ELF_V2 = 2;

    private static final int STACK_POINTER = 1;
    private static final int TOC = 2;
    private static final int RESULT = 3;
    private static final int ENTRY = 12;
    private static final int THREAD_POINTER = 13;

    private static final long DESCRIPTOR_TOC = 8;

    /// VSCR of a new program: denormals as Java wants them are off.
    private static final int VSCR_NJ = 1 << 16;

    private final Architecture architecture;
    private final SyscallAbi syscallAbi = new Ppc64SyscallAbi();
    private final SignalFrames signalFrames;
    private final StatLayout statLayout;

    private Ppc64KernelPort(Architecture architecture) {
        this.architecture = architecture;
        this.signalFrames = new Ppc64SignalFrames(architecture.byteOrder());
        this.statLayout = StructStat.longLinks(architecture.byteOrder());
    }

    /// Linux as distributions have it today.
    public static final class LittleEndian extends Ppc64KernelPort {

        public LittleEndian() {
            super(new Ppc64Architecture.LittleEndian());
        }

        @Override
        public String machineName() {
            return "ppc64le";
        }
    }

    /// Linux as it was on POWER at first.
    public static final class BigEndian extends Ppc64KernelPort {

        public BigEndian() {
            super(new Ppc64Architecture.BigEndian());
        }

        @Override
        public String machineName() {
            return "ppc64";
        }
    }

    @Override
    public final Architecture architecture() {
        return architecture;
    }

    @Override
    public final int elfMachine() {
        return EM_PPC64;
    }

    @Override
    public final OpenFlags openFlags() {
        return GuestNumbers.OPEN;
    }

    @Override
    public final MapFlags mapFlags() {
        return GuestNumbers.MAP;
    }

    @Override
    public final IoctlNumbers ioctlNumbers() {
        return GuestNumbers.IOCTL;
    }

    @Override
    public final NumberMap socketOptionNumbers() {
        return GuestNumbers.SOCKET_OPTIONS;
    }

    @Override
    public final TermiosLayout termiosLayout() {
        return GuestNumbers.TERMIOS;
    }

    @Override
    public final ShmLayout shmLayout() {
        return GuestNumbers.SHM;
    }

    @Override
    public final Vdso.Image vdso() {
        return VdsoImage.build(byteOrder());
    }

    @Override
    public final String platform(CpuModel model) {
        return CpuId.platform(model);
    }

    @Override
    public final String basePlatform(CpuModel model) {
        return CpuId.platform(model);
    }

    @Override
    public final List<AuxEntry> auxiliaryEntries(CpuModel model) {
        return CacheEntries.of(model);
    }

    @Override
    public final long hwcap(CpuModel model) {
        return CpuId.hwcap(model);
    }

    @Override
    public final long hwcap2(CpuModel model) {
        return CpuId.hwcap2(model);
    }

    @Override
    public final String cpuinfo(CpuModel model, int cpus) {
        return CpuId.cpuinfo(model, cpus);
    }

    @Override
    public final SyscallAbi syscallAbi() {
        return syscallAbi;
    }

    @Override
    public final SignalFrames signalFrames() {
        return signalFrames;
    }

    @Override
    public final StatLayout statLayout() {
        return statLayout;
    }

    @Override
    public final @Nullable Siginfo exception(Cpu cpu, UserMemory memory, GuestTrap trap) {
        return Ppc64Exceptions.signal((Ppc64Cpu) cpu, memory, trap);
    }

    @Override
    public final long control(Task task, long[] arguments) {
        return ThreadOptions.control(task, arguments);
    }

    /// `start_thread`. Where functions have descriptors the entry is one, whose words are not
    /// relocated yet; otherwise R12 has the entry's own address.
    @Override
    public final void startThread(Cpu cpu, UserMemory memory, Start start) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        boolean descriptors = (start.flags() & EF_PPC64_ABI) != ELF_V2;
        long code = start.entry();
        long toc = 0;
        if (descriptors) {
            code = memory.load64(start.entry()) + start.bias();
            toc = memory.load64(start.entry() + DESCRIPTOR_TOC) + start.bias();
        }
        ppc.copyFrom(new Ppc64Cpu(ppc.model(), ppc.byteOrder()));
        ppc.thread.descriptors = descriptors;
        ppc.vscr = VSCR_NJ;
        ppc.pc = code & -4;
        ppc.r[STACK_POINTER] = start.stackPointer();
        ppc.r[TOC] = toc;
        ppc.r[ENTRY] = descriptors ? 0 : code;
    }

    @Override
    public final void childReturn(Cpu child, long stackPointer) {
        Ppc64Cpu ppc = (Ppc64Cpu) child;
        ppc.r[RESULT] = 0;
        if (stackPointer != 0) {
            ppc.r[STACK_POINTER] = stackPointer;
        }
    }

    /// What is at R13, and how far from it a thread's variables are, is the C library's business.
    @Override
    public final void setTls(Cpu cpu, long tls) {
        ((Ppc64Cpu) cpu).r[THREAD_POINTER] = tls;
    }

    @Override
    public final long stackPointer(Cpu cpu) {
        return ((Ppc64Cpu) cpu).r[STACK_POINTER];
    }

    @Override
    public final boolean cloneTlsBeforeChildTid() {
        return true;
    }

    @Override
    public final AddressLayout addressLayout(MmuChoice choice) {
        return UserSpace.layout(choice.pages());
    }

    // Translation.

    @Override
    public final PageTableFormat pageTableFormat(MmuChoice choice) {
        return LinuxPageTables.format(choice);
    }

    @Override
    public final TlbInvalidation tlbInvalidation(MmuChoice choice) {
        return LinuxPageTables.invalidation(choice);
    }

    @Override
    public final MmuCache mmuCache(MmuChoice choice, PhysicalMemory memory) {
        return LinuxPageTables.cache(choice, memory);
    }

    @Override
    public final AddressSpaceIds addressSpaceIds(MmuChoice choice, int bits, int cpus) {
        return LinuxPageTables.ids(choice, bits);
    }

    @Override
    public final int asidBits() {
        return ContextIds.PID_BITS;
    }

    /// Book3S selects MMU_GATHER_RCU_TABLE_FREE.
    @Override
    public final TableFreeing tableFreeing() {
        return TableFreeing.RCU;
    }

    /// Linux has keys on POWER where translation is hashed.
    @Override
    public final ProtectionKeys protectionKeys(MmuChoice choice) {
        return LinuxPageTables.isHash(choice) ? new Ppc64ProtectionKeys(choice.pages()) : ProtectionKeys.NONE;
    }

    @Override
    public final List<StackGrowth> stackGrowth() {
        return List.of(StackGrowth.values());
    }

    @Override
    public final FaultEntry faultEntry(FaultRules rules) {
        return new Ppc64FaultEntry(rules);
    }

    @Override
    public final PageFault newPageFault(Cpu cpu) {
        return new Ppc64PageFault((Ppc64Cpu) cpu);
    }
}
