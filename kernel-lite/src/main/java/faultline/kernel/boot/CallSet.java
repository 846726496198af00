package faultline.kernel.boot;

import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.Exec;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.syscall.CacheCalls;
import faultline.kernel.syscall.ControlCalls;
import faultline.kernel.syscall.CopyCalls;
import faultline.kernel.syscall.DirectoryCalls;
import faultline.kernel.syscall.EventCalls;
import faultline.kernel.syscall.FamilyCalls;
import faultline.kernel.syscall.FileCalls;
import faultline.kernel.syscall.FutexCalls;
import faultline.kernel.syscall.IdentityCalls;
import faultline.kernel.syscall.LegacyCalls;
import faultline.kernel.syscall.MmCalls;
import faultline.kernel.syscall.NumaCalls;
import faultline.kernel.syscall.PerfCalls;
import faultline.kernel.syscall.PidfdCalls;
import faultline.kernel.syscall.PollCalls;
import faultline.kernel.syscall.ProcessCalls;
import faultline.kernel.syscall.RemoteMmCalls;
import faultline.kernel.syscall.SchedCalls;
import faultline.kernel.syscall.ShmCalls;
import faultline.kernel.syscall.SignalCalls;
import faultline.kernel.syscall.SocketCalls;
import faultline.kernel.syscall.StatCalls;
import faultline.kernel.syscall.SwapCalls;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.syscall.SystemCalls;
import faultline.kernel.syscall.TimeCalls;
import faultline.kernel.syscall.UserfaultCalls;
import faultline.kernel.vfs.dev.DeviceTree;
import faultline.kernel.vfs.event.UserfaultDevice;
import faultline.kernel.vfs.root.Vfs;
import java.util.function.LongSupplier;

/// The system calls of a machine, from all groups.
final class CallSet {

    private CallSet() {}

    static SyscallTable of(
            KernelPort port,
            Exec exec,
            Vfs vfs,
            KernelMemory memory,
            Gup gup,
            KernelOptions options,
            LongSupplier freeBytes) {
        SyscallTable table = new SyscallTable();
        ProcessCalls.register(table, exec, port.signalFrames(), port.cloneTlsBeforeChildTid());
        FamilyCalls.register(table, port::control);
        IdentityCalls.register(table);
        SignalCalls.register(table, port.signalFrames());
        FutexCalls.register(table);
        TimeCalls.register(table);
        SchedCalls.register(table);
        SystemCalls.register(
                table,
                new SystemCalls.Machine(
                        Kernel.NODE_NAME,
                        Kernel.RELEASE,
                        port.machineName(),
                        options.memoryBytes(),
                        freeBytes,
                        () -> memory.swap().total() << memory.geometry().shift(),
                        () -> memory.swap().used() << memory.geometry().shift()));
        FileCalls.register(table, port.argumentNumbers());
        ControlCalls.register(table, port.openFlags());
        DirectoryCalls.register(table);
        new StatCalls(port.statLayout()).register(table);
        new CopyCalls(vfs.memoryFiles(), memory).register(table);
        new CacheCalls(memory).register(table);
        PollCalls.register(table);
        new EventCalls(vfs, port.byteOrder(), port.packedEpollEvents(), port.openFlags()).register(table);
        UserfaultCalls.register(table, vfs.anonymous(), port.byteOrder());
        UserfaultDevice.register(
                vfs.namespace().devices(),
                DeviceTree.MISC_MAJOR,
                DeviceTree.USERFAULTFD_MINOR,
                vfs.anonymous(),
                port.byteOrder());
        new PerfCalls(vfs.anonymous(), port.byteOrder()).register(table);
        new PidfdCalls(vfs.anonymous(), port.signalFrames()).register(table);
        SocketCalls.register(table, vfs.sockets(), port.byteOrder(), port.socketOptionNumbers());
        MmCalls mm = new MmCalls(gup, port.protectionKeys(options.mmu()), port.has32BitMappings(), port.mapFlags());
        mm.register(table);
        new RemoteMmCalls(gup, mm).register(table);
        new NumaCalls(gup).register(table);
        SwapCalls swap = new SwapCalls(memory, port.byteOrder(), options.swapBytes());
        swap.register(table);
        if (options.swapBytes() != 0) {
            swap.deviceOn(-1);
        }
        new ShmCalls(memory.shm(), port.shmLayout(), gup).register(table);
        LegacyCalls.register(table);
        port.registerCalls(table);
        return table;
    }
}
