/// Registers, CPU models and exceptions of arm64.
///
/// A register file belongs to one vCPU and its thread.
@NullMarked
package faultline.arm64.cpu;

import org.jspecify.annotations.NullMarked;
