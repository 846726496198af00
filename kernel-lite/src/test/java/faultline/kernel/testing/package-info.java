/// What tests of the kernel and of architectures share. It comes to the other modules in this
/// module's test jar.
@NullMarked
package faultline.kernel.testing;

import org.jspecify.annotations.NullMarked;
