package faultline.ppc64.abi;

import faultline.core.cpu.Cpu;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.ProtectionKeys;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.mmu.LinuxKeys;
import faultline.ppc64.mmu.StorageKeys;

/// Protection keys under hash: AMR for loads and stores, IAMR for fetches, which a key can deny as well.
/// A radix kernel offers none.
public final class Ppc64ProtectionKeys implements ProtectionKeys {

    /// `pkey_alloc`'s PKEY_DISABLE_EXECUTE, which only POWER has.
    static final int DISABLE_EXECUTE = 4;

    private final PageGeometry pages;

    /// For leaves of pages of a size.
    public Ppc64ProtectionKeys(PageGeometry pages) {
        this.pages = pages;
    }

    @Override
    public int count(Cpu cpu) {
        return LinuxKeys.count(pages);
    }

    @Override
    public int reserved(Cpu cpu) {
        return LinuxKeys.reserved();
    }

    @Override
    public int executeOnlyKey() {
        return LinuxKeys.EXECUTE_ONLY;
    }

    @Override
    public int rightsMask() {
        return DISABLE_ACCESS | DISABLE_WRITE | DISABLE_EXECUTE;
    }

    @Override
    public void begin(Cpu cpu) {
        ((Ppc64Cpu) cpu).setKeys(LinuxKeys.initialAmr(), LinuxKeys.initialIamr(), LinuxKeys.uamor(pages));
    }

    /// `__arch_set_user_pkey_access`. To deny access is to deny both.
    @Override
    public void setRights(Cpu cpu, int key, int rights) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        int shift = StorageKeys.shift(key);
        long denied = 0;
        if ((rights & DISABLE_ACCESS) != 0) {
            denied = StorageKeys.AMR_READ | StorageKeys.AMR_WRITE;
        } else if ((rights & DISABLE_WRITE) != 0) {
            denied = StorageKeys.AMR_WRITE;
        }
        long execute = (rights & DISABLE_EXECUTE) != 0 ? StorageKeys.IAMR_EXECUTE : 0;
        ppc.setKeys(
                ppc.amr & ~(3L << shift) | denied << shift,
                ppc.iamr & ~(StorageKeys.IAMR_EXECUTE << shift) | execute << shift,
                ppc.uamor);
    }

    @Override
    public int rights(Cpu cpu, int key) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        long denied = ppc.amr >>> StorageKeys.shift(key);
        int rights = (denied & StorageKeys.AMR_READ) != 0 ? DISABLE_ACCESS : 0;
        rights |= (denied & StorageKeys.AMR_WRITE) != 0 ? DISABLE_WRITE : 0;
        boolean mayExecute = (ppc.iamr >>> StorageKeys.shift(key) & StorageKeys.IAMR_EXECUTE) == 0;
        return mayExecute ? rights : rights | DISABLE_EXECUTE;
    }
}
