package faultline.kernel.mm;

import faultline.kernel.Errno;

/// What `/proc/sys/vm` says about reclaim. Any task may change it.
public final class ReclaimSettings {

    private static final int MOST_SWAPPINESS = 200;

    /// Linux accepts up to 31; readahead goes no further than 5 (SWAP_RA_ORDER_CEILING).
    private static final int MOST_CLUSTER = 31;

    private static final int CLUSTER_CEILING = 5;

    private volatile int swappiness = 60;
    private volatile int pageCluster = 3;

    /// How much anonymous memory is scanned for 200 parts of both kinds.
    public int swappiness() {
        return swappiness;
    }

    /// Throws `ErrnoException` EINVAL.
    public void setSwappiness(long value) {
        swappiness = checked(value, MOST_SWAPPINESS);
    }

    /// The logarithm of how many pages are read with one that is swapped in, as it was written.
    public int pageClusterSetting() {
        return pageCluster;
    }

    /// The same as far as readahead goes.
    public int pageCluster() {
        return Math.min(pageCluster, CLUSTER_CEILING);
    }

    /// Throws `ErrnoException` EINVAL.
    public void setPageCluster(long value) {
        pageCluster = checked(value, MOST_CLUSTER);
    }

    private static int checked(long value, int most) {
        if (value < 0 || value > most) {
            throw Errno.EINVAL.exception();
        }
        return (int) value;
    }
}
