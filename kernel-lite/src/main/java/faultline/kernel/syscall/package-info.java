/// System calls as Linux defines them: errno values, partial results, interruption by signals.
///
/// The numbers and structure layouts are the architecture's; what a call means is here.
@NullMarked
package faultline.kernel.syscall;

import org.jspecify.annotations.NullMarked;
