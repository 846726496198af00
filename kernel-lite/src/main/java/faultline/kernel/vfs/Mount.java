package faultline.kernel.vfs;

import org.jspecify.annotations.Nullable;

/// A file system, or one file of it, seen at a place in the tree. Immutable.
///
/// `at` is null for the root mount and for kernel-internal ones (pipes, memfd). `source` is what
/// `/proc/mounts` names.
public record Mount(
        FileSystem fileSystem, Dentry root, @Nullable VfsPath at, String source, boolean readOnly) {

    /// Identity: two mounts are the same only if they are one object.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    public boolean refusesWrites() {
        return readOnly || fileSystem.isReadOnly();
    }
}
