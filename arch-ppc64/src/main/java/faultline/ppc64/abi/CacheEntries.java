package faultline.ppc64.abi;

import faultline.core.arch.CpuModel;
import faultline.kernel.elf.AuxEntry;
import faultline.ppc64.cpu.Caches;
import faultline.ppc64.cpu.CpuId;
import java.util.ArrayList;
import java.util.List;

/// ARCH_DLINFO: what the auxiliary vector says of caches (`arch/powerpc/include/uapi/asm/auxvec.h`).
final class CacheEntries {

    private static final int AT_DCACHEBSIZE = 19;
    private static final int AT_ICACHEBSIZE = 20;
    private static final int AT_UCACHEBSIZE = 21;
    private static final int AT_IGNOREPPC = 22;

    /// The first of eight: of each cache size and geometry.
    private static final int AT_L1I_CACHESIZE = 40;

    private CacheEntries() {}

    /// The first two are nothing: an old C library wanted a great type behind a multiple of 16. The
    /// caches of the first level are two, so that there is no block size of one for both.
    static List<AuxEntry> of(CpuModel model) {
        List<AuxEntry> entries = new ArrayList<>(List.of(
                new AuxEntry(AT_IGNOREPPC, AT_IGNOREPPC),
                new AuxEntry(AT_IGNOREPPC, AT_IGNOREPPC),
                new AuxEntry(AT_DCACHEBSIZE, Caches.BLOCK_BYTES),
                new AuxEntry(AT_ICACHEBSIZE, Caches.BLOCK_BYTES),
                new AuxEntry(AT_UCACHEBSIZE, 0)));
        Caches caches = CpuId.caches(model);
        int type = AT_L1I_CACHESIZE;
        for (Caches.Cache cache : List.of(caches.instructions(), caches.data(), caches.second(), caches.third())) {
            entries.add(new AuxEntry(type++, cache.bytes()));
            entries.add(new AuxEntry(type++, cache.geometry()));
        }
        return entries;
    }
}
