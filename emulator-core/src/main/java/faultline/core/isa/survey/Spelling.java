package faultline.core.isa.survey;

import java.util.function.UnaryOperator;

/// A spelling in which the reference's text and ours differ: it rewrites the reference's into ours.
///
/// @param example bytes that the reference spells so, in hexadecimal
/// @param theirs the reference's text of them at address 0
public record Spelling(String name, String example, String theirs, UnaryOperator<String> rule) {}
