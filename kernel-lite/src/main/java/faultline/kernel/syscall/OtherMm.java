package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.Mm;
import faultline.kernel.task.Task;

/// The address space of another task, which may end at any time: `get_task_mm`.
final class OtherMm {

    /// What a call does with it.
    @FunctionalInterface
    interface Use {
        long of(Mm mm);
    }

    private OtherMm() {}

    /// Runs `use` while the address space has one user more; `gone` when the task has none any more.
    static long with(Task target, Errno gone, Use use) {
        Mm mm = target.mmOrNull();
        if (mm == null || !mm.tryGet()) {
            throw gone.exception();
        }
        try {
            return use.of(mm);
        } finally {
            mm.put();
        }
    }
}
