/// Files in memory: `tmpfs`, and the upper half of the overlay.
///
/// Read [MemoryDirectory] first. Contents live in the page cache; pages that are written back are
/// kept in the inode.
@NullMarked
package faultline.kernel.vfs.mem;

import org.jspecify.annotations.NullMarked;
