/// Address spaces: `Mm`, its VMAs, and the calls that change them.
///
/// Read `Mm` first. VMAs change under `mmap_lock` held for write and can be read without it by
/// walkers that check sequence counters; `docs/locking.md` has the tables.
@NullMarked
package faultline.kernel.mm;

import org.jspecify.annotations.NullMarked;
