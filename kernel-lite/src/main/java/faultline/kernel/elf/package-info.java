/// Reading ELF files and laying out a new program, with hostile headers in mind.
///
/// Read [ElfReader] (what a file may say) and [Exec] (`execve`). A program is loaded by the thread
/// that will run it; nothing here is shared.
@NullMarked
package faultline.kernel.elf;

import org.jspecify.annotations.NullMarked;
