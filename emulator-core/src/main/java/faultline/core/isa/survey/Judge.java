package faultline.core.isa.survey;

import faultline.core.arch.Disassembler;

/// Compares two readings of a byte string as an architecture has to.
public interface Judge {

    /// How two readings relate: the same but for listed spellings; different as a listed class has
    /// it; or different without an explanation.
    sealed interface Finding {

        /// Same length, verdict and text.
        record Same() implements Finding {}

        /// A difference that is listed, and the class's name.
        record Listed(String name) implements Finding {}

        /// A difference that is a mistake in one of the two, and of what kind.
        record Unexplained(String kind) implements Finding {}
    }

    /// Whether to the reference the bytes are no instruction.
    boolean isRefusal(Reading theirs);

    /// Compares; `ours` is a byte of data where the bytes are no instruction.
    Finding compare(byte[] bytes, Reading theirs, Disassembler.Line ours);
}
