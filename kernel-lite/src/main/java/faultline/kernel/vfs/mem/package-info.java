/// Files in memory: `tmpfs`, and the upper half of the overlay.
///
/// Read [MemoryDirectory] first. Contents live in the page cache, which never lets a written page
/// go.
@NullMarked
package faultline.kernel.vfs.mem;

import org.jspecify.annotations.NullMarked;
