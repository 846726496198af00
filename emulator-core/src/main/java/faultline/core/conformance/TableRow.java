package faultline.core.conformance;

/// A row of an instruction table as the build lists it in `META-INF/isa`: the manual's chapter, the
/// meaning's method, and the row's three parts.
public record TableRow(String chapter, String meaning, String encoding, String assembly, String effects) {

    /// The row as it is written in the table.
    public String text() {
        return encoding + " | " + assembly;
    }

    public String mnemonic() {
        int space = assembly.indexOf(' ');
        return space < 0 ? assembly : assembly.substring(0, space);
    }
}
