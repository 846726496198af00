/// How ppc64's instructions are compared with a processor, in both byte orders. Start with
/// [Ppc64Conformance].
@NullMarked
package faultline.ppc64.conformance;

import org.jspecify.annotations.NullMarked;
