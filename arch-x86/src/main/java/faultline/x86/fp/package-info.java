/// The x87's arithmetic: 80-bit extended precision in plain integer operations.
///
/// [ExtendedUnit] holds the control word's rounding rules, the exception flags and the last result;
/// it adds, multiplies, divides, converts and compares. [ExtendedFunctions] computes the
/// transcendental instructions. Neither knows registers or the stack.
@NullMarked
package faultline.x86.fp;

import org.jspecify.annotations.NullMarked;
