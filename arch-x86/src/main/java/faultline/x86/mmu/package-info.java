/// Page tables of x86-64 as the hardware walks them.
///
/// Walks hold no lock and update accessed and dirty state atomically.
@NullMarked
package faultline.x86.mmu;

import org.jspecify.annotations.NullMarked;
