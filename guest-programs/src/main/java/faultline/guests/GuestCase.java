package faultline.guests;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One run of a guest program whose outcome is known from a native run on Linux.
///
/// The program is to run in a writable directory, with nothing on its standard input.
///
/// @param program the program's name
/// @param name the case's name, unique within the program
/// @param arguments what follows `argv[0]`
/// @param status the exit status, or 128 + N when signal N ends the program
/// @param architectures where the program prints [#output()]
/// @param needs a CPU feature without which the case does not apply, `mmu=` and a kind of MMU to run it with, `design=`
///     and a fault design under which it is as on Linux, or `kernel=` and what a kernel may be built without
public record GuestCase(
        String program,
        String name,
        List<String> arguments,
        int status,
        Set<String> architectures,
        Optional<String> needs) {

    /// What [#needs] begins with where it names a kind of MMU.
    private static final String MMU = "mmu=";

    /// The same for a fault design.
    private static final String DESIGN = "design=";

    /// What [#needs] begins with where it names something that a Linux kernel may be built without; ours has it.
    private static final String KERNEL = "kernel=";

    public GuestCase {
        arguments = List.copyOf(arguments);
        architectures = Set.copyOf(architectures);
    }

    /// The CPU feature that it needs.
    public Optional<String> feature() {
        return needs.filter(name -> !name.startsWith(MMU) && !name.startsWith(DESIGN) && !name.startsWith(KERNEL));
    }

    /// The kind of MMU to run it with, where that matters.
    public Optional<String> mmu() {
        return needs.filter(name -> name.startsWith(MMU)).map(name -> name.substring(MMU.length()));
    }

    /// The fault design to run it under, where the usual one does not do.
    public Optional<String> design() {
        return needs.filter(name -> name.startsWith(DESIGN)).map(name -> name.substring(DESIGN.length()));
    }

    /// What the program prints on standard output; read from the module's resources each time.
    public String output() {
        return GuestResources.text("expected/" + program + "/" + name + ".txt");
    }

    /// As a test's display name: `threads/many`.
    @Override
    public String toString() {
        return program + "/" + name;
    }
}
