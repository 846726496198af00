/// The fault entry: from CR2 and the `#PF` error code to the shared kernel, by the rules of this
/// architecture alone.
///
/// Read [X86FaultEntry#handle], then [X86PageFault#accessError]. The entry is stateless; a fault
/// record belongs to one task and its thread.
@NullMarked
package faultline.x86.fault;

import org.jspecify.annotations.NullMarked;
