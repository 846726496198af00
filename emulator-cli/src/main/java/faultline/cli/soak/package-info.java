/// What a machine goes through that runs for days, in half an hour: many programs at a time, more memory in use than
/// there is, the kernel's own threads in a hurry, and another fault design each time.
///
/// Read [Soak] first. Everything happens on the thread of the command; each round has a machine of its own.
@NullMarked
package faultline.cli.soak;

import org.jspecify.annotations.NullMarked;
