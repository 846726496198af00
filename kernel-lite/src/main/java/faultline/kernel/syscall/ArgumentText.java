package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.StatLayout;
import org.jspecify.annotations.Nullable;

/// The arguments of a system call as strace prints them, from the kinds in [SyscallTable].
///
/// What the call fills in is printed after it: everything from the first such argument on belongs
/// to the second half of the line.
final class ArgumentText {

    private static final int AT_FDCWD = -100;

    private final ArgumentNumbers numbers;
    private final FlagNames flags;
    private final StructText structs;

    /// The place of ctid among clone's arguments.
    private final int childTid;

    ArgumentText(StatLayout stat, ArgumentNumbers numbers, boolean tlsBeforeChildTid) {
        this.numbers = numbers;
        this.flags = new FlagNames(numbers);
        this.childTid = tlsBeforeChildTid ? 4 : 3;
        this.structs = new StructText(flags, stat);
    }

    /// The arguments up to the first that is an output.
    String before(Task task, SyscallTable.@Nullable Entry entry, long[] arguments) {
        String special = special(task, entry, arguments);
        if (special != null) {
            return special;
        }
        String[] kinds = ArgumentKinds.of(entry, arguments, numbers.ioctl());
        return join(task, kinds, arguments, 0, firstOutput(kinds), 0);
    }

    /// The rest of the arguments, once `result` is known.
    String after(Task task, SyscallTable.@Nullable Entry entry, long[] arguments, long result) {
        if (entry != null && entry.name().equals("rt_sigreturn")) {
            return "{mask=" + StructText.sigset(task.blockedSignals()) + "}";
        }
        if (special(task, entry, arguments) != null) {
            return "";
        }
        String[] kinds = ArgumentKinds.of(entry, arguments, numbers.ioctl());
        return join(task, kinds, arguments, firstOutput(kinds), kinds.length, result);
    }

    private static boolean isOutput(String kind) {
        return kind.startsWith(">")
                || switch (kind) {
                    case "out", "stat", "int[2]", "int*", "utsname", "rusage", "pollfds" -> true;
                    default -> false;
                };
    }

    private static int firstOutput(String[] kinds) {
        for (int i = 0; i < kinds.length; i++) {
            if (isOutput(kinds[i])) {
                return i;
            }
        }
        return kinds.length;
    }

    private String join(Task task, String[] kinds, long[] arguments, int from, int to, long result) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            if (kinds[i].equals("-")) {
                continue;
            }
            text.append(i == 0 ? "" : ", ");
            boolean shown = !isOutput(kinds[i]) || isFilled(kinds[i], result);
            text.append(shown ? one(task, kinds, arguments, i, result) : pointer(arguments[i]));
        }
        return text.toString();
    }

    /// Whether a call that ended so has filled an output in. The time that is left of a sleep is
    /// stored only when a signal cut it short.
    private static boolean isFilled(String kind, long result) {
        return switch (kind) {
            case ">rest" -> result == Errno.EINTR.result() || result == Errno.ERESTART_RESTARTBLOCK.result();
            case "pollfds" -> true;
            default -> result >= 0 || result == SystemCall.NO_RESULT;
        };
    }

    private String one(Task task, String[] kinds, long[] arguments, int index, long result) {
        long value = arguments[index];
        String kind = kinds[index].startsWith(">") ? kinds[index].substring(1) : kinds[index];
        return switch (kind) {
            case "hex" -> value == 0 ? "0" : "0x" + Long.toHexString(value);
            case "int", "fd", "pid", "off" -> Long.toString(kind.equals("off") ? value : (int) value);
            case "uint", "size" -> Long.toUnsignedString(kind.equals("size") ? value : value & 0xffff_ffffL);
            case "uid" -> (int) value == -1 ? "-1" : Integer.toUnsignedString((int) value);
            case "mode" -> "0" + Long.toOctalString(value & 07777);
            case "dirfd" -> (int) value == AT_FDCWD ? "AT_FDCWD" : Integer.toString((int) value);
            case "signal" -> Signals.name((int) value);
            case "path" -> structs.path(task, value);
            case "str" -> structs.path(task, value);
            case "in" -> structs.buffer(task, value, index + 1 < arguments.length ? arguments[index + 1] : 0);
            case "out" -> structs.buffer(task, value, result);
            case "random" -> structs.random(task, value, result);
            case "dirents" -> structs.entries(task, value, result);
            case "groups" -> structs.groups(task, value, result);
            case "iovec" -> structs.vector(task, value, arguments[index + 1], Long.MAX_VALUE);
            case "iovec_filled" -> structs.vector(task, value, arguments[index + 1], result);
            case "pollfds" -> structs.pollRequests(task, value, arguments[index + 1]);
            case "rest" -> structured(task, "timespec", value);
            default -> structured(task, kind, value);
        };
    }

    private String structured(Task task, String kind, long value) {
        if (flags.knows(kind)) {
            return flags.text(kind, kind.equals("open") || kind.equals("wait") ? value & 0xffff_ffffL : value);
        }
        String text = structs.of(task, kind, value);
        return text != null ? text : pointer(value);
    }

    /// clone's arguments are named, and not in the order of the registers.
    private @Nullable String special(Task task, SyscallTable.@Nullable Entry entry, long[] arguments) {
        if (entry == null) {
            return null;
        }
        return switch (entry.name()) {
            case "clone" ->
                "child_stack=" + pointer(arguments[1]) + ", flags="
                        + cloneFlags(arguments[0] & ~0xffL, (int) arguments[0] & 0xff)
                        + ((arguments[0] & 0x10_0000) != 0 ? ", parent_tid=[0]" : "")
                        + ((arguments[0] & 0x120_0000) != 0 ? ", child_tidptr=" + pointer(arguments[childTid]) : "");
            case "clone3" -> structs.cloneArguments(task, arguments[0], this::cloneFlags) + ", " + arguments[1];
            default -> null;
        };
    }

    /// What strace appends to the result: which files a poll found ready.
    String remark(Task task, SyscallTable.@Nullable Entry entry, long[] arguments, long result) {
        if (entry == null || !entry.arguments().startsWith("pollfds")) {
            return "";
        }
        return result == 0 ? " (Timeout)" : result < 0 ? "" : structs.pollAnswers(task, arguments[0], arguments[1]);
    }

    private String cloneFlags(long value, int signal) {
        String names = value == 0 ? "" : flags.text("clone", value);
        if (signal == 0) {
            return names.isEmpty() ? "0" : names;
        }
        return (names.isEmpty() ? "" : names + "|") + Signals.name(signal);
    }

    static String pointer(long value) {
        return value == 0 ? "NULL" : "0x" + Long.toHexString(value);
    }
}
