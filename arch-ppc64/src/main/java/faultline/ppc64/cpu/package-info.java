/// Registers, CPU models and exceptions of ppc64, little- and big-endian.
///
/// A register file belongs to one vCPU and its thread.
@NullMarked
package faultline.ppc64.cpu;

import org.jspecify.annotations.NullMarked;
