package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import java.util.ArrayList;
import java.util.List;

/// All the frames that were free, taken so that nobody else gets one.
final class Frames {

    private final PageAllocator allocator;
    private final List<Page> pages = new ArrayList<>();

    private Frames(PageAllocator allocator) {
        this.allocator = allocator;
    }

    static Frames takeAll(PageAllocator allocator) {
        Frames frames = new Frames(allocator);
        for (Page page = allocator.alloc(); page != null; page = allocator.alloc()) {
            frames.pages.add(page);
        }
        return frames;
    }

    void giveBack() {
        pages.forEach(allocator::put);
    }
}
