/// The instruction table of an architecture as data, and the document made of it. Start with
/// [InsnTable].
@NullMarked
package faultline.core.isa.table;

import org.jspecify.annotations.NullMarked;
