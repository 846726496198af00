package faultline.kernel.vfs.host;

/// An inode that acts on the host under a name, which renames change.
interface HostNamed {

    /// It was found, or put, at `place`.
    void foundAt(HostPlace place, HostAttributes attributes);

    /// A directory above it has another name now.
    void movedTo(HostPlace place);

    HostPlace place();
}
