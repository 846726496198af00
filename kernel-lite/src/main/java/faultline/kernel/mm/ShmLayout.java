package faultline.kernel.mm;

/// Where `struct shmid64_ds` has what architectures disagree about.
///
/// @param size `shm_segsz`
/// @param times `shm_atime`, with `shm_dtime` and `shm_ctime` behind it
public record ShmLayout(int size, int times) {

    /// `asm-generic/shmbuf.h`.
    public static final ShmLayout GENERIC = new ShmLayout(48, 56);
}
