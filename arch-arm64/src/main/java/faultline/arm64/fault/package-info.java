/// The fault entry: from FAR and ESR to the shared kernel, by the rules of this architecture alone.
///
/// Read [Arm64FaultEntry#handle], then [Arm64PageFault#accessError]. The entry is stateless; a fault
/// record belongs to one task and its thread.
@NullMarked
package faultline.arm64.fault;

import org.jspecify.annotations.NullMarked;
