package faultline.kernel.boot;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.syscall.Dispatcher;
import faultline.kernel.task.OomKiller;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;

/// What the engine calls for one task: page faults, system calls, exceptions and polls, each ending
/// on the common way back to guest code (`exit_to_user_mode_loop`).
final class Traps implements TrapHandler {

    private final Task task;
    private final KernelPort port;
    private final FaultEntry faultEntry;
    private final Dispatcher dispatcher;
    private final OomKiller oomKiller;
    private final KernelMemory memory;
    private final long[] arguments = new long[6];

    Traps(
            Task task,
            KernelPort port,
            FaultEntry faultEntry,
            Dispatcher dispatcher,
            KernelMemory memory,
            OomKiller oomKiller) {
        this.oomKiller = oomKiller;
        this.task = task;
        this.memory = memory;
        this.port = port;
        this.faultEntry = faultEntry;
        this.dispatcher = dispatcher;
    }

    @Override
    public Outcome pageFault(Cpu cpu) {
        FaultOutcome outcome = faultEntry.handle(cpu, true, task);
        if (outcome instanceof FaultOutcome.Done) {
            return backToGuest("a fault");
        }
        switch (outcome) {
            case FaultOutcome.Done _, FaultOutcome.Retry _ -> {}
            case FaultOutcome.Signal signal -> task.tasks().signals().force(task, siginfo(signal));
            case FaultOutcome.OutOfMemory _ -> oomKiller.outOfMemory(task);
        }
        return backToGuest("a fault");
    }

    private static Siginfo siginfo(FaultOutcome.Signal signal) {
        return signal.code() == FaultOutcome.Signal.SEGV_PKUERR && signal.signal() == Signals.SIGSEGV
                ? Siginfo.pkeyFault(signal.signal(), signal.code(), signal.address(), signal.pkey())
                : Siginfo.fault(signal.signal(), signal.code(), signal.address());
    }

    @Override
    public Outcome systemCall(Cpu cpu) {
        dispatcher.call(task, arguments);
        return backToGuest("a system call");
    }

    @Override
    public Outcome exception(Cpu cpu, GuestTrap trap) {
        Siginfo signal = port.exception(cpu, task.memory(), trap);
        if (signal != null) {
            task.tasks().signals().force(task, signal);
        }
        return backToGuest("an exception");
    }

    @Override
    public Outcome poll(Cpu cpu) {
        task.yieldIfDue();
        return backToGuest("a poll");
    }

    /// `task_numa_work`.
    private void scanForNodes() {
        Mm mm = task.mmOrNull();
        if (mm != null) {
            mm.numaScan().runIfDue();
        }
    }

    private Outcome backToGuest(String from) {
        memory.delayedFput().run();
        if (memory.balancing().isOn()) {
            scanForNodes();
        }
        if (task.hasWork() && !task.tasks().delivery().deliver(task)) {
            return Outcome.EXIT;
        }
        memory.checkReturn(task, "", from);
        return Outcome.RESUME;
    }
}
