/// Guest-physical RAM and the guest memory accesses of one vCPU.
///
/// RAM is one reserved off-heap region behind a bounds-checked [java.lang.foreign.MemorySegment]:
/// nothing a guest does reaches memory of the JVM. RAM is shared by all vCPUs without locks, in the
/// order of the guest's memory model.
@NullMarked
package faultline.core.mem;

import org.jspecify.annotations.NullMarked;
