package faultline.kernel.task;

import faultline.kernel.vfs.VfsPath;
import org.jspecify.annotations.Nullable;

/// What `execve` leaves behind for others to look at: `/proc/PID/{exe,cmdline,environ,auxv}` and the debugger.
///
/// Addresses are the new program's: arguments and environment lie in `[argStart, argEnd)` and `[envStart, envEnd)`,
/// `auxv` is the vector's raw bytes, `loadBias` what was added to the addresses of the executable's headers.
public record ProgramImage(
        String path,
        @Nullable VfsPath file,
        long entry,
        long loadBias,
        long startStack,
        long argStart,
        long argEnd,
        long envStart,
        long envEnd,
        byte[] auxv) {}
