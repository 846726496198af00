/// Floating point under FPSCR: what the Power ISA asks of `core.fp`.
///
/// Read [Fpscr] for the bits, [FpStatus] for how they come about, [FpUnit] for what instructions call.
/// A unit belongs to one vCPU and its thread.
@NullMarked
package faultline.ppc64.fp;

import org.jspecify.annotations.NullMarked;
