package faultline.core.isa.survey;

import faultline.core.arch.Disassembler;

/// What an architecture supplies to have its decoder and disassembler compared, beside the byte
/// strings to try.
public interface SurveyPort {

    /// The program that reads the strings, too.
    Objdump reference();

    /// For the model that has every feature.
    Disassembler disassembler();

    /// Says how two readings relate.
    Judge judge();

    /// In which words the reference says what we say in others.
    Spellings spellings();

    /// A text in our spelling without what varies between instructions of one kind: numbers, names
    /// of registers.
    String shape(String text);
}
