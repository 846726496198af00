/// Counting events of threads and vCPUs: the software events of `perf_event_open(2)`.
///
/// Read [PerfEvent] first, then [PerfContext], which a thread has once somebody counts it. A thread
/// counts for itself and takes no lock; everything else is done under the lock of [PerfEvents].
@NullMarked
package faultline.kernel.perf;

import org.jspecify.annotations.NullMarked;
