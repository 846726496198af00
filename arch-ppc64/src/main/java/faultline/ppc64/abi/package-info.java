/// System call numbers, structure layouts, signal frames and auxiliary vector of Linux on ppc64,
/// little- and big-endian.
@NullMarked
package faultline.ppc64.abi;

import org.jspecify.annotations.NullMarked;
