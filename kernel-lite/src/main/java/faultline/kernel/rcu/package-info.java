/// Read-copy-update: read sections, grace periods and deferred frees.
///
/// `Rcu`'s readers never wait, `Srcu`'s may sleep. What is freed is poisoned, so that the garbage
/// collector cannot hide a use after free.
@NullMarked
package faultline.kernel.rcu;

import org.jspecify.annotations.NullMarked;
