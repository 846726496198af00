package faultline.kernel.mm;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.page.PageAccount;

/// Promises the pages of a file in memory to whoever makes them, one by one: `shmem_inode_acct_blocks` with
/// VM_NORESERVE, as files of tmpfs, a memfd and shared memory without a reservation have it.
record FilePages(Overcommit overcommit, KernelMemory kernel) implements PageAccount {

    @Override
    public boolean tryPromise() {
        Mm mm = kernel.current();
        if (mm == null) {
            // A file that is there when the machine starts.
            overcommit.uncommit(-1);
            return true;
        }
        try {
            overcommit.commit(mm, 1);
            return true;
        } catch (ErrnoException _) {
            return false;
        }
    }

    @Override
    public void takeBack() {
        overcommit.uncommit(1);
    }
}
