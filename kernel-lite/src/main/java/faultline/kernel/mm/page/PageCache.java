package faultline.kernel.mm.page;

/// The cached pages of one file, by index: `struct address_space`.
public final class PageCache {

    private final PageSource source;

    public PageCache(PageSource source) {
        this.source = source;
    }

    /// Where the pages come from.
    public PageSource source() {
        return source;
    }
}
