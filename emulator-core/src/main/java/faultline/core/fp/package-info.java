/// IEEE 754 arithmetic on bit patterns, for architectures to build their floating-point units on.
///
/// [BinaryFormat] is what a format's bits mean. [FloatRules] says what the standard leaves to an
/// architecture, and rounds; [FloatConversion] and [SoftFloat] add operations in plain integer
/// arithmetic; [FloatUnit] uses the host's instead as long as it cannot differ. A unit belongs to one
/// thread of the guest.
@NullMarked
package faultline.core.fp;

import org.jspecify.annotations.NullMarked;
