package faultline.kernel.mm.page;

/// Flushes that are put off while PTEs of several pages are changed: what a page cache hands on to who knows address
/// spaces. Until they are made another vCPU may use what it has translated, so the pages' locks and references are
/// kept.
public interface FlushBatch {

    /// Makes them. No spinning lock is held.
    void flush();

    /// A page stays as it is, because somebody has a lock that would have to be waited for.
    void noteBusy();
}
