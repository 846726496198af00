package faultline.kernel.mm.page;

import java.util.Locale;

/// What of the machine's pages is counted as it comes and goes, as `/proc/vmstat` names it: `enum node_stat_item`.
/// A sum is exact once everybody is quiet.
public enum NodeStat {
    /// Pages of files, those of shared memory among them.
    NR_FILE_PAGES,

    /// Pages of files on the disk that are newer than what is there, and are not being written.
    NR_DIRTY,

    /// Pages of files that have no other storage.
    NR_SHMEM,

    /// Pages in the swap cache.
    NR_SWAPCACHED,

    /// Runs of frames that are mapped as a huge page, however often.
    NR_ANON_TRANSPARENT_HUGEPAGES,

    /// Times a page has become dirty.
    NR_DIRTIED,

    /// Times one was given to the disk.
    NR_WRITTEN;

    private final String vmstatName = name().toLowerCase(Locale.ROOT);

    /// The line's name in `/proc/vmstat`.
    public String vmstatName() {
        return vmstatName;
    }
}
