package faultline.kernel.mm;

import faultline.kernel.ErrnoException;
import faultline.kernel.mm.page.PageAccount;
import faultline.kernel.mm.page.PageSource;

/// Promises the pages of a file in memory to whoever makes them, one by one: `shmem_inode_acct_blocks` with
/// VM_NORESERVE, as files of tmpfs, a memfd and shared memory without a reservation have it. What may be promised of
/// all memory, and what the file's storage may hold.
record FilePages(Overcommit overcommit, KernelMemory kernel, PageSource source) implements PageAccount {

    @Override
    public boolean tryPromise() {
        if (!source.storage().tryPromise()) {
            return false;
        }
        boolean promised = tryCommit();
        if (!promised) {
            source.storage().takeBack();
        }
        return promised;
    }

    private boolean tryCommit() {
        Mm mm = kernel.current();
        if (mm == null) {
            // A file that is there when the machine starts.
            overcommit.account(1);
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
        source.storage().takeBack();
    }

    @Override
    public boolean mayEverHave(long pages) {
        return source.storage().mayEverHave(pages);
    }
}
