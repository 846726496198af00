package faultline.core.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says that the [Insn] rows of a package describe words of 32 bits with fields, and names what
/// the generated classes use. docs/instructions.md has the notation.
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.PACKAGE)
public @interface FixedWidth {

    /// Starts the names of the generated classes.
    String name();

    /// The register state; its class is final.
    Class<?> cpu();

    /// Holds the rest of the state as static methods that take the CPU first: what a parameter
    /// that is no field reads (`cf(cpu)`), what a result that is no field sets (`setCf(cpu,
    /// value)`), the effects of rows (`sub(cpu, rn, rm, result)`), one method for each condition,
    /// and the trap `UNDEFINED`.
    Class<?> state();

    /// Holds pure methods that the rows of all classes may call: on fields while decoding, on
    /// values while executing.
    Class<?> shared();

    /// The register files, and which fields number their registers.
    RegisterFile[] registers();

    /// The field that says how wide an instruction's registers are: 32 bits for 0, 64 for 1.
    /// Without it they are 64 bits wide.
    String width() default "";

    /// The field that says how wide vectors are: 64 bits for 0, 128 for 1.
    String vectorWidth() default "";

    /// Further fields whose every value makes an exec form of its own, in which it is a constant.
    String[] expanded() default {};

    /// The names of the conditions, in the order of the numbers in the field `cond`.
    String[] conditions() default {};

    /// The effects that set all flags lazily: left out where nothing can see them before they are
    /// set again.
    String[] records() default {};

    /// Meanings beside the comparisons that are fused with a conditional branch behind them.
    String[] fused() default {};

    /// Neighbours that are worth one class, as in [OpcodeMap#pairs].
    String[] pairs() default {};

    /// The feature names that rows may ask for.
    String[] features() default {};
}
