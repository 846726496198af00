/// The interactive debugger: commands, completion and printing over `faultline.core.debug`.
///
/// Read [DebugSession] first, then [Repl]. Commands run on the thread that reads them; what needs
/// the kernel's locks or a vCPU is done by a guest thread that stands still, in [TaskThread#call].
@NullMarked
package faultline.cli.debug;

import org.jspecify.annotations.NullMarked;
