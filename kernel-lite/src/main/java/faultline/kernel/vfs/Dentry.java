package faultline.kernel.vfs;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A name in a directory and the inode it leads to, so that an open file knows its path and `..` its parent.
///
/// The directory's inode decides what exists; dentries only give a (parent, name, inode) one identity while it is
/// in use. Parent and name change in [#moved], under the namespace lock.
public final class Dentry {

    private final Inode inode;

    // Written under the namespace lock, read without it; a reader may see a path from just before a rename.
    private volatile @Nullable Dentry parent;
    private volatile String name;
    private volatile boolean unlinked;

    // Guarded by this monitor.
    private final Map<String, Dentry> children = new HashMap<>();

    private Dentry(@Nullable Dentry parent, String name, Inode inode) {
        this.parent = parent;
        this.name = name;
        this.inode = inode;
    }

    /// The root of a mount, or the pseudo path of something without one: `pipe:[7]`.
    public static Dentry root(String name, Inode inode) {
        return new Dentry(null, name, inode);
    }

    /// A name that was never linked into a directory (O_TMPFILE, memfd).
    public static Dentry unnamed(String name, Inode inode) {
        Dentry dentry = new Dentry(null, name, inode);
        dentry.unlinked = true;
        return dentry;
    }

    public Inode inode() {
        return inode;
    }

    public @Nullable Dentry parent() {
        return parent;
    }

    public String name() {
        return name;
    }

    /// Its last name was removed while somebody still uses it: paths say ` (deleted)`.
    public boolean isUnlinked() {
        return unlinked;
    }

    /// Looks a name up, null when there is none.
    public @Nullable Dentry child(String childName) {
        Inode found = inode.lookup(childName);
        synchronized (this) {
            if (found == null) {
                Dentry stale = children.remove(childName);
                if (stale != null) {
                    stale.unlinked = true;
                }
                return null;
            }
            Dentry known = children.get(childName);
            if (known != null && known.inode == found) {
                return known;
            }
            Dentry made = new Dentry(this, childName, found);
            children.put(childName, made);
            return made;
        }
    }

    /// The name is gone. Under the namespace lock.
    void removed() {
        Dentry from = parent;
        if (from != null) {
            synchronized (from) {
                from.children.remove(name, this);
            }
        }
        unlinked = true;
    }

    /// The name moved. Under the namespace lock.
    void moved(Dentry toParent, String toName) {
        Dentry from = parent;
        if (from != null) {
            synchronized (from) {
                from.children.remove(name, this);
            }
        }
        parent = toParent;
        name = toName;
        synchronized (toParent) {
            Dentry replaced = toParent.children.put(toName, this);
            if (replaced != null && replaced != this) {
                replaced.unlinked = true;
            }
        }
    }

    /// The two names swapped what they lead to. Under the namespace lock.
    void exchanged(Dentry other) {
        Dentry mine = parent;
        Dentry its = other.parent;
        String myName = name;
        if (mine == null || its == null) {
            throw new IllegalStateException("vfs: exchange of " + name + " without a parent");
        }
        String itsName = other.name;
        relink(its, itsName);
        other.relink(mine, myName);
    }

    private void relink(Dentry toParent, String toName) {
        parent = toParent;
        name = toName;
        synchronized (toParent) {
            toParent.children.put(toName, this);
        }
    }

    /// Whether this is `ancestor` or below it.
    boolean isWithin(Dentry ancestor) {
        for (Dentry at = this; at != null; at = at.parent) {
            if (at == ancestor) {
                return true;
            }
        }
        return false;
    }
}
