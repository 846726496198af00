package faultline.kernel.mm;

import faultline.kernel.FlagMap;

/// What architectures disagree about in `uapi/asm/mman.h`. The kernel has asm-generic's values.
///
/// @param mmap MAP_*, the flags of `mmap`
/// @param lockAll MCL_*, the flags of `mlockall`
public record MapFlags(FlagMap mmap, FlagMap lockAll) {

    /// The values of `asm-generic/mman.h`.
    public static final MapFlags GENERIC = new MapFlags(FlagMap.SAME, FlagMap.SAME);
}
