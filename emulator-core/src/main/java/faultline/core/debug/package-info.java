/// The debugger core that the REPL and later front ends share.
///
/// It knows stops, breakpoints, watchpoints and steps, and neither a front end nor an operating
/// system. Read [Debugger] first: it says who waits for whom. Guest threads come in through
/// [GuestLoop]; commands come from the front end's thread and are meant for threads that stand
/// still. One lock, in [Debugger], guards all of it; nothing is called back under it but
/// [DebugThread#wake] and [DebugThread#isRunning].
@NullMarked
package faultline.core.debug;

import org.jspecify.annotations.NullMarked;
