/// The seam to an architecture's page-table walker. Read [Mmu] first.
@NullMarked
package faultline.core.mmu;

import org.jspecify.annotations.NullMarked;
