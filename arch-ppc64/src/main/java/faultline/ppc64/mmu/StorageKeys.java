package faultline.ppc64.mmu;

import faultline.core.mmu.Access;

/// Virtual page class keys (Power ISA 3.0B Book III 5.7.13.2): two bits a key in AMR, and the second of
/// two in IAMR, of which key 0's are the first.
public final class StorageKeys {

    /// How many there are.
    public static final int KEYS = 32;

    /// In AMR: loads are denied.
    public static final long AMR_READ = 1;

    /// In AMR: stores are denied.
    public static final long AMR_WRITE = 2;

    /// In IAMR: fetches are denied.
    public static final long IAMR_EXECUTE = 1;

    private StorageKeys() {}

    /// How far left a key's bits are.
    public static int shift(int key) {
        return Long.SIZE - 2 * (key + 1);
    }

    /// Whether AMR or, for a fetch, IAMR lets an access pass.
    public static boolean permits(long amr, long iamr, int key, Access access) {
        return switch (access) {
            case READ -> (amr >>> shift(key) & AMR_READ) == 0;
            case WRITE -> (amr >>> shift(key) & AMR_WRITE) == 0;
            case EXECUTE -> (iamr >>> shift(key) & IAMR_EXECUTE) == 0;
        };
    }
}
