/// How an instruction is described: the annotations of the tables and what is generated from them.
///
/// An instruction is written once, as a table row (encoding, assembly, effects) above one pure
/// static method; `faultline.core.isa.processor` makes the decoder, the interpreter and the
/// disassembler of it at compile time. Descriptions are immutable; nothing here has state.
@NullMarked
package faultline.core.isa;

import org.jspecify.annotations.NullMarked;
