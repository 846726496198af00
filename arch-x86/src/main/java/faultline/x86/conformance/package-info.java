/// x86-64's part of the conformance machine ([faultline.core.conformance]): the words of a state,
/// random encodings of table rows and states to try them in, what the manuals leave open.
///
/// Read [X86Conformance] first, then [X86Sampler]. The oracle is `src/oracle/oracle-x86.c`.
@NullMarked
package faultline.x86.conformance;

import org.jspecify.annotations.NullMarked;
