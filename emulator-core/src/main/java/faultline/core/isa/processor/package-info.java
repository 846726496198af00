/// The annotation processor behind `@Insn`.
///
/// It runs inside javac while an `arch-*` module is compiled, never at run time: a wrong row is a
/// compiler error at the line of the method it stands above. Single-threaded, like javac.
@NullMarked
package faultline.core.isa.processor;

import org.jspecify.annotations.NullMarked;
