package faultline.core.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The table rows of one instruction, above the pure static method that is its meaning.
///
/// A row is `encoding | assembly | effects`; a text block holds several. Which notation the encoding is in says the
/// annotation of the package: [OpcodeMap]. The processor refuses what it does not understand at the method's line.
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
public @interface Insn {

    /// One row a line; blank lines are ignored.
    String value();
}
