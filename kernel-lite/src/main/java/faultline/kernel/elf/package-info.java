/// Reading ELF files and laying out a new program, with hostile headers in mind.
@NullMarked
package faultline.kernel.elf;

import org.jspecify.annotations.NullMarked;
