/// The fault entry: from DAR, DSISR and SRR1 to the shared kernel, by the rules of this architecture
/// alone.
///
/// Read [Ppc64FaultEntry#handle], then [Ppc64PageFault#accessError]. The entry is stateless; a fault
/// record belongs to one task and its thread.
@NullMarked
package faultline.ppc64.fault;

import org.jspecify.annotations.NullMarked;
