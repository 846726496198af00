/// Terminals: the line discipline, job control, the console and Unix98 pseudo-terminals.
///
/// Read [LineDiscipline] (what happens to a byte) and [Tty] (who reads it) first. A terminal's
/// state is guarded by the `Tty`'s monitor; the host's terminal thread enters through `Tty.input`
/// and never waits.
@NullMarked
package faultline.kernel.vfs.tty;

import org.jspecify.annotations.NullMarked;
