/// Page tables of arm64 as the hardware walks them.
///
/// Walks hold no lock and update accessed and dirty state atomically.
@NullMarked
package faultline.arm64.mmu;

import org.jspecify.annotations.NullMarked;
