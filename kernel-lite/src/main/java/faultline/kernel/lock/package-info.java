/// The kernel's locks and sequence counters, built on named steps.
///
/// Every acquire is checked against `LockRank` while assertions are on.
@NullMarked
package faultline.kernel.lock;

import org.jspecify.annotations.NullMarked;
