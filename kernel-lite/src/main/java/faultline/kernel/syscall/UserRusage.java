package faultline.kernel.syscall;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Usage;

/// `struct rusage` in user memory: two timevals, then fourteen words.
final class UserRusage {

    private static final int BYTES = 144;

    private UserRusage() {}

    static void write(UserMemory memory, long va, Usage usage, long maxRssKib) {
        memory.clear(va, BYTES);
        UserTime.writeTimeval(memory, va, usage.userNanos());
        UserTime.writeTimeval(memory, va + 16, usage.systemNanos());
        memory.store64(va + 32, maxRssKib);
        memory.store64(va + 64, usage.minorFaults());
        memory.store64(va + 72, usage.majorFaults());
        memory.store64(va + 128, usage.voluntarySwitches());
        memory.store64(va + 136, usage.involuntarySwitches());
    }
}
