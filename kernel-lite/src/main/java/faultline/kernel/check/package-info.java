/// What watches the kernel for accesses to what is gone, while checks are on.
///
/// The garbage collector keeps an object that is still referred to, so a use after free goes well here
/// and ends badly only in C. Oracles say where that would have been. [Oracle] collects what they find,
/// from any thread.
@NullMarked
package faultline.kernel.check;

import org.jspecify.annotations.NullMarked;
