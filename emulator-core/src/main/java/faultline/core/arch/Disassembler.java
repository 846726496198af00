package faultline.core.arch;

/// Turns bytes into assembly text, from the rows that the decoder is made of.
public interface Disassembler {

    /// One instruction as text: its length in bytes, the mnemonic with its prefixes, the operands
    /// or an empty string.
    record Line(int length, String mnemonic, String operands) {

        /// Both parts, the operands in a column of their own.
        public String text() {
            return operands.isEmpty() ? mnemonic : String.format("%-6s %s", mnemonic, operands);
        }
    }

    /// The instruction at `bytes[offset]` for address `pc`; one byte of data where it is no instruction.
    Line disassemble(byte[] bytes, int offset, int limit, long pc);
}
