/// What `run` and `debug` share: their options, the program file, the machine put together, the
/// host's terminal, reports.
///
/// Read [RunOptions] and [Machine] first. Start-up time is a feature: nothing on the way to the
/// guest's first instruction loads a command-line, terminal or JSON library.
@NullMarked
package faultline.cli.run;

import org.jspecify.annotations.NullMarked;
