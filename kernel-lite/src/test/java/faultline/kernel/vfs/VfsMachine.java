package faultline.kernel.vfs;

import faultline.core.cpu.Vcpu;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Schedule;
import faultline.kernel.KernelHeap;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.syscall.ArgumentNumbers;
import faultline.kernel.syscall.CacheCalls;
import faultline.kernel.syscall.ControlCalls;
import faultline.kernel.syscall.CopyCalls;
import faultline.kernel.syscall.DirectoryCalls;
import faultline.kernel.syscall.FileCalls;
import faultline.kernel.syscall.SocketCalls;
import faultline.kernel.syscall.StatCalls;
import faultline.kernel.syscall.SyscallTable;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.mem.MemoryFileSystem;
import faultline.kernel.vfs.root.Vfs;
import faultline.kernel.vfs.tty.TermiosLayout;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A machine whose threads make file system calls: a page cache over real RAM, an empty tmpfs as
/// root, and a recorder for job-control signals.
public final class VfsMachine {

    private final ToyMachine machine;
    private final ByteOrder order;
    private final Vfs vfs;
    private final SyscallTable calls = new SyscallTable();
    private final AtomicLong ticks = new AtomicLong(1_000_000_000_000L);
    private StatLayout.@Nullable Stat lastStat;

    /// `group:signal`, in order.
    public final List<String> groupSignals = new ArrayList<>();

    /// Sessions by process group, for TIOCSPGRP.
    public int sessionOfGroup = 100;

    public boolean orphaned;

    public VfsMachine(int cpus, Schedule schedule) {
        this(cpus, schedule, new KernelHeap(1L << 30));
    }

    public VfsMachine(int cpus, Schedule schedule, KernelHeap heap) {
        this(cpus, schedule, heap, ByteOrder.LITTLE_ENDIAN, ArgumentNumbers.GENERIC);
    }

    /// A machine whose programs have a byte order and numbers of their own.
    public VfsMachine(int cpus, Schedule schedule, KernelHeap heap, ByteOrder order, ArgumentNumbers numbers) {
        this.machine = new ToyMachine(cpus, 8192, schedule, true, heap);
        this.order = order;
        JobControl jobs = new JobControl() {
            @Override
            public synchronized void signalProcessGroup(int group, int signal) {
                groupSignals.add(group + ":" + signal);
            }

            @Override
            public int sessionOfGroup(int group) {
                return sessionOfGroup;
            }

            @Override
            public boolean isOrphaned(int group) {
                return orphaned;
            }
        };
        FileSystem.Clock clock = () -> Instant.ofEpochMilli(ticks.incrementAndGet());
        this.vfs = new Vfs(
                new Vfs.Environment(machine.kernel(), jobs, RandomSource.seeded(1), clock, TermiosLayout.GENERIC));
        FileCalls.register(calls, numbers);
        ControlCalls.register(calls, numbers.open());
        DirectoryCalls.register(calls);
        new StatCalls(new StatLayout() {
                    @Override
                    public void write(UserMemory memory, long va, Stat stat) {
                        lastStat = stat;
                    }

                    @Override
                    public int modeOffset() {
                        return 16;
                    }

                    @Override
                    public int sizeOffset() {
                        return 48;
                    }

                    @Override
                    public int rdevOffset() {
                        return 32;
                    }
                })
                .register(calls);
        new CopyCalls(vfs.memoryFiles(), machine.kernel()).register(calls);
        new CacheCalls(machine.kernel()).register(calls);
        SocketCalls.register(calls, vfs.sockets(), order, numbers.socketOptions());
    }

    /// A machine with one vCPU and a tmpfs as root.
    public static VfsMachine withTmpfs() {
        VfsMachine made = new VfsMachine(1, new ParallelSchedule());
        made.mountTmpfs();
        return made;
    }

    public void mountTmpfs() {
        FileSystem.Clock clock = vfs.environment().clock();
        vfs.namespace()
                .mountRoot(new MemoryFileSystem("tmpfs", 1, clock, machine.kernel(), 0755, Credentials.ROOT), "tmpfs");
    }

    public Vfs vfs() {
        return vfs;
    }

    PageAllocator allocator() {
        return machine.kernel().allocator();
    }

    SyscallTable calls() {
        return calls;
    }

    StatLayout.@Nullable Stat lastStat() {
        return lastStat;
    }

    ByteOrder order() {
        return order;
    }

    Schedule schedule() {
        return machine.schedule();
    }

    Vcpu vcpu(int id) {
        return machine.vcpus().get(id);
    }

    /// Runs the bodies in tasks that share descriptors, root and current directory, until all are
    /// done; throws what the first of them threw.
    public void run(VfsThread.Body... bodies) {
        FsContext fs = new FsContext(
                vfs.namespace(), vfs.namespace().root(), vfs.namespace().root(), 022);
        run(fs, bodies);
    }

    public void run(FsContext fs, VfsThread.Body... bodies) {
        FdTable files = new FdTable();
        List<VfsThread> threads = new ArrayList<>();
        for (int i = 0; i < bodies.length; i++) {
            threads.add(new VfsThread(this, i, files, fs, bodies[i]));
        }
        threads.forEach(VfsThread::launch);
        TestThread.join(threads);
    }
}
