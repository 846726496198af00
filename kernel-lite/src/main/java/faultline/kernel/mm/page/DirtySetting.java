package faultline.kernel.mm.page;

import java.util.Locale;

/// What root may write to `/proc/sys/vm` about dirty pages. Of a ratio and its bytes one counts, the other is 0: the
/// one that was changed last.
public enum DirtySetting {
    /// From so many bytes on dirty pages are written back meanwhile.
    DIRTY_BACKGROUND_BYTES,

    /// The same in per cent of the memory that could be dirty.
    DIRTY_BACKGROUND_RATIO,

    /// What limits who makes pages dirty, in bytes.
    DIRTY_BYTES,

    /// The same in per cent.
    DIRTY_RATIO;

    private final String fileName = name().toLowerCase(Locale.ROOT);

    /// The file's name.
    public String fileName() {
        return fileName;
    }
}
