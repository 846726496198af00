package faultline.cli.fuzz;

/// What is hostile.
public enum FuzzKind {
    ELF("elf", "damaged ELF files: run, and read by 'info', 'disasm' and 'debug'", 10_000, 2_000_000_000L),
    CALLS("calls", "random system calls, 1,000 a case", 100, 60_000_000_000L),
    CODE("code", "random bytes, random instructions and damaged programs", 10_000, 200_000_000L);

    private final String word;
    private final String description;
    private final int cases;
    private final long nanos;

    FuzzKind(String word, String description, int cases, long nanos) {
        this.word = word;
        this.description = description;
        this.cases = cases;
        this.nanos = nanos;
    }

    /// Its name on the command line.
    public String word() {
        return word;
    }

    public String description() {
        return description;
    }

    /// How many cases are run unless told otherwise.
    public int cases() {
        return cases;
    }

    /// How long a case may take unless told otherwise: a loop is no failure, so code gets little.
    public long nanos() {
        return nanos;
    }
}
