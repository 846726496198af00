/// Floating point: FPCR, FPSR and arithmetic under them.
///
/// Operands and results are bit patterns. Nothing here knows registers or lanes.
@NullMarked
package faultline.arm64.fp;

import org.jspecify.annotations.NullMarked;
