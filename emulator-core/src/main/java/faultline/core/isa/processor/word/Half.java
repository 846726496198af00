package faultline.core.isa.processor.word;

/// Which half of 128-bit operands a call is for.
enum Half {
    /// No operand is called with a half.
    WHOLE("", 0),
    LOW("Lo", 0),
    HIGH("Hi", 1);

    /// What locals end in that hold this half of something.
    final String suffix;

    /// What methods take as `half`.
    final int number;

    Half(String suffix, int number) {
        this.suffix = suffix;
        this.number = number;
    }
}
