/// Tracepoints: what passes named places of the kernel, as lines of text.
///
/// Read [TraceEvent] for what there is, [TraceBus] for what it costs. Any thread emits, with or without
/// locks; a line is written at once.
@NullMarked
package faultline.kernel.trace;

import org.jspecify.annotations.NullMarked;
