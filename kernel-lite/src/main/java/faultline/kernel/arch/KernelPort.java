package faultline.kernel.arch;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.Errno;
import faultline.kernel.NumberMap;
import faultline.kernel.elf.AuxEntry;
import faultline.kernel.elf.Vdso;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.mm.ShmLayout;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultRules;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.mm.pgtable.AddressSpaceIds;
import faultline.kernel.mm.pgtable.MmuCache;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TlbInvalidation;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.syscall.ArgumentNumbers;
import faultline.kernel.syscall.SyscallAbi;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Task;
import faultline.kernel.task.ThreadAbi;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StructStat;
import faultline.kernel.vfs.tty.TermiosLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything of Linux that an architecture decides, found by `ServiceLoader`. One port serves one
/// machine; it keeps no state of a process.
public interface KernelPort extends ThreadAbi {

    Architecture architecture();

    /// `e_machine` of its ELF files.
    int elfMachine();

    /// Byte order of its programs.
    default ByteOrder byteOrder() {
        return architecture().byteOrder();
    }

    /// Whether `struct epoll_event` has no hole: x86-64's 12 bytes instead of 16.
    default boolean packedEpollEvents() {
        return false;
    }

    /// Whether `mmap` knows MAP_32BIT: x86-64's flag for an address in the second gigabyte.
    default boolean has32BitMappings() {
        return false;
    }

    /// What this architecture's programs call the flags of `open`.
    default OpenFlags openFlags() {
        return OpenFlags.GENERIC;
    }

    /// What they call the flags of `mmap` and `mlockall`.
    default MapFlags mapFlags() {
        return MapFlags.GENERIC;
    }

    /// The numbers of the commands of `ioctl`.
    default IoctlNumbers ioctlNumbers() {
        return IoctlNumbers.GENERIC;
    }

    /// The numbers of socket options at level SOL_SOCKET.
    default NumberMap socketOptionNumbers() {
        return NumberMap.SAME;
    }

    /// All of these numbers together, for those who take or show arguments.
    default ArgumentNumbers argumentNumbers() {
        return new ArgumentNumbers(openFlags(), mapFlags(), ioctlNumbers(), socketOptionNumbers());
    }

    /// Its `struct termios`.
    default TermiosLayout termiosLayout() {
        return TermiosLayout.GENERIC;
    }

    /// Its `struct shmid64_ds`.
    default ShmLayout shmLayout() {
        return ShmLayout.GENERIC;
    }

    /// The vDSO to map into every program, or null where programs bring what they need.
    default Vdso.@Nullable Image vdso() {
        return null;
    }

    /// `uname -m`.
    String machineName();

    /// AT_PLATFORM.
    String platform(CpuModel model);

    /// AT_BASE_PLATFORM, or null where there is none.
    default @Nullable String basePlatform(CpuModel model) {
        return null;
    }

    /// What the auxiliary vector has first: ARCH_DLINFO, but for AT_SYSINFO_EHDR.
    default List<AuxEntry> auxiliaryEntries(CpuModel model) {
        return List.of();
    }

    /// AT_HWCAP and AT_HWCAP2: exactly what the model implements.
    long hwcap(CpuModel model);

    long hwcap2(CpuModel model);

    /// `/proc/cpuinfo` for `cpus` processors.
    String cpuinfo(CpuModel model, int cpus);

    /// The format of the kernel's page tables.
    PageTableFormat pageTableFormat(MmuChoice choice);

    TlbInvalidation tlbInvalidation(MmuChoice choice);

    /// What the kernel keeps in a machine's RAM for a kind of MMU that does not walk page tables.
    default MmuCache mmuCache(MmuChoice choice, PhysicalMemory memory) {
        return MmuCache.NONE;
    }

    /// How wide the ids of address spaces are that its TLBs tell apart; 0 for none.
    default int asidBits() {
        return 0;
    }

    /// New ids for a machine, `bits` wide, at most [#asidBits]; of 0 bits there are none. Throws
    /// `IllegalArgumentException` when so few cannot serve so many vCPUs.
    default AddressSpaceIds addressSpaceIds(MmuChoice choice, int bits, int cpus) {
        return AddressSpaceIds.NONE;
    }

    /// How the kernel frees page tables unless told otherwise.
    default TableFreeing tableFreeing() {
        return TableFreeing.IPI;
    }

    ProtectionKeys protectionKeys(MmuChoice choice);

    FaultEntry faultEntry(FaultRules rules);

    /// Which accesses can make a stack grow here, the usual rule first.
    default List<StackGrowth> stackGrowth() {
        return List.of(StackGrowth.GUARD_GAP);
    }

    SyscallAbi syscallAbi();

    /// How it lays out `struct stat`: as asm-generic has it.
    default StatLayout statLayout() {
        return StructStat.generic(byteOrder());
    }

    /// What Linux sends for an exception: signal, si_code and address; or null where it has done what the instruction
    /// is for, and the program goes on at `cpu.pc`.
    @Nullable
    Siginfo exception(Cpu cpu, UserMemory memory, GuestTrap trap);

    /// Where mmap, stack and position-independent programs are placed.
    AddressLayout addressLayout(MmuChoice choice);

    /// `prctl` with an option that is an architecture's own; EINVAL where it is none.
    default long control(Task task, long[] arguments) {
        throw Errno.EINVAL.exception();
    }

    /// Adds the system calls that only this architecture has (`arch_prctl`).
    default void registerCalls(SyscallTable table) {}

    /// User address space corners: `stackTop` is where the initial stack ends, `mmapBase` where
    /// mmap searches downwards from, `pieBase` where a position-independent program without
    /// interpreter goes.
    record AddressLayout(long stackTop, long mmapBase, long pieBase) {}
}
