package faultline.core.isa.processor.form;

/// Where the class of an exec form has it.
public enum Part {
    ALONE,
    /// Falls into the second half of a pair.
    FIRST,
    /// Behind the first half of a pair: its operands are those of `second`, its fields end in `Second`,
    /// its address is that of the node `next`, which is itself alone.
    SECOND
}
