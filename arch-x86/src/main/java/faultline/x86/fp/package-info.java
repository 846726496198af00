/// Floating point: [SseUnit] is what SSE makes of the machine's IEEE arithmetic; the rest is the x87's, in 80-bit
/// extended precision.
///
/// [ExtendedUnit] holds the control word's rounding rules, the exception flags and the last result;
/// it adds, multiplies, divides, converts and compares. [ExtendedFunctions] computes the
/// transcendental instructions. Neither knows registers or the stack.
@NullMarked
package faultline.x86.fp;

import org.jspecify.annotations.NullMarked;
