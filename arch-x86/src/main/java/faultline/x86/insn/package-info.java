/// The instructions, one class per chapter of the Intel SDM, in its order.
///
/// Meanings are pure static methods; the table rows above them say everything else.
@NullMarked
package faultline.x86.insn;

import org.jspecify.annotations.NullMarked;
