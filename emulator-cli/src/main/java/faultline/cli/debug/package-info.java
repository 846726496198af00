/// The interactive debugger: commands, completion and printing over `faultline.core.debug`.
///
/// Everything here runs on the thread that reads the terminal.
@NullMarked
package faultline.cli.debug;

import org.jspecify.annotations.NullMarked;
