/// The fixed-width notation: words of 32 bits with fields. Read [WordGrammar] first.
@NullMarked
package faultline.core.isa.processor.word;

import org.jspecify.annotations.NullMarked;
