package faultline.kernel.vfs.proc;

import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A directory whose entries never change.
final class FixedDirectory extends ProcDirectory {

    private final Map<String, Inode> entries;

    FixedDirectory(FileSystem fileSystem, Map<String, Inode> entries) {
        super(fileSystem, 0555, Credentials.ROOT);
        this.entries = entries;
    }

    @Override
    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    @Override
    @Nullable
    Inode make(String name) {
        return entries.get(name);
    }
}
