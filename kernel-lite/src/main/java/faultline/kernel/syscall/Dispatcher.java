package faultline.kernel.syscall;

import faultline.core.cpu.Cpu;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.task.InterruptedCall;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskStep;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes system calls: from a number to the call's body, and from its outcome to the guest's
/// registers.
public final class Dispatcher {

    /// Above every architecture's numbers; what is beyond is looked up by name each time.
    private static final int NUMBERS = 1024;

    /// After so many different unknown numbers the guest is only trying them.
    private static final int MOST_REPORTED = 1024;

    private final SyscallAbi abi;
    private final SyscallTable.@Nullable Entry[] entries = new SyscallTable.Entry[NUMBERS];
    private final @Nullable Strace strace;
    private final Consumer<String> notices;
    private final Map<Integer, Boolean> reported = new ConcurrentHashMap<>();
    private final AtomicLong calls = new AtomicLong();

    /// `notices` gets one line for each number that is not implemented, the first time it is used.
    public Dispatcher(SyscallAbi abi, SyscallTable table, @Nullable Strace strace, Consumer<String> notices) {
        this.abi = abi;
        this.strace = strace;
        this.notices = notices;
        for (int number = 0; number < NUMBERS; number++) {
            String name = abi.name(number);
            entries[number] = name == null ? null : table.find(name);
        }
    }

    /// How many system calls there have been.
    public long calls() {
        return calls.get();
    }

    /// Makes the call that the registers ask for; `arguments` is the task's to reuse.
    public void call(Task task, long[] arguments) {
        Cpu cpu = task.cpu();
        int number = abi.number(cpu);
        abi.arguments(cpu, arguments);
        task.tasks().steps().at(TaskStep.SYSCALL_ENTER, number);
        calls.incrementAndGet();
        SyscallTable.Entry entry = number >= 0 && number < NUMBERS ? entries[number] : null;
        if (strace != null) {
            strace.enter(task, entry, number, arguments);
        }
        long began = task.schedule().nanoTime();
        long result = entry == null ? unknown(task, number, arguments) : body(task, entry, arguments);
        task.countSystemTime(task.schedule().nanoTime() - began);
        task.tasks().steps().at(TaskStep.SYSCALL_EXIT, result);
        if (strace != null) {
            strace.leave(task, entry, number, arguments, result);
        }
        finish(task, number, result);
    }

    private static long body(Task task, SyscallTable.Entry entry, long[] arguments) {
        try {
            return entry.call().call(task, arguments);
        } catch (ErrnoException e) {
            return e.errno().result();
        }
    }

    private void finish(Task task, int number, long result) {
        if (result == SystemCall.NO_RESULT) {
            return;
        }
        Errno reason = restartReason(result);
        if (reason == null) {
            abi.setResult(task.cpu(), result);
        } else {
            task.setInterrupted(new Interrupted(reason, number));
        }
    }

    private static @Nullable Errno restartReason(long result) {
        if (result == Errno.ERESTARTSYS.result()) {
            return Errno.ERESTARTSYS;
        }
        if (result == Errno.ERESTARTNOINTR.result()) {
            return Errno.ERESTARTNOINTR;
        }
        if (result == Errno.ERESTARTNOHAND.result()) {
            return Errno.ERESTARTNOHAND;
        }
        return result == Errno.ERESTART_RESTARTBLOCK.result() ? Errno.ERESTART_RESTARTBLOCK : null;
    }

    private long unknown(Task task, int number, long[] arguments) {
        if (reported.size() < MOST_REPORTED && reported.putIfAbsent(number, true) == null) {
            String name = abi.name(number);
            StringBuilder text = new StringBuilder("syscall: ")
                    .append(name == null ? "number " + number : name + " (" + number + ")")
                    .append(" is not implemented; ")
                    .append(task)
                    .append(" gets ENOSYS for (");
            for (int i = 0; i < arguments.length; i++) {
                text.append(i == 0 ? "0x" : ", 0x").append(Long.toHexString(arguments[i]));
            }
            notices.accept(text.append(')').toString());
        }
        return Errno.ENOSYS.result();
    }

    /// A call that has to be made again or fail, once it is known whether a handler runs.
    private final class Interrupted implements InterruptedCall {

        private final Errno reason;
        private final int number;

        Interrupted(Errno reason, int number) {
            this.reason = reason;
            this.number = number;
        }

        @Override
        public Errno reason() {
            return reason;
        }

        @Override
        public void fail(Cpu cpu) {
            abi.setResult(cpu, Errno.EINTR.result());
        }

        @Override
        public void again(Cpu cpu) {
            abi.restart(cpu, number);
        }

        @Override
        public void againThroughBlock(Cpu cpu) {
            abi.restartWithBlock(cpu);
        }
    }
}
