/// The fault entry: from CR2 and the `#PF` error code to the shared kernel, by the rules of this
/// architecture alone.
@NullMarked
package faultline.x86.fault;

import org.jspecify.annotations.NullMarked;
