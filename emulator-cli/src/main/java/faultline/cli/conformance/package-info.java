/// What `faultline conformance` prints.
@NullMarked
package faultline.cli.conformance;

import org.jspecify.annotations.NullMarked;
