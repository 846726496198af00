/// Running guest code: decoded blocks, the loop over them, and their invalidation.
///
/// Blocks are decoded once and thrown away exactly when the code under them is written, remapped or
/// unmapped. The loop from fetch to TLB hit allocates nothing.
@NullMarked
package faultline.core.engine;

import org.jspecify.annotations.NullMarked;
