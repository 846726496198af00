/// Physical pages: allocation, reference counts, reverse mapping, the page cache.
///
/// The page lock ranks above the PTE locks, the page allocator's lock below everything.
@NullMarked
package faultline.kernel.mm.page;

import org.jspecify.annotations.NullMarked;
