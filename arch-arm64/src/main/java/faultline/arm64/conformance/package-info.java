/// arm64 on the conformance machine of [faultline.core.conformance]. Start with [Arm64Conformance],
/// then [RowCase].
@NullMarked
package faultline.arm64.conformance;

import org.jspecify.annotations.NullMarked;
