/// ppc64 as one machine architecture: what ties registers, instructions and page tables together.
@NullMarked
package faultline.ppc64;

import org.jspecify.annotations.NullMarked;
