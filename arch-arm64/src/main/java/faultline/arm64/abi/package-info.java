/// System call numbers, structure layouts, signal frames and auxiliary vector of Linux on arm64.
@NullMarked
package faultline.arm64.abi;

import org.jspecify.annotations.NullMarked;
