/// Guest threads and processes, their scheduling onto vCPUs, signals and futexes.
///
/// Read `Task` first. A task needs a vCPU to run and gives it up when it blocks.
@NullMarked
package faultline.kernel.task;

import org.jspecify.annotations.NullMarked;
