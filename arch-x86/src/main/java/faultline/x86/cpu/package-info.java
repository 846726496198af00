/// Registers, CPU models and exceptions of x86-64.
///
/// A register file belongs to one vCPU and its thread.
@NullMarked
package faultline.x86.cpu;

import org.jspecify.annotations.NullMarked;
