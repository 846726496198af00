package faultline.kernel.elf;

/// An entry of the auxiliary vector: one of the types AT_* and its value.
public record AuxEntry(int type, long value) {}
