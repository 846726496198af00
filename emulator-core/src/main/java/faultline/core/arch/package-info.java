/// What an instruction set is to the machine, and how one is found.
///
/// Read `Architecture` first: every `arch-*` module provides one, found with
/// [java.util.ServiceLoader]. Everything here is immutable and may be used from any thread.
@NullMarked
package faultline.core.arch;

import org.jspecify.annotations.NullMarked;
