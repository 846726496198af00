package faultline.guests;

import java.util.ArrayList;
import java.util.List;

/// A guest program that ships with Faultline.
///
/// @param name its name on the command line
/// @param description one line about what it shows
/// @param cases what it must print, in the order of the catalogue
public record GuestProgram(String name, String description, List<GuestCase> cases) {

    public GuestProgram {
        cases = List.copyOf(cases);
    }

    /// The architectures it is built for, of [GuestPrograms#ARCHITECTURES].
    public List<String> architectures() {
        List<String> built = new ArrayList<>(GuestPrograms.ARCHITECTURES);
        built.removeIf(architecture -> !GuestResources.exists(architecture + "/" + name));
        return built;
    }
}
