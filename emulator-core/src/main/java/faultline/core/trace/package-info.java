/// Trace records: what happened, in the order a schedule saw it.
///
/// Records are written by the thread that carries the vCPU and read after it stopped.
@NullMarked
package faultline.core.trace;

import org.jspecify.annotations.NullMarked;
