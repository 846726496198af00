/// Page faults: the designs Linux has had for handling one, interchangeable.
///
/// Read `FaultDesign` first, then the classic one. What a design may hold while it waits is its
/// whole point, so every class names its locks.
@NullMarked
package faultline.kernel.mm.fault;

import org.jspecify.annotations.NullMarked;
