package faultline.kernel.syscall;

import faultline.kernel.task.Task;
import org.jspecify.annotations.Nullable;

final class ArgumentText {
    String before(Task task, SyscallTable.@Nullable Entry entry, long[] arguments) {
        StringBuilder b = new StringBuilder();
        int n = entry == null
                ? 6
                : entry.arguments().isEmpty() ? 0 : entry.arguments().split(" ").length;
        for (int i = 0; i < n; i++) b.append(i == 0 ? "" : ", ").append("0x").append(Long.toHexString(arguments[i]));
        return b.toString();
    }

    String after(Task task, SyscallTable.@Nullable Entry entry, long[] arguments, long result) {
        return "";
    }
}
