/// Races over page tables, directed step by step, on the tables, walkers and invalidations of the installed
/// architectures; no guest code runs.
@NullMarked
package faultline.cli.race;

import org.jspecify.annotations.NullMarked;
