/// The guest programs that ship with Faultline: sources, ELF files and expected output.
///
/// The conformance tests of this module run them over every architecture, engine and fault design.
@NullMarked
package faultline.guests;

import org.jspecify.annotations.NullMarked;
