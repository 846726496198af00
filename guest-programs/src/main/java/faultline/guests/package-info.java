/// The guest programs that ship with Faultline: ELF files, cases and expected output.
///
/// Start at [faultline.guests.GuestPrograms], the catalogue. The sources, the script that rebuilds
/// the ELF files from them and the one that runs every case natively stand in the module's own
/// directory (`src/guest`, `rebuild`, `run-cases`). Everything here is an immutable value and may
/// be shared by threads. The conformance test of the command line runs every case.
@NullMarked
package faultline.guests;

import org.jspecify.annotations.NullMarked;
