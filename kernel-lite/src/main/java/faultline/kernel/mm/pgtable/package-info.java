/// The kernel's walks over page tables, generic over each architecture's PTE format.
///
/// Invariant I3: a PTE is written only under its PTE lock. Invariant I2: unhook, invalidate
/// everywhere, then free.
@NullMarked
package faultline.kernel.mm.pgtable;

import org.jspecify.annotations.NullMarked;
