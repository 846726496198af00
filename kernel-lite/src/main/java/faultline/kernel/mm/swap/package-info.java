/// Swap areas and the pages in memory that are copies of what lies in them.
///
/// Read [SwapSpace], which is all areas of a machine, then [SwapArea]. A PTE that is swapped out names a slot,
/// [SwapEntry]; each such PTE counts in the slot's count. The page of a slot is in the swap cache from before it is
/// read, or written, until nobody but the cache has it: faults on one slot find one page.
///
/// Locks: the page lock of a page in the cache, of [SwapSpace#locks]; below PTE locks the lock of an area, which guards
/// counts and cache of its slots together. It takes nothing.
@NullMarked
package faultline.kernel.mm.swap;

import org.jspecify.annotations.NullMarked;
