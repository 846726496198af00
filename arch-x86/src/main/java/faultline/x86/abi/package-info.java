/// System call numbers, structure layouts, signal frames and auxiliary vector of Linux on x86-64.
///
/// Read [X86KernelPort] first, then [X86SignalFrames]. Everything here is stateless but for the
/// registers it is given.
@NullMarked
package faultline.x86.abi;

import org.jspecify.annotations.NullMarked;
