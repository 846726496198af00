package faultline.core.isa;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A file of registers, as rows name and the CPU class holds them.
@Retention(RetentionPolicy.SOURCE)
@Target({})
public @interface RegisterFile {

    /// The fields that number its registers; a name that begins with a bar is a suffix, by which
    /// one operand (`rn|sp`) is of this file instead.
    String[] fields();

    /// The CPU's field: `long[]`, one element a register, two (the low half first) where `halves`.
    String array();

    /// Whether a register is 128 bits wide.
    boolean halves() default false;

    /// How wide an operand is whose name does not say it; 0 says as wide as the instruction's
    /// operands are.
    int bits() default 0;

    /// Added to the number in the field.
    int first() default 0;

    /// Of registers of 128 bits: which half narrower operands are in.
    int half() default 0;

    /// Of registers of 128 bits: whether writing a narrower operand makes the rest 0.
    boolean zeroes() default false;

    /// A number that does not mean the register: it reads the element `reads` and writes the
    /// element `writes`.
    int special() default -1;

    int reads() default -1;

    int writes() default -1;

    /// Where the base of an address is the register `special` means: a method of the shared class
    /// that gives it, because more is asked of it than of others. It takes the CPU. Such an address
    /// makes an exec form of its own, so that others cost nothing.
    String base() default "";

    /// Other first letters by which assembly names its registers, with the width they mean:
    /// `"w=32"`. The width may depend on the value of a field, which is then expanded:
    /// `"f=sz(32,64)"`. A letter may be there more than once; the first counts whose field the row
    /// has.
    String[] views() default {};
}
