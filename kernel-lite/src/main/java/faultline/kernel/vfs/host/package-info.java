/// The host's files, as far as the guest may see them: the overlay that discards writes, binds that
/// keep them, and the standard streams.
///
/// Read [HostPlace] first: nothing here ever follows a symbolic link of the host. The guest's path
/// walk reads the link and resolves it inside the guest's root.
@NullMarked
package faultline.kernel.vfs.host;

import org.jspecify.annotations.NullMarked;
