package faultline.core.isa.survey;

/// What the reference makes of a byte string: where it read it, how long the first instruction is,
/// and its text, in one line with single blanks.
public record Reading(long pc, int length, String text) {}
