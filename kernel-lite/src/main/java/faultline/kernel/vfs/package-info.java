/// Files: the private root, the overlay, pipes, terminals, `/proc` and `/dev`.
@NullMarked
package faultline.kernel.vfs;

import org.jspecify.annotations.NullMarked;
