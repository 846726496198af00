/// Guest threads and processes, their scheduling onto vCPUs, signals and futexes.
///
/// Read [Task] first, then [Tasks], whose one lock guards ids, the family tree and signals. A task
/// needs a vCPU to run and gives it up when it blocks.
@NullMarked
package faultline.kernel.task;

import org.jspecify.annotations.NullMarked;
