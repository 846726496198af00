package faultline.guests;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The catalogue of the shipped guest programs.
///
/// It is read from two tables among this module's resources, `programs.tsv` and `cases.tsv`; the
/// ELF files lie beside them in one directory per architecture, the expected output under
/// `expected`.
public final class GuestPrograms {

    /// The architectures guests are built for; an ELF file's directory has this name.
    public static final List<String> ARCHITECTURES = List.of("x86", "arm64", "ppc64le", "ppc64");

    private final List<GuestProgram> programs;

    private GuestPrograms(List<GuestProgram> programs) {
        this.programs = List.copyOf(programs);
    }

    /// Reads the catalogue of this module.
    public static GuestPrograms shipped() {
        List<GuestCase> cases =
                rows("cases.tsv", 6).map(GuestPrograms::readCase).toList();
        List<GuestProgram> programs = rows("programs.tsv", 2)
                .map(row -> new GuestProgram(row[0], row[1], casesOf(row[0], cases)))
                .toList();
        return new GuestPrograms(programs);
    }

    /// All programs, in the order of the catalogue.
    public List<GuestProgram> list() {
        return programs;
    }

    /// The program of that name, if it is one of ours.
    public Optional<GuestProgram> find(String name) {
        return programs.stream().filter(program -> program.name().equals(name)).findFirst();
    }

    /// The bytes of a program's ELF file, or nothing when there is none for that architecture.
    /// It does without the catalogue: a start of `hello` need not read tables.
    public static Optional<byte[]> elf(String name, String architecture) {
        String path = architecture + "/" + name;
        if (name.isEmpty() || name.indexOf('/') >= 0 || !ARCHITECTURES.contains(architecture)) {
            return Optional.empty();
        }
        return GuestResources.exists(path) ? Optional.of(GuestResources.bytes(path)) : Optional.empty();
    }

    private static GuestCase readCase(String[] row) {
        String program = row[0];
        String name = row[1];
        List<String> arguments = row[2].isEmpty() ? List.of() : List.of(row[2].split(" "));
        Optional<String> needs = row[5].equals("-") ? Optional.empty() : Optional.of(row[5]);
        return new GuestCase(program, name, arguments, Integer.parseInt(row[3]), Set.of(row[4].split(",")), needs);
    }

    private static List<GuestCase> casesOf(String program, List<GuestCase> all) {
        return all.stream().filter(one -> one.program().equals(program)).toList();
    }

    /// The rows of a table: columns are separated by a tab, a line that starts with `#` is a
    /// comment.
    private static Stream<String[]> rows(String table, int columns) {
        return GuestResources.text(table)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> {
                    String[] row = line.split("\t", -1);
                    if (row.length != columns) {
                        throw new IllegalStateException("guests: " + table + ": '" + line + "' has " + row.length
                                + " columns, expected " + columns);
                    }
                    return row;
                });
    }
}
