/// The fault entry: from DAR, DSISR and SRR1 to the shared kernel, by the rules of this
/// architecture alone.
@NullMarked
package faultline.ppc64.fault;

import org.jspecify.annotations.NullMarked;
