/// The kernel's accesses to user memory. Read [UserMemory].
@NullMarked
package faultline.kernel.mm.uaccess;

import org.jspecify.annotations.NullMarked;
