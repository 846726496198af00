package faultline.core.mem;

/// Keeps decoded instructions true to RAM: told before bytes they were decoded from change.
public interface CodeTracker {

    /// Knows no decoded instructions.
    CodeTracker NONE = new CodeTracker() {
        @Override
        public void frameChanges(long pfn) {}

        @Override
        public boolean guestStore(long pa, int length) {
            return false;
        }
    };

    /// The whole frame gets other contents or another use: everything decoded from it is dropped.
    void frameChanges(long pfn);

    /// A guest stores `length` bytes at `pa`, inside one marked frame. If decoded instructions overlap them they
    /// are dropped and the answer is true: the store must not be made now, the instruction runs again through the
    /// dispatcher ([CodeModified]), so that what follows it is decoded afresh.
    boolean guestStore(long pa, int length);
}
