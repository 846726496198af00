/// Named points where a schedule may switch tasks.
///
/// Every shared access of the kernel passes a `Step`. Nothing happens there in a normal run; under
/// a `Schedule` it is where one task stops and another goes on, which makes a race repeatable.
@NullMarked
package faultline.core.step;

import org.jspecify.annotations.NullMarked;
