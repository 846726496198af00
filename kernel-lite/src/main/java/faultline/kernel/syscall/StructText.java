package faultline.kernel.syscall;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/// What pointers point to, as strace prints it. What cannot be read is printed as the pointer.
final class StructText {

    /// strace's default for -s.
    private static final int STRING_LIMIT = 32;

    private static final int PATH_LIMIT = 4096;
    private static final int VECTOR_LIMIT = 32;

    private final FlagNames flags;
    private final int statModeOffset;
    private final int statSizeOffset;

    StructText(FlagNames flags, int statModeOffset, int statSizeOffset) {
        this.flags = flags;
        this.statModeOffset = statModeOffset;
        this.statSizeOffset = statSizeOffset;
    }

    /// How clone's flags and signal are printed.
    interface CloneFlags {
        String text(long flags, int signal);
    }

    /// A whole NUL-terminated string.
    String path(Task task, long va) {
        if (va == 0) {
            return "NULL";
        }
        try {
            byte[] bytes = task.memory().readString(va, PATH_LIMIT);
            return quote(bytes, bytes.length);
        } catch (ErrnoException _) {
            return ArgumentText.pointer(va);
        }
    }

    /// The beginning of `length` bytes.
    String buffer(Task task, long va, long length) {
        if (va == 0) {
            return "NULL";
        }
        int wanted = Math.clamp(length, 0, STRING_LIMIT);
        byte[] bytes = new byte[wanted];
        if (task.memory().readPartial(va, bytes, 0, wanted) != wanted) {
            return ArgumentText.pointer(va);
        }
        return quote(bytes, wanted) + (length > STRING_LIMIT ? "..." : "");
    }

    /// C's notation; octal escapes are as short as the next character allows.
    static String quote(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < length; i++) {
            int c = bytes[i] & 0xff;
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\f' -> text.append("\\f");
                case 11 -> text.append("\\v");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        text.append((char) c);
                    } else {
                        boolean digitFollows = i + 1 < length && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
                        text.append('\\').append(digitFollows ? octal(c) : Integer.toOctalString(c));
                    }
                }
            }
        }
        return text.append('"').toString();
    }

    private static String octal(int c) {
        String digits = Integer.toOctalString(c);
        return "0".repeat(3 - digits.length()) + digits;
    }

    /// The structure of a kind at `va`; null for a kind that is only a number.
    @Nullable
    String of(Task task, String kind, long va) {
        if (va == 0) {
            return "NULL";
        }
        try {
            return read(task.memory(), task, kind, va);
        } catch (ErrnoException _) {
            return ArgumentText.pointer(va);
        }
    }

    private @Nullable String read(UserMemory memory, Task task, String kind, long va) {
        return switch (kind) {
            case "argv" -> argv(task, memory, va);
            case "envp" -> ArgumentText.pointer(va) + " /* " + count(memory, va) + " vars */";
            case "timespec", "futex_timeout" -> seconds(memory, va, "tv_nsec");
            case "timeval" -> seconds(memory, va, "tv_usec");
            case "itimer" ->
                "{it_interval=" + seconds(memory, va, "tv_usec") + ", it_value=" + seconds(memory, va + 16, "tv_usec")
                        + "}";
            case "itimerspec" ->
                "{it_interval=" + seconds(memory, va, "tv_nsec") + ", it_value=" + seconds(memory, va + 16, "tv_nsec")
                        + "}";
            case "sigset" -> sigset(memory.load64(va));
            case "sigaction" -> sigaction(memory, va);
            case "rlimit" ->
                "{rlim_cur=" + limit(memory.load64(va)) + ", rlim_max=" + limit(memory.load64(va + 8)) + "}";
            case "int*" -> "[" + waitStatus(memory.load32(va)) + "]";
            case "int[2]" -> "[" + memory.load32(va) + ", " + memory.load32(va + 4) + "]";
            case "stat" ->
                "{st_mode=" + mode(memory.load32(va + statModeOffset)) + ", st_size="
                        + memory.load64(va + statSizeOffset) + ", ...}";
            case "utsname" -> "{sysname=" + field(memory, va) + ", nodename=" + field(memory, va + 65) + ", ...}";
            case "pollfds" -> ArgumentText.pointer(va);
            default -> null;
        };
    }

    private static String argv(Task task, UserMemory memory, long va) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; ; i++) {
            long pointer = memory.loadWord(va + 8L * i);
            if (pointer == 0) {
                return text.append(']').toString();
            }
            text.append(i == 0 ? "" : ", ");
            if (i == VECTOR_LIMIT) {
                return text.append("...]").toString();
            }
            byte[] bytes = task.memory().readString(pointer, Short.MAX_VALUE);
            text.append(quote(bytes, Math.min(bytes.length, STRING_LIMIT)));
            text.append(bytes.length > STRING_LIMIT ? "..." : "");
        }
    }

    private static int count(UserMemory memory, long va) {
        int count = 0;
        while (memory.loadWord(va + 8L * count) != 0) {
            count++;
        }
        return count;
    }

    private static String seconds(UserMemory memory, long va, String fraction) {
        return "{tv_sec=" + memory.load64(va) + ", " + fraction + "=" + memory.load64(va + 8) + "}";
    }

    /// A set as names without SIG; one that holds more than half is printed as what it lacks.
    static String sigset(long set) {
        boolean inverted = Long.bitCount(set) > Signals.COUNT / 2;
        long shown = inverted ? ~set : set;
        StringBuilder text = new StringBuilder(inverted ? "~[" : "[");
        String separator = "";
        for (int signal = 1; signal <= Signals.COUNT; signal++) {
            if (Signals.contains(shown, signal)) {
                text.append(separator).append(Signals.name(signal).substring("SIG".length()));
                separator = " ";
            }
        }
        return text.append(']').toString();
    }

    private String sigaction(UserMemory memory, long va) {
        long handler = memory.loadWord(va);
        long bits = memory.loadWord(va + 8);
        String who = handler == 0 ? "SIG_DFL" : handler == 1 ? "SIG_IGN" : ArgumentText.pointer(handler);
        boolean restorer = (bits & 0x400_0000) != 0;
        return "{sa_handler=" + who + ", sa_mask=" + sigset(memory.load64(va + 24)) + ", sa_flags="
                + flags.text("saflags", bits)
                + (restorer ? ", sa_restorer=" + ArgumentText.pointer(memory.loadWord(va + 16)) : "") + "}";
    }

    private static String limit(long value) {
        if (value == -1) {
            return "RLIM64_INFINITY";
        }
        return value > 1024 && value % 1024 == 0 ? value / 1024 + "*1024" : Long.toUnsignedString(value);
    }

    static String waitStatus(int status) {
        if (status == 0xffff) {
            return "{WIFCONTINUED(s)}";
        }
        if ((status & 0xff) == 0x7f) {
            return "{WIFSTOPPED(s) && WSTOPSIG(s) == " + Signals.name(status >> 8) + "}";
        }
        int signal = status & 0x7f;
        return signal == 0
                ? "{WIFEXITED(s) && WEXITSTATUS(s) == " + (status >> 8 & 0xff) + "}"
                : "{WIFSIGNALED(s) && WTERMSIG(s) == " + Signals.name(signal)
                        + ((status & 0x80) != 0 ? " && WCOREDUMP(s)" : "") + "}";
    }

    private String mode(int mode) {
        return flags.text("format", mode & 0xf000) + "|0" + Integer.toOctalString(mode & 07777);
    }

    private static String field(UserMemory memory, long va) {
        byte[] bytes = memory.readString(va, 65);
        return quote(bytes, bytes.length);
    }

    /// clone3's structure.
    String cloneArguments(Task task, long va, CloneFlags names) {
        try {
            UserMemory memory = task.memory();
            int signal = (int) memory.load64(va + 32);
            return "{flags=" + names.text(memory.load64(va), 0) + ", child_tid="
                    + ArgumentText.pointer(memory.load64(va + 16))
                    + ", parent_tid=" + ArgumentText.pointer(memory.load64(va + 24)) + ", exit_signal="
                    + (signal == 0 ? "0" : Signals.name(signal)) + ", stack="
                    + ArgumentText.pointer(memory.load64(va + 40)) + ", stack_size=0x"
                    + Long.toHexString(memory.load64(va + 48)) + ", tls=" + ArgumentText.pointer(memory.load64(va + 56))
                    + "}";
        } catch (ErrnoException _) {
            return ArgumentText.pointer(va);
        }
    }
}
