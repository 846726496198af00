/// The instructions, one class per chapter of the Power ISA, in its order.
///
/// Meanings are pure static methods; the table rows above them say everything else.
@NullMarked
package faultline.ppc64.insn;

import org.jspecify.annotations.NullMarked;
