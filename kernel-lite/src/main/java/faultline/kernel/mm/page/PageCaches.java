package faultline.kernel.mm.page;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.KernelHeap;

/// Makes page caches: what the file systems ask of memory management.
public interface PageCaches {

    /// The cache of one file whose contents come from `source`.
    PageCache create(PageSource source);

    /// Writes every dirty page of every file back, and waits for it. Errors are left for who asks about the file.
    void sync();

    /// Throws `ErrnoException`, once, for what could not be written of any file.
    void reportErrors();

    /// The RAM that [PageSource] fills pages in.
    PhysicalMemory ram();

    /// The size of a page of a cache.
    PageGeometry geometry();

    /// What is charged for objects outside RAM.
    KernelHeap heap();
}
