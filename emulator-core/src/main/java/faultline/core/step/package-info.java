/// Named steps and the schedules that may switch threads at them.
///
/// [Step] names a point, [Steps] is the bus that kernel and machine call, [Schedule] decides who runs.
/// [ParallelSchedule] lets the host decide, [SeededSchedule] repeats a run exactly, [DirectedSchedule] follows a
/// script.
@NullMarked
package faultline.core.step;

import org.jspecify.annotations.NullMarked;
