package faultline.kernel.vfs;

import faultline.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// One walk along a path, component by component, with Linux's order of checks: `fs/namei.c`'s subject,
/// `path_resolution(7)`'s rules.
///
/// A symbolic link's text is spliced in front of what is left and resolved inside the caller's
/// root, so neither a link nor `..` leads out of it. At most 40 links are followed in one walk.
public final class PathWalk {

    /// MAXSYMLINKS.
    private static final int MAX_LINKS = 40;

    /// The directory that holds, or would hold, a path's last component. `name` is empty when the path ends at a
    /// directory by itself (`/`).
    record Last(VfsPath directory, String name, boolean trailingSlash) {

        boolean isNormal() {
            return !name.isEmpty() && !name.equals(".") && !name.equals("..");
        }
    }

    private final Namespace namespace;
    private final VfsPath root;
    private final Credentials credentials;

    private VfsPath at;
    private int links;

    public PathWalk(Namespace namespace, VfsPath root, VfsPath start, Credentials credentials) {
        this.namespace = namespace;
        this.root = root;
        this.at = start;
        this.credentials = credentials;
    }

    /// A walk of `caller` from `start`.
    public static PathWalk of(Caller caller, VfsPath start) {
        FsContext fs = caller.fs();
        return new PathWalk(fs.namespace(), fs.root(), start, caller.credentials());
    }

    /// Finds what a path leads to. `follow` says whether a link at its end is followed; one with a slash behind it
    /// always is.
    public VfsPath resolve(String path, boolean follow) {
        String rest = path;
        while (true) {
            Last last = toLast(rest);
            VfsPath found = lookupLast(last);
            if (found == null) {
                throw Errno.ENOENT.exception();
            }
            if (found.inode().isSymlink() && (follow || last.trailingSlash())) {
                String link = followLast(found, last);
                if (link == null) {
                    return requireDirectoryIf(last.trailingSlash(), at);
                }
                rest = link;
                continue;
            }
            return requireDirectoryIf(last.trailingSlash(), found);
        }
    }

    /// Goes through a link at the end of a path: returns the text to walk from the link's directory, or null when
    /// the link jumped and the walk now stands at its end.
    @Nullable
    String followLast(VfsPath link, Last last) {
        countLink();
        VfsPath jump = link.inode().jump();
        if (jump != null) {
            at = jump;
            return null;
        }
        at = last.directory();
        String target = link.inode().readLink();
        if (target.isEmpty()) {
            throw Errno.ENOENT.exception();
        }
        return last.trailingSlash() ? target + "/" : target;
    }

    /// Where the walk stands.
    VfsPath at() {
        return at;
    }

    private static VfsPath requireDirectoryIf(boolean needed, VfsPath path) {
        if (needed && !path.inode().isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        return path;
    }

    /// Walks all components but the last. The directory reached may be searched by the caller.
    Last toLast(String path) {
        if (path.isEmpty()) {
            throw Errno.ENOENT.exception();
        }
        if (path.charAt(0) == '/') {
            at = root;
        }
        String rest = path;
        int position = 0;
        while (true) {
            position = skipSlashes(rest, position);
            if (position == rest.length()) {
                return new Last(at, "", true);
            }
            int end = rest.indexOf('/', position);
            String name = end < 0 ? rest.substring(position) : rest.substring(position, end);
            requireSearchable(at.inode());
            if (name.length() > FileMode.NAME_MAX) {
                throw Errno.ENAMETOOLONG.exception();
            }
            int next = end < 0 ? rest.length() : skipSlashes(rest, end);
            if (next == rest.length()) {
                return new Last(at, name, end >= 0);
            }
            VfsPath found = step(at, name);
            if (found == null) {
                throw Errno.ENOENT.exception();
            }
            if (!found.inode().isSymlink()) {
                at = found;
                position = next;
                continue;
            }
            countLink();
            VfsPath jump = found.inode().jump();
            if (jump != null) {
                at = jump;
                position = next;
                continue;
            }
            String target = found.inode().readLink();
            if (target.isEmpty()) {
                throw Errno.ENOENT.exception();
            }
            if (target.charAt(0) == '/') {
                at = root;
            }
            rest = target + "/" + rest.substring(next);
            position = 0;
        }
    }

    private static int skipSlashes(String path, int from) {
        int position = from;
        while (position < path.length() && path.charAt(position) == '/') {
            position++;
        }
        return position;
    }

    /// Looks the last component up; null when it does not exist.
    @Nullable
    VfsPath lookupLast(Last last) {
        return last.name().isEmpty() ? last.directory() : step(last.directory(), last.name());
    }

    private @Nullable VfsPath step(VfsPath directory, String name) {
        if (name.equals(".")) {
            return directory;
        }
        if (name.equals("..")) {
            return directory.isSameAs(root) ? directory : directory.parent();
        }
        Dentry child = directory.dentry().child(name);
        return child == null ? null : namespace.crossMounts(new VfsPath(directory.mount(), child));
    }

    private void requireSearchable(Inode inode) {
        if (!inode.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (!credentials.mayAccess(inode, 1)) {
            throw Errno.EACCES.exception();
        }
    }

    private void countLink() {
        if (++links > MAX_LINKS) {
            throw Errno.ELOOP.exception();
        }
    }
}
