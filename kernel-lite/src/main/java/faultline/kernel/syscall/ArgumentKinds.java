package faultline.kernel.syscall;

import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.Ioctls;
import org.jspecify.annotations.Nullable;

/// Which arguments a call has, where another of its arguments decides: as strace knows them.
final class ArgumentKinds {

    private static final String[] NONE = {};
    private static final String[] UNKNOWN = {"hex", "hex", "hex", "hex", "hex", "hex"};

    private static final long CREATES = 0x40 | 0x40_0000;
    private static final int FUTEX_COMMAND = 0x7f;
    private static final int MREMAP_FIXED = 2;

    private ArgumentKinds() {}

    /// The kinds of a call with these arguments; `-` is one that is not shown. `commands` are the guest's of `ioctl`.
    static String[] of(SyscallTable.@Nullable Entry entry, long[] arguments, IoctlNumbers commands) {
        if (entry == null) {
            return UNKNOWN;
        }
        String kinds = switch (entry.name()) {
            case "open" -> (arguments[1] & CREATES) == 0 ? "path open" : "path open mode";
            case "openat" -> (arguments[2] & CREATES) == 0 ? "dirfd path open" : "dirfd path open mode";
            case "mremap" -> (arguments[3] & MREMAP_FIXED) == 0 ? "ptr size size mremap" : entry.arguments();
            case "futex" -> futex((int) arguments[1] & FUTEX_COMMAND);
            case "fcntl" -> fcntl((int) arguments[1]);
            case "ioctl" -> ioctl(commands.toKernel((int) arguments[1]));
            case "prctl" -> prctl((int) arguments[0]);
            default -> entry.arguments();
        };
        return kinds.isEmpty() ? NONE : kinds.split(" ");
    }

    private static String futex(int command) {
        return switch (command) {
            case 0 -> "ptr futex uint timespec";
            case 1 -> "ptr futex uint";
            case 3 -> "ptr futex uint uint ptr";
            case 4, 12 -> "ptr futex uint uint ptr uint";
            case 5 -> "ptr futex uint uint ptr hex";
            case 6, 13 -> "ptr futex - timespec";
            case 7, 8 -> "ptr futex";
            case 9 -> "ptr futex uint timespec - futex_bitset";
            case 10 -> "ptr futex uint - - futex_bitset";
            case 11 -> "ptr futex uint timespec ptr";
            default -> "ptr futex uint hex hex hex";
        };
    }

    private static String fcntl(int command) {
        return switch (command) {
            case 0, 8, 10, 1030, 1031 -> "fd fcntl int";
            case 1, 3, 9, 11, 1025, 1032, 1034 -> "fd fcntl";
            case 2 -> "fd fcntl fd_flags";
            case 4 -> "fd fcntl open";
            default -> "fd fcntl ptr";
        };
    }

    private static String ioctl(int command) {
        return switch (command) {
            case Ioctls.TIOCGWINSZ -> "fd ioctl >winsize";
            case Ioctls.TIOCSWINSZ -> "fd ioctl winsize";
            case Ioctls.TIOCGPGRP, Ioctls.TIOCGSID, Ioctls.FIONREAD -> "fd ioctl >int_at";
            case Ioctls.TIOCSPGRP, Ioctls.FIONBIO -> "fd ioctl int_at";
            case Ioctls.TCFLSH, Ioctls.TIOCSCTTY -> "fd ioctl int";
            case Ioctls.TIOCNOTTY, Ioctls.FIONCLEX, Ioctls.FIOCLEX -> "fd ioctl";
            default -> "fd ioctl ptr";
        };
    }

    private static String prctl(int option) {
        return switch (option) {
            case 1 -> "prctl signal";
            case 2, 5, 11, 19, 37 -> "prctl >int_at";
            case 3, 39 -> "prctl";
            case 4, 23, 36 -> "prctl int";
            case 15 -> "prctl str";
            case 16 -> "prctl >str";
            default -> "prctl hex hex hex hex";
        };
    }
}
