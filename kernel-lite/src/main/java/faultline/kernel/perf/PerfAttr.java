package faultline.kernel.perf;

import faultline.kernel.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `struct perf_event_attr`, as far as events that only count look at it.
///
/// @param bits its flags, `disabled` in bit 0 whatever the byte order
public record PerfAttr(int type, long config, long samplePeriod, long sampleType, long readFormat, long bits) {

    /// PERF_ATTR_SIZE_VER0: the least, and what size 0 means.
    public static final int SIZE_VER0 = 64;

    /// `sizeof (struct perf_event_attr)` of Linux 6.12: PERF_ATTR_SIZE_VER8.
    public static final int SIZE = 136;

    static final int PERF_TYPE_SOFTWARE = 1;

    static final long PERF_FORMAT_TOTAL_TIME_ENABLED = 1;
    static final long PERF_FORMAT_TOTAL_TIME_RUNNING = 2;
    static final long PERF_FORMAT_ID = 4;
    static final long PERF_FORMAT_GROUP = 8;
    static final long PERF_FORMAT_LOST = 16;
    private static final long PERF_FORMAT_MAX = 32;

    private static final long PERF_SAMPLE_READ = 1 << 4;
    private static final long PERF_SAMPLE_MAX = 1 << 25;

    private static final long DISABLED = 1;
    private static final long INHERIT = 1 << 1;
    private static final long PINNED = 1 << 2;
    private static final long EXCLUSIVE = 1 << 3;
    private static final long EXCLUDE_USER = 1 << 4;
    private static final long EXCLUDE_KERNEL = 1 << 5;
    private static final long FREQ = 1 << 10;
    private static final long ENABLE_ON_EXEC = 1 << 12;
    private static final long NAMESPACES = 1 << 22;
    private static final long INHERIT_THREAD = 1L << 35;
    private static final long REMOVE_ON_EXEC = 1L << 36;
    private static final long SIGTRAP = 1L << 37;
    private static final int KNOWN_BITS = 38;

    /// `sysctl_perf_event_sample_rate`.
    private static final long MAX_SAMPLE_RATE = 100_000;

    /// What the first [#SIZE] bytes say, zero where a program has fewer. EINVAL for what the kernel does not
    /// know.
    public static PerfAttr parse(byte[] bytes, ByteOrder order) {
        ByteBuffer from = ByteBuffer.wrap(bytes).order(order);
        // Bit-fields are laid out from the end where the first byte is.
        long flags = order == ByteOrder.LITTLE_ENDIAN ? from.getLong(40) : Long.reverse(from.getLong(40));
        PerfAttr attr = new PerfAttr(
                from.getInt(0), from.getLong(8), from.getLong(16), from.getLong(24), from.getLong(32), flags);
        boolean reserved = flags >>> KNOWN_BITS != 0 || from.getShort(110) != 0 || from.getInt(116) != 0;
        if (reserved || !attr.isSound()) {
            throw Errno.EINVAL.exception();
        }
        return attr;
    }

    private boolean isSound() {
        return Long.compareUnsigned(sampleType, PERF_SAMPLE_MAX) < 0
                && Long.compareUnsigned(readFormat, PERF_FORMAT_MAX) < 0
                && (inherits() || !has(INHERIT_THREAD))
                && !(removesOnExec() && enablesOnExec())
                && (removesOnExec() || !has(SIGTRAP));
    }

    /// EINVAL where `perf_event_open` itself refuses how often samples are to be taken.
    public void checkPeriod() {
        if (has(FREQ) ? Long.compareUnsigned(samplePeriod, MAX_SAMPLE_RATE) > 0 : samplePeriod < 0) {
            throw Errno.EINVAL.exception();
        }
    }

    /// EINVAL for samples that would sum up the events of children.
    void checkInheritance() {
        if (inherits() && (sampleType & PERF_SAMPLE_READ) != 0) {
            throw Errno.EINVAL.exception();
        }
    }

    boolean samples() {
        return samplePeriod != 0;
    }

    boolean reads(long format) {
        return (readFormat & format) != 0;
    }

    private boolean has(long flag) {
        return (bits & flag) != 0;
    }

    boolean isDisabled() {
        return has(DISABLED);
    }

    public boolean inherits() {
        return has(INHERIT);
    }

    boolean inheritsThreadsOnly() {
        return has(INHERIT_THREAD);
    }

    /// Whether only the leader of a group may ask for it.
    boolean isForLeaders() {
        return has(PINNED | EXCLUSIVE);
    }

    boolean excludesUser() {
        return has(EXCLUDE_USER);
    }

    public boolean excludesKernel() {
        return has(EXCLUDE_KERNEL);
    }

    /// Whether it asks for records of namespaces, which takes privilege.
    public boolean tellsNamespaces() {
        return has(NAMESPACES);
    }

    boolean enablesOnExec() {
        return has(ENABLE_ON_EXEC);
    }

    boolean removesOnExec() {
        return has(REMOVE_ON_EXEC);
    }
}
