package faultline.kernel.mm.page;

/// Who promises the pages of a file one by one as they come: `shmem_inode_acct_blocks`.
public interface PageAccount {

    /// The file's pages were promised when it was made, or lie on a disk.
    PageAccount NONE = new PageAccount() {
        @Override
        public boolean tryPromise() {
            return true;
        }

        @Override
        public void takeBack() {}
    };

    /// Promises a page; false where there is none to promise.
    boolean tryPromise();

    /// The file has a page less, in memory or swapped out.
    void takeBack();

    /// Whether so many pages could be promised were there no others.
    default boolean mayEverHave(long pages) {
        return true;
    }
}
