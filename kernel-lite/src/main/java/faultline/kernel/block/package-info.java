/// The block device under the page cache: when what was asked of a disk is done.
///
/// Read [BlockDevice]. Its lock is taken under page locks and takes nothing.
@NullMarked
package faultline.kernel.block;

import org.jspecify.annotations.NullMarked;
