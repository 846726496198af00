package faultline.kernel.syscall;

import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.task.TaskHooks;
import faultline.kernel.vfs.StatLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes system calls and signals in strace's format.
///
/// A call is one line, written when it returns; when another thread's event comes between, it is
/// written in two, as `<unfinished ...>` and `<... name resumed>`.
public final class Strace implements TaskHooks {

    /// strace lines results up here.
    private static final int RESULT_COLUMN = 39;

    private final Consumer<String> sink;
    private final ArgumentText text;

    // Guarded by this monitor.
    private @Nullable Task open;
    private StringBuilder line = new StringBuilder();
    private boolean severalTasks;

    /// `sink` gets whole lines without their newline; `stat` says where the parts of `struct stat`
    /// lie, `numbers` what the guest's arguments are, and `tlsBeforeChildTid` the order of clone's arguments.
    public Strace(Consumer<String> sink, StatLayout stat, ArgumentNumbers numbers, boolean tlsBeforeChildTid) {
        this.sink = sink;
        this.text = new ArgumentText(stat, numbers, tlsBeforeChildTid);
    }

    /// The first program is loaded: the execve that nobody called, as strace begins.
    public synchronized void started(Task task, String path, List<byte[]> argv, int variables, long envpVa) {
        StringBuilder names = new StringBuilder();
        for (byte[] argument : argv) {
            names.append(names.isEmpty() ? "" : ", ").append(StructText.quote(argument, argument.length));
        }
        byte[] file = path.getBytes(StandardCharsets.UTF_8);
        sink.accept(prefix(task) + "execve(" + StructText.quote(file, file.length) + ", [" + names + "], "
                + ArgumentText.pointer(envpVa) + " /* " + variables + " vars */) = 0");
    }

    /// A call begins: its arguments as far as they are input.
    void enter(Task task, SyscallTable.@Nullable Entry entry, int number, long[] arguments) {
        String name = entry == null ? "syscall_0x" + Integer.toHexString(number) : entry.name();
        String before = name + "(" + text.before(task, entry, arguments);
        synchronized (this) {
            finishOpenLine();
            open = task;
            line = new StringBuilder(prefix(task)).append(before);
            task.setTraced(name);
        }
    }

    /// A call returns: its output arguments and result.
    void leave(Task task, SyscallTable.@Nullable Entry entry, int number, long[] arguments, long result) {
        String after = text.after(task, entry, arguments, result) + ")";
        String remark = text.remark(task, entry, arguments, result);
        synchronized (this) {
            StringBuilder out;
            if (open == task) {
                out = line;
                open = null;
            } else {
                finishOpenLine();
                out = new StringBuilder(prefix(task))
                        .append("<... ")
                        .append(task.tracedName())
                        .append(" resumed>");
            }
            out.append(after);
            while (out.length() < RESULT_COLUMN) {
                out.append(' ');
            }
            sink.accept(out.append(" = ")
                    .append(ResultText.of(entry, result))
                    .append(remark)
                    .toString());
        }
    }

    @Override
    public boolean seesSignals() {
        return true;
    }

    @Override
    public boolean signal(Task task, Siginfo info) {
        event(task, "--- " + SiginfoText.signal(info) + " ---");
        return true;
    }

    @Override
    public void exited(Task task, @Nullable Integer status) {
        int known = status == null ? 0 : status;
        int signal = known & 0x7f;
        if (signal == 0) {
            event(task, "+++ exited with " + (known >> 8 & 0xff) + " +++");
        } else {
            event(
                    task,
                    "+++ killed by " + Signals.name(signal) + ((known & 0x80) != 0 ? " (core dumped)" : "") + " +++");
        }
    }

    /// From now on lines begin with the thread's id.
    @Override
    public synchronized void cloned(Task parent, Task child) {
        severalTasks = true;
    }

    private synchronized void event(Task task, String what) {
        if (open == task) {
            // A call that never returns: exit, exit_group.
            sink.accept(line.append(")").append(" = ?").toString());
            open = null;
        } else {
            finishOpenLine();
        }
        sink.accept(prefix(task) + what);
    }

    private void finishOpenLine() {
        if (open != null) {
            sink.accept(line.append(" <unfinished ...>").toString());
            open = null;
        }
    }

    private String prefix(Task task) {
        return severalTasks ? "[pid %5d] ".formatted(task.tid()) : "";
    }
}
