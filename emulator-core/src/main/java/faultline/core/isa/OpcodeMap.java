package faultline.core.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says that the [Insn] rows of a package are in the opcode map's notation: instructions of
/// variable length with prefixes, an opcode in one of four maps and a ModRM byte; and names what
/// the generated classes use.
///
/// The CPU class has the public fields `long[] r` (16 general registers and one that is always 0),
/// `long[] v` (low and high half of each vector register), `int flagKind`, `long flagA`, `flagB`,
/// `flagResult`.
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.PACKAGE)
public @interface OpcodeMap {

    /// Starts the names of the generated classes.
    String name();

    /// The register state; its class is final.
    Class<?> cpu();

    /// Holds an `int` constant for every kind of flag record, in upper case, `cf(cpu)`,
    /// `cond(cpu, number)`, `image(cpu)`, `setImage(cpu, image)` and one method for each condition.
    Class<?> flags();

    /// Holds what the generated classes cannot know: `override(cpu, ea, special)` for segments and
    /// short addresses, `source(cpu, special)`, `destination(cpu, special)`,
    /// `advance(cpu, register, bytes, special)`, `count(cpu, special)`,
    /// `setCount(cpu, count, special)` for strings, `counts(b, bits)` for conditional flag records,
    /// the traps `UNDEFINED` and `MISALIGNED`, and `stack(cpu, index)` for the register stack,
    /// `beginMmx(cpu)`, `mmx(cpu, number)`, `setMmx(cpu, number, value)`, `enterMmx(cpu)` and
    /// `fillMmx(cpu)` for registers that share it, `waitForX87(cpu)`,
    /// `completeX87(cpu, pc, opcode, ea, special)` and `NO_OPERAND` for rows that say `waits` or `x87`, and
    /// the trap `TOO_LONG`.
    Class<?> glue();

    /// The type of the parameter `unit`: what computes floating-point values under the thread's
    /// control register. After the methods of a row and before anything is written the generated
    /// code calls its `settle()`, which takes the exceptions they raised over into the control
    /// register, or throws. The glue's `unit(cpu)` gives it.
    Class<?> unit() default void.class;

    /// The suffixes of the sixteen conditions, in the order of their numbers.
    String[] conditions();

    /// The kinds of flag record whose `b` is the carry from before.
    String[] keepsCarry() default {};

    /// The kinds of flag record that need no operands: all their flags follow from the result.
    String[] resultOnly() default {};

    /// Meanings beside the comparisons whose register forms are fused with a conditional branch
    /// behind them: those that end loops.
    String[] fused() default {};

    /// Neighbours that are worth one class: `"forms + forms"`, every one of the first with every
    /// one of the second. A form is named as it is generated (`add.QuietR64I`), a `*` at the end
    /// stands for any rest.
    String[] pairs() default {};

    /// The feature names that rows may ask for.
    String[] features() default {};
}
