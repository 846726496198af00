package faultline.kernel.vfs.mem;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DirectoryFile;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.pipe.FifoInode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A directory in memory, listed in the order its entries were made.
///
/// Entries are guarded by this monitor; several directories change together only under the namespace's tree lock.
public class MemoryDirectory extends Inode {

    /// What tmpfs accounts for an entry; gives directories a size.
    private static final int ENTRY_BYTES = 20;

    private final PageCaches caches;

    // Guarded by this monitor.
    private final Map<String, Inode> entries = new LinkedHashMap<>();

    public MemoryDirectory(MemoryFileSystem fileSystem, int mode, Credentials owner) {
        this(fileSystem, fileSystem.nextInode(), fileSystem.caches(), mode, owner);
    }

    protected MemoryDirectory(FileSystem fileSystem, long number, PageCaches caches, int mode, Credentials owner) {
        super(fileSystem, number, mode, owner);
        this.caches = caches;
        addLinks(1);
    }

    protected final PageCaches caches() {
        return caches;
    }

    @Override
    public synchronized @Nullable Inode lookup(String name) {
        return entries.get(name);
    }

    @Override
    public synchronized List<Entry> list() {
        List<Entry> list = new ArrayList<>(entries.size());
        entries.forEach((name, inode) -> list.add(new Entry(name, inode.number(), inode.type())));
        return list;
    }

    /// Puts an entry in, replacing what the name led to.
    public final synchronized void put(String name, Inode inode) {
        if (!entries.containsKey(name)) {
            fileSystem().heap().charge(KernelHeap.NAME + name.length(), Errno.ENOSPC);
        }
        entries.put(name, inode);
    }

    /// Takes an entry out.
    protected final synchronized void drop(String name) {
        if (entries.remove(name) != null) {
            fileSystem().heap().release(KernelHeap.NAME + name.length());
        }
    }

    @Override
    public long size() {
        synchronized (this) {
            return (2L + entries.size()) * ENTRY_BYTES;
        }
    }

    @Override
    public long blocks() {
        return 0;
    }

    @Override
    public Inode create(String name, NewInode what) {
        Inode made = make(what);
        try {
            put(name, made);
        } catch (ErrnoException full) {
            made.unlinked(made.nlink());
            throw full;
        }
        if (made.isDirectory()) {
            addLinks(1);
        }
        changed();
        return made;
    }

    @Override
    public Inode createUnnamed(NewInode what) {
        Inode made = make(what);
        made.addLinks(-1);
        return made;
    }

    private Inode make(NewInode what) {
        fileSystem().heap().charge(KernelHeap.INODE, Errno.ENOSPC);
        Inode made = makeUncharged(what);
        made.setCharged();
        return made;
    }

    /// A new inode of this file system, with the group rules of a set-group-id directory.
    private Inode makeUncharged(NewInode what) {
        Credentials owner = what.owner();
        int mode = what.mode();
        if ((mode() & S_ISGID) != 0) {
            owner = new Credentials(owner.uid(), gid(), owner.groups());
            if ((mode & S_IFMT) == S_IFDIR) {
                mode |= S_ISGID;
            }
        }
        return switch (mode & S_IFMT) {
            case S_IFREG -> makeFile(mode & 07777, owner);
            case S_IFDIR -> makeDirectory(mode, owner);
            case S_IFLNK -> MemoryNode.link(fileSystem(), newInode(), owner, what.target());
            case S_IFIFO -> new FifoInode(fileSystem(), newInode(), mode & 07777, owner);
            case S_IFCHR, S_IFBLK, S_IFSOCK -> MemoryNode.device(fileSystem(), newInode(), mode, owner, what.rdev());
            default -> throw Errno.EINVAL.exception();
        };
    }

    /// A number for what is made here.
    protected long newInode() {
        return fileSystem().nextInode();
    }

    protected Inode makeFile(int permissions, Credentials owner) {
        return new MemoryFile(fileSystem(), newInode(), permissions, owner, caches);
    }

    protected Inode makeDirectory(int mode, Credentials owner) {
        return new MemoryDirectory(fileSystem(), newInode(), caches, mode, owner);
    }

    @Override
    public void link(String name, Inode target) {
        put(name, target);
        target.addLinks(1);
        changed();
    }

    @Override
    public void unlink(String name, Inode target) {
        remove(name);
        target.unlinked(1);
        changed();
    }

    @Override
    public void rmdir(String name, Inode target) {
        requireEmpty(target);
        remove(name);
        target.unlinked(2);
        addLinks(-1);
        changed();
    }

    private static void requireEmpty(Inode directory) {
        if (!directory.list().isEmpty()) {
            throw Errno.ENOTEMPTY.exception();
        }
    }

    @Override
    public void rename(String name, Inode moved, Inode toDirectory, String toName, @Nullable Inode replaced) {
        MemoryDirectory to = (MemoryDirectory) toDirectory;
        if (replaced != null) {
            if (replaced.isDirectory()) {
                to.rmdir(toName, replaced);
            } else {
                to.unlink(toName, replaced);
            }
        }
        remove(name);
        to.put(toName, moved);
        if (moved.isDirectory() && to != this) {
            addLinks(-1);
            to.addLinks(1);
        }
        moved.addLinks(0);
        changed();
        to.changed();
    }

    @Override
    public void exchange(String name, Inode one, Inode otherDirectory, String otherName, Inode other) {
        MemoryDirectory there = (MemoryDirectory) otherDirectory;
        put(name, other);
        there.put(otherName, one);
        if (there != this && one.isDirectory() != other.isDirectory()) {
            addLinks(one.isDirectory() ? -1 : 1);
            there.addLinks(one.isDirectory() ? 1 : -1);
        }
        changed();
        there.changed();
    }

    /// Removes a name for good; an overlay leaves a whiteout.
    protected void remove(String name) {
        drop(name);
    }

    /// The directory's own times after one of its entries changed.
    protected void changed() {
        touchModified();
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new DirectoryFile(path, flags);
    }
}
