/// Page tables of ppc64, little- and big-endian as the hardware walks them.
///
/// Walks hold no lock and update accessed and dirty state atomically.
@NullMarked
package faultline.ppc64.mmu;

import org.jspecify.annotations.NullMarked;
