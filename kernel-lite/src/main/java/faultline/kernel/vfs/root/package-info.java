/// Puts the file systems together into what one guest sees: the private root and the standard streams.
///
/// Read [Vfs] and [PrivateRoot].
@NullMarked
package faultline.kernel.vfs.root;

import org.jspecify.annotations.NullMarked;
