/// System call numbers, structure layouts, signal frames and auxiliary vector of Linux on x86-64.
@NullMarked
package faultline.x86.abi;

import org.jspecify.annotations.NullMarked;
