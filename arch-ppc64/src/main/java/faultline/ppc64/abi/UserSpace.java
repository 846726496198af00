package faultline.ppc64.abi;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort.AddressLayout;

/// Where Linux places a program without randomisation (`arch/powerpc/include/asm/task_size_64.h`,
/// `asm/elf.h`, `mm/mmap.c`).
///
/// Pages of 64 KiB reach 4 PiB, but a program is given what lies beyond 128 TiB only where it asks for
/// such an address; pages of 4 KiB end at 64 TiB.
final class UserSpace {

    /// DEFAULT_MAP_WINDOW_USER64.
    private static final long WINDOW_64K = 1L << 47;

    private static final long WINDOW_4K = 1L << 46;

    /// 128 MiB, the least gap that is left for the stack.
    private static final long MMAP_GAP = 128L << 20;

    /// ELF_ET_DYN_BASE.
    private static final long PIE_BASE = 0x1_0000_0000L;

    private UserSpace() {}

    static AddressLayout layout(PageGeometry pages) {
        long window = pages.equals(PageGeometry.KIB_4) ? WINDOW_4K : WINDOW_64K;
        return new AddressLayout(window, window - MMAP_GAP, PIE_BASE);
    }
}
