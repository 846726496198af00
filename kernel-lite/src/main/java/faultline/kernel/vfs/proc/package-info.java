/// `/proc`: text that is made when it is read, and links that jump.
///
/// The file system knows names and rights; what the files say comes from [SystemInfo] and [ProcessInfo], which the
/// task layer implements.
@NullMarked
package faultline.kernel.vfs.proc;

import org.jspecify.annotations.NullMarked;
