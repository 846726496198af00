/// Hostile input made on purpose: damaged ELF files, random system calls and random code, each case
/// repeatable from a seed and a number.
///
/// Read [Fuzzer] first. Cases run on machines of their own, several at a time; a case belongs to one
/// thread.
@NullMarked
package faultline.cli.fuzz;

import org.jspecify.annotations.NullMarked;
