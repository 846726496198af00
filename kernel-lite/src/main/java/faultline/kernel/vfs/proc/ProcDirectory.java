package faultline.kernel.vfs.proc;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.DirectoryFile;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A directory whose entries follow from names: fixed ones, numbers, or both.
abstract class ProcDirectory extends Inode {

    ProcDirectory(FileSystem fileSystem, int permissions, Credentials owner) {
        super(fileSystem, fileSystem.nextInode(), FileMode.S_IFDIR | permissions, owner);
    }

    /// The names there are now, in order.
    abstract List<String> names();

    /// The inode of a name, or null; made anew each time.
    abstract @Nullable Inode make(String name);

    @Override
    public final @Nullable Inode lookup(String name) {
        return make(name);
    }

    @Override
    public final List<Entry> list() {
        List<Entry> list = new ArrayList<>();
        for (String name : names()) {
            Inode inode = make(name);
            if (inode != null) {
                list.add(new Entry(name, inode.number(), inode.type()));
            }
        }
        return list;
    }

    @Override
    public OpenFile open(VfsPath path, int flags) {
        return new DirectoryFile(path, flags);
    }

    /// The number a name spells, or -1. `007` is no name of anything.
    static int number(String name) {
        if (name.isEmpty() || name.length() > 9 || name.length() > 1 && name.charAt(0) == '0') {
            return -1;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(name);
    }
}
