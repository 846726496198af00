/// Arithmetic on the lanes of vector registers that is the same in every architecture.
///
/// Everything is a pure function of 64-bit halves of registers.
@NullMarked
package faultline.core.simd;

import org.jspecify.annotations.NullMarked;
