/// The commands of `faultline`.
///
/// Read `Main` first. Architectures are found with [java.util.ServiceLoader]; no class here names
/// one.
@NullMarked
package faultline.cli;

import org.jspecify.annotations.NullMarked;
