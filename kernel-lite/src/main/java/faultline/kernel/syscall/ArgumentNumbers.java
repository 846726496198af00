package faultline.kernel.syscall;

import faultline.kernel.NumberMap;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.OpenFlags;

/// The arguments of system calls whose values architectures disagree about; the kernel has asm-generic's.
///
/// @param open the flags of `open`
/// @param map those of `mmap` and `mlockall`
/// @param ioctl the commands of `ioctl`
/// @param socketOptions SO_*
public record ArgumentNumbers(OpenFlags open, MapFlags map, IoctlNumbers ioctl, NumberMap socketOptions) {

    public static final ArgumentNumbers GENERIC =
            new ArgumentNumbers(OpenFlags.GENERIC, MapFlags.GENERIC, IoctlNumbers.GENERIC, NumberMap.SAME);
}
