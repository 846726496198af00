package faultline.kernel.vfs;

import org.jspecify.annotations.Nullable;

/// A place in the tree: `struct path`.
public record VfsPath(Mount mount, Dentry dentry) {

    public Inode inode() {
        return dentry.inode();
    }

    public boolean isSameAs(VfsPath other) {
        return mount == other.mount && dentry == other.dentry;
    }

    /// The directory above: out of a mount at its root, itself at the very top.
    VfsPath parent() {
        VfsPath at = this;
        while (at.dentry == at.mount.root()) {
            VfsPath outside = at.mount.at();
            if (outside == null) {
                return at;
            }
            at = outside;
        }
        Dentry up = at.dentry.parent();
        return up == null ? at : new VfsPath(at.mount, up);
    }

    /// The entry of this directory, mounts not crossed; null when there is none.
    public @Nullable VfsPath child(String name) {
        return ofNullable(mount, dentry.child(name));
    }

    /// The path as seen from `root` (null: the very top), with ` (deleted)` behind a removed name:
    /// what `/proc` prints. A place that `root` does not contain is shown from the top of its tree;
    /// [#isReachable] tells them apart.
    /// Of a path longer than PATH_MAX only the end.
    public String text(@Nullable VfsPath root) {
        StringBuilder text = new StringBuilder();
        prepend(text, root);
        if (dentry.isUnlinked()) {
            text.append(" (deleted)");
        }
        return text.toString();
    }

    /// Whether going up from here meets `root`.
    public boolean isReachable(VfsPath root) {
        return prepend(new StringBuilder(), root);
    }

    private boolean prepend(StringBuilder text, @Nullable VfsPath root) {
        VfsPath at = this;
        while (root == null || !at.isSameAs(root)) {
            if (at.dentry == at.mount.root()) {
                VfsPath outside = at.mount.at();
                if (outside == null) {
                    // Above any root: the top of the tree, or a pipe, whose whole name is its dentry's.
                    if (text.isEmpty()) {
                        text.append(at.dentry.name().isEmpty() ? "/" : at.dentry.name());
                    }
                    return false;
                }
                at = outside;
                continue;
            }
            // Nobody can use a longer one, and there is no end to how deep a guest can go.
            boolean wanted = text.length() <= FileMode.PATH_MAX;
            if (wanted) {
                text.insert(0, at.dentry.name());
            }
            Dentry up = at.dentry.parent();
            if (up == null) {
                return false;
            }
            if (wanted) {
                text.insert(0, '/');
            }
            at = new VfsPath(at.mount, up);
        }
        if (text.isEmpty()) {
            text.append('/');
        }
        return true;
    }

    private static @Nullable VfsPath ofNullable(Mount mount, @Nullable Dentry dentry) {
        return dentry == null ? null : new VfsPath(mount, dentry);
    }
}
