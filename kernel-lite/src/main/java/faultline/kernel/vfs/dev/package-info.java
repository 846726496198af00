/// Character devices that need no hardware, and the tree of `/dev`.
@NullMarked
package faultline.kernel.vfs.dev;

import org.jspecify.annotations.NullMarked;
