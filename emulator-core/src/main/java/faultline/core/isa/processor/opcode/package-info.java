/// The opcode map's notation: prefixes, an opcode in one of four maps, ModRM. Read [OpcodeGrammar]
/// first.
@NullMarked
package faultline.core.isa.processor.opcode;

import org.jspecify.annotations.NullMarked;
