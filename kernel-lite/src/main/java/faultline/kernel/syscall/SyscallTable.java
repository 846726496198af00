package faultline.kernel.syscall;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All system calls by Linux's name, with the one description of their arguments that dispatch and
/// `--strace` share.
///
/// `add("openat", "dirfd path open mode", FileCalls::openat)`: one word an argument, its kind.
/// Kinds: `int` `uint` `hex` `ptr` `size` `off` `fd` `dirfd` `path` `str` `argv` `mode` `pid` `uid`
/// `signal` `sigset` `sigaction` `siginfo` `timespec` `timeval` `itimer` `stat` `iovec` `fdset`
/// `pollfds` `rlimit` `in` (buffer, its length is the next argument) `out` (buffer, its length is
/// the result) `int[2]`, and the flag sets `open` `access` `prot` `map` `mremap` `madvise` `msync`
/// `clone` `futex` `whence` `fcntl` `ioctl` `at` `wait` `sighow` `clock` `resource` `dup3` `pipe`.
/// A `>` before a kind says that the call fills it in: it is printed afterwards.
/// An architecture maps its own numbers to these names; a number without a name here is ENOSYS.
public final class SyscallTable {

    /// One system call.
    public record Entry(String name, String arguments, SystemCall call) {}

    private final Map<String, Entry> byName = new HashMap<>();

    /// Adds a call; a name is added once.
    public void add(String name, String arguments, SystemCall call) {
        if (byName.put(name, new Entry(name, arguments, call)) != null) {
            throw new IllegalArgumentException("syscall: " + name + " is already in the table");
        }
    }

    /// Adds a call that sees of its task only what the file systems do.
    public void addFileCall(String name, String arguments, FileCall call) {
        add(name, arguments, call);
    }

    /// The call of this name, or null when it is not implemented.
    public @Nullable Entry find(String name) {
        return byName.get(name);
    }
}
