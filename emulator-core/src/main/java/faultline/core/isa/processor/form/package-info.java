/// What any notation of instructions shares: methods and effects of rows, exec forms, and the
/// classes written for them.
///
/// A notation is a [Grammar]; everything here is used by all of them and knows none.
@NullMarked
package faultline.core.isa.processor.form;

import org.jspecify.annotations.NullMarked;
