package faultline.kernel.mm.page;

import faultline.core.mmu.PageGeometry;

/// How many frames are to be free, in pages: `__setup_per_zone_wmarks`.
///
/// Where fewer than `min` are free or could be, memory is out. Below `low` frames are reclaimed in the background, up
/// to `high`.
public record Watermarks(int min, int low, int high) {

    /// `vm.min_free_kbytes` is four times the root of the memory in KiB, between these.
    private static final int LEAST_KIB = 128;

    private static final int MOST_KIB = 262_144;

    /// `vm.watermark_scale_factor`, in ten-thousandths of memory.
    private static final int SCALE = 10;

    static Watermarks of(int frames, PageGeometry geometry) {
        int pageKib = geometry.bytes() >>> 10;
        long kib = (long) Math.sqrt(16.0 * frames * pageKib);
        int least = (int) Math.min(MOST_KIB, Math.max(LEAST_KIB, kib)) / pageKib;
        // A machine of a few pages, as tests have it, keeps a quarter of them at most.
        int min = Math.min(least, frames / 8);
        int step = Math.max(min / 4, (int) ((long) frames * SCALE / 10_000));
        return new Watermarks(min, min + step, min + 2 * step);
    }
}
