package faultline.guests;

import java.util.List;

/// A guest program that ships with Faultline.
///
/// @param name its name on the command line
/// @param description one line about what it shows
/// @param architectures those it is built for, of [GuestPrograms#ARCHITECTURES]
/// @param cases what it must print, in the order of the catalogue
public record GuestProgram(String name, String description, List<String> architectures, List<GuestCase> cases) {

    public GuestProgram {
        architectures = List.copyOf(architectures);
        cases = List.copyOf(cases);
    }
}
