/// x86-64 as one machine architecture: what ties registers, instructions and page tables together.
@NullMarked
package faultline.x86;

import org.jspecify.annotations.NullMarked;
