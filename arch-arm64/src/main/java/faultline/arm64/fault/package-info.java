/// The fault entry: from FAR and ESR to the shared kernel, by the rules of this architecture alone.
@NullMarked
package faultline.arm64.fault;

import org.jspecify.annotations.NullMarked;
