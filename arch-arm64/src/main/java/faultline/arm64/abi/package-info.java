/// System call numbers, structure layouts, signal frames and auxiliary vector of Linux on arm64.
///
/// Read [Arm64KernelPort] first, then [Arm64SignalFrames]. Everything here is stateless but for the
/// registers it is given.
@NullMarked
package faultline.arm64.abi;

import org.jspecify.annotations.NullMarked;
