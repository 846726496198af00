package faultline.kernel.syscall;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.StatLayout;
import org.jspecify.annotations.Nullable;

/// What pointers point to, as strace prints it. What cannot be read is printed as the pointer.
final class StructText {

    /// strace's default for -s.
    private static final int STRING_LIMIT = 32;

    private static final int AF_UNIX = 1;
    private static final int SUN_PATH_BYTES = 108;
    private static final int PATH_LIMIT = 4096;
    private static final int VECTOR_LIMIT = 32;
    private static final int POLLFD_BYTES = 8;

    /// Where `d_reclen` lies in `struct linux_dirent64`, and in the older one too.
    private static final int RECLEN = 16;

    private static final long UTIME_NOW = (1L << 30) - 1;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    private final FlagNames flags;
    private final StatLayout stat;

    StructText(FlagNames flags, StatLayout stat) {
        this.flags = flags;
        this.stat = stat;
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
            case "stat" -> stat(memory, va);
            case "utsname" -> "{sysname=" + field(memory, va) + ", nodename=" + field(memory, va + 65) + ", ...}";
            case "int_at" -> "[" + memory.load32(va) + "]";
            case "winsize" ->
                "{ws_row=" + memory.load16(va) + ", ws_col=" + memory.load16(va + 2) + ", ws_xpixel="
                        + memory.load16(va + 4) + ", ws_ypixel=" + memory.load16(va + 6) + "}";
            case "utimes" -> "[" + fileTime(memory, va) + ", " + fileTime(memory, va + 16) + "]";
            case "sockaddr" -> socketAddress(memory, va);
            case "sysinfo" -> sysinfo(memory, va);
            case "statfs" -> statfs(memory, va);
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

    /// The parts of `struct stat` that strace shows; of a device its number instead of its size.
    private String stat(UserMemory memory, long va) {
        int mode = memory.load32(va + stat.modeOffset());
        String text = "{st_mode=" + mode(mode) + ", ";
        int format = mode & FileMode.S_IFMT;
        if (format == FileMode.S_IFCHR || format == FileMode.S_IFBLK) {
            int device = (int) memory.load64(va + stat.rdevOffset());
            return text + "st_rdev=makedev(0x" + Integer.toHexString(FileMode.major(device)) + ", 0x"
                    + Integer.toHexString(FileMode.minor(device)) + "), ...}";
        }
        return text + "st_size=" + memory.load64(va + stat.sizeOffset()) + ", ...}";
    }

    private static String fileTime(UserMemory memory, long va) {
        long nanos = memory.load64(va + 8);
        return nanos == UTIME_NOW ? "UTIME_NOW" : nanos == UTIME_OMIT ? "UTIME_OMIT" : seconds(memory, va, "tv_nsec");
    }

    private static String sysinfo(UserMemory memory, long va) {
        String[] names = {"totalram", "freeram", "sharedram", "bufferram", "totalswap", "freeswap"};
        StringBuilder text = new StringBuilder("{uptime=" + memory.load64(va));
        text.append(", loads=[" + memory.load64(va + 8) + ", " + memory.load64(va + 16) + ", " + memory.load64(va + 24))
                .append(']');
        for (int i = 0; i < names.length; i++) {
            text.append(", " + names[i] + "=" + memory.load64(va + 32 + 8L * i));
        }
        text.append(", procs=" + memory.load16(va + 80) + ", totalhigh=" + memory.load64(va + 88));
        return text.append(", freehigh=" + memory.load64(va + 96) + ", mem_unit=" + memory.load32(va + 104) + "}")
                .toString();
    }

    private static String statfs(UserMemory memory, long va) {
        String[] names = {"f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree"};
        StringBuilder text = new StringBuilder("{f_type=0x" + Long.toHexString(memory.load64(va)));
        for (int i = 0; i < names.length; i++) {
            text.append(", " + names[i] + "=" + memory.load64(va + 8 + 8L * i));
        }
        text.append(", f_fsid={val=[0x" + Integer.toHexString(memory.load32(va + 56)) + ", 0x"
                + Integer.toHexString(memory.load32(va + 60)) + "]}");
        return text.append(", f_namelen=" + memory.load64(va + 64) + ", f_frsize=" + memory.load64(va + 72)
                        + ", f_flags=0x" + Long.toHexString(memory.load64(va + 80)) + "}")
                .toString();
    }

    // Arrays, whose length is another argument or the result.

    /// What one element of an array looks like at its address.
    private interface Element {
        String text(UserMemory memory, long va);
    }

    private static String array(Task task, long va, long count, int bytes, Element element) {
        if (va == 0) {
            return "NULL";
        }
        try {
            StringBuilder text = new StringBuilder("[");
            for (long i = 0; i < count; i++) {
                text.append(i == 0 ? "" : ", ");
                if (i == VECTOR_LIMIT) {
                    text.append("...");
                    break;
                }
                text.append(element.text(task.memory(), va + i * bytes));
            }
            return text.append(']').toString();
        } catch (ErrnoException _) {
            return ArgumentText.pointer(va);
        }
    }

    /// A `struct iovec` array of which `bytes` were, or may be, transferred.
    String vector(Task task, long va, long count, long bytes) {
        long[] left = {bytes};
        return array(task, va, count, 16, (memory, at) -> {
            long length = memory.loadWord(at + 8);
            String base = buffer(task, memory.loadWord(at), Math.min(length, left[0]));
            left[0] -= Math.min(length, left[0]);
            return "{iov_base=" + base + ", iov_len=" + Long.toUnsignedString(length) + "}";
        });
    }

    String groups(Task task, long va, long count) {
        return array(task, va, count, Integer.BYTES, (memory, at) -> Integer.toUnsignedString(memory.load32(at)));
    }

    /// What a poll asks for.
    String pollRequests(Task task, long va, long count) {
        return array(
                task,
                va,
                count & 0xffff_ffffL,
                POLLFD_BYTES,
                (memory, at) -> "{fd=" + memory.load32(at) + ", events="
                        + flags.text("poll", Short.toUnsignedLong(memory.load16(at + 4))) + "}");
    }

    /// What a poll found: ` ([{fd=3, revents=POLLIN}])`.
    String pollAnswers(Task task, long va, long count) {
        StringBuilder text = new StringBuilder();
        try {
            for (long i = 0; i < (count & 0xffff_ffffL); i++) {
                long at = va + i * POLLFD_BYTES;
                long found = Short.toUnsignedLong(task.memory().load16(at + 6));
                if (found != 0) {
                    text.append(text.isEmpty() ? " ([" : ", ");
                    text.append("{fd=" + task.memory().load32(at) + ", revents=" + flags.text("poll", found) + "}");
                }
            }
        } catch (ErrnoException _) {
            return "";
        }
        return text.isEmpty() ? "" : text.append("])").toString();
    }

    /// A directory's records, which are only counted.
    String entries(Task task, long va, long length) {
        long count = 0;
        try {
            for (long at = 0;
                    at < length;
                    at += Short.toUnsignedLong(task.memory().load16(va + at + RECLEN))) {
                count++;
            }
        } catch (ErrnoException _) {
            return ArgumentText.pointer(va);
        }
        return ArgumentText.pointer(va) + " /* " + count + " entries */";
    }

    /// Random bytes: all in hexadecimal.
    String random(Task task, long va, long length) {
        int wanted = Math.clamp(length, 0, STRING_LIMIT);
        byte[] bytes = new byte[wanted];
        if (task.memory().readPartial(va, bytes, 0, wanted) != wanted) {
            return ArgumentText.pointer(va);
        }
        StringBuilder text = new StringBuilder("\"");
        for (byte one : bytes) {
            text.append("\\x").append(Character.forDigit(one >> 4 & 15, 16)).append(Character.forDigit(one & 15, 16));
        }
        return text.append('"') + (length > STRING_LIMIT ? "..." : "");
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

    /// An abstract name begins with an `@` and ends at its first zero byte.
    private String socketAddress(UserMemory memory, long va) {
        int family = memory.load16(va);
        String text = "{sa_family=" + flags.text("af", family);
        if (family == AF_UNIX) {
            boolean isAbstract = memory.load8(va + 2) == 0;
            byte[] name = memory.readString(isAbstract ? va + 3 : va + 2, SUN_PATH_BYTES);
            text += ", sun_path=" + (isAbstract ? "@" : "") + quote(name, name.length);
        }
        return text + "}";
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
