package faultline.core.isa.survey;

import faultline.core.arch.Disassembler;
import java.util.function.UnaryOperator;

/// What an architecture supplies to have its decoder and disassembler compared, beside the byte
/// strings to try.
///
/// @param reference the program that reads the strings, too
/// @param disassembler for the model that has every feature
/// @param judge says how two readings relate
/// @param spellings in which words the reference says what we say in others
/// @param shape takes from a text in our spelling what varies between instructions of one kind:
///     numbers, names of registers
public record SurveyPort(
        Objdump reference, Disassembler disassembler, Judge judge, Spellings spellings, UnaryOperator<String> shape) {}
