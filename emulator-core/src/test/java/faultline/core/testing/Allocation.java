package faultline.core.testing;

/// What the hot path must not do.
public final class Allocation {

    private Allocation() {}

    /// Bytes this thread has allocated; by reflection, because the modules under test do not read the
    /// one that knows.
    public static long ofThisThread() throws ReflectiveOperationException {
        Object bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(bean);
    }
}
