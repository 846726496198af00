package faultline.core.isa;

/// What an architecture of the opcode map's notation calls its registers in assembly text.
public interface OpcodeNames {

    /// A general register; `high` means its second byte.
    String general(int number, int bits, boolean high);

    String vector(int number);

    /// A register of MMX.
    String mmx(int number);

    /// A register of the register stack.
    String stack(int index);

    String segment(int number);

    String control(int number);

    String debug(int number);

    /// The program counter, as the base of an address.
    String programCounter(boolean narrow);

    /// The suffix of a condition.
    String condition(int number);
}
