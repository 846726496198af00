package faultline.kernel.vfs.host;

/// An inode that shows something of the host until the guest changes it.
interface LowerBacked {

    /// Whether what it shows has been removed or replaced on the host.
    boolean isGone();
}
