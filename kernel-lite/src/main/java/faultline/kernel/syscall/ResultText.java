package faultline.kernel.syscall;

import org.jspecify.annotations.Nullable;

final class ResultText {
    static String of(SyscallTable.@Nullable Entry entry, long result) {
        return Long.toString(result);
    }
}
