/// Pipes, FIFOs and local stream sockets: bytes from one task to another through a bounded buffer.
///
/// Read [Pipe] first. A pipe's state is guarded by its monitor, which is never held across a wait.
@NullMarked
package faultline.kernel.vfs.pipe;

import org.jspecify.annotations.NullMarked;
