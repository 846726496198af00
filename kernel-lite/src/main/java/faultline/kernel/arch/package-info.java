/// What an architecture tells the kernel about itself.
///
/// [KernelPort] bundles the seams an architecture answers; each is declared in the package whose
/// subject it is. Implementations are immutable.
@NullMarked
package faultline.kernel.arch;

import org.jspecify.annotations.NullMarked;
