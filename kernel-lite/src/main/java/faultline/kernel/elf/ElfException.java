package faultline.kernel.elf;

/// A file that is not an ELF file we can load; the message says what is wrong and where.
public final class ElfException extends Exception {

    private static final long serialVersionUID = 1L;

    ElfException(String file, String what) {
        super("elf: " + file + ": " + what);
    }
}
