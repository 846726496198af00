package faultline.kernel.vfs.root;

import static faultline.kernel.vfs.FileMode.*;

import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.mm.page.StorageLimit;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.Inode.NewInode;
import faultline.kernel.vfs.Namespace;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.host.OverlayFileSystem;
import faultline.kernel.vfs.host.ThroughFileSystem;
import faultline.kernel.vfs.mem.MemoryFile;
import faultline.kernel.vfs.mem.MemoryFileSystem;
import faultline.kernel.vfs.proc.ProcFileSystem;
import faultline.kernel.vfs.proc.SysFileSystem;
import faultline.kernel.vfs.proc.SystemInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tree a guest sees: its sysroot, its own file, the current directory and what is bound, with
/// `/proc`, `/sys`, `/dev` and `/tmp` made up. Nothing else of the host exists for it.
///
/// Writes go to memory, except below a bind that is `rw`. Files keep the host's owners and modes,
/// and the guest runs with the host user's ids, so rights are what the user would meet natively.
/// Without a sysroot, `/etc/passwd` and `/etc/group` name the user and root, and the home directory
/// exists, empty.
public final class PrivateRoot {

    private static final int DIRECTORY = S_IFDIR | 0755;

    /// A directory or file of the host, at a place of its own in the tree.
    public record Bind(Path host, String guest, boolean writable) {}

    /// An executable that no file of the host holds; it appears below [#SHIPPED].
    public record Shipped(String name, byte[] contents) {}

    /// What the user asked for. `program` is null when it is to be looked up in the sysroot, or is
    /// the one in `shipped`.
    public record Layout(
            @Nullable Path sysroot,
            @Nullable Path program,
            @Nullable Shipped shipped,
            Path currentDirectory,
            List<Bind> binds,
            Credentials user,
            String userName,
            String home) {

        public Layout {
            binds = List.copyOf(binds);
        }

        /// Without an executable of ours.
        public Layout(
                @Nullable Path sysroot,
                @Nullable Path program,
                Path currentDirectory,
                List<Bind> binds,
                Credentials user,
                String userName,
                String home) {
            this(sysroot, program, null, currentDirectory, binds, user, userName, home);
        }
    }

    /// Where programs that come with the emulator appear.
    public static final String SHIPPED = "/run/faultline";

    private final Vfs vfs;
    private final Namespace namespace;
    private final List<OverlayFileSystem> overlays = new ArrayList<>();

    /// What all of them keep in memory.
    private final StorageLimit written;

    private PrivateRoot(Vfs vfs) {
        this.vfs = vfs;
        this.namespace = vfs.namespace();
        this.written = StorageLimit.halfOf(caches());
    }

    /// Builds the tree. Throws `IOException` when a directory the user named cannot be looked at.
    public static PrivateRoot build(Vfs vfs, Layout layout, SystemInfo system) throws IOException {
        PrivateRoot root = new PrivateRoot(vfs);
        root.mountRoot(layout);
        root.mountAt(
                "/proc",
                new ProcFileSystem(
                        vfs.newDevice(),
                        vfs.environment().clock(),
                        vfs.environment().caches().heap(),
                        system,
                        vfs.environment().random()),
                "proc");
        root.mountAt(
                "/sys",
                new SysFileSystem(
                        vfs.newDevice(),
                        vfs.environment().clock(),
                        vfs.environment().caches().heap(),
                        system),
                "sysfs");
        root.mountAt("/dev", vfs.devices().fileSystem(), "devtmpfs");
        root.mountAt("/tmp", root.memory(01777), "tmpfs");
        root.mountCurrentDirectory(layout);
        for (Bind bind : layout.binds()) {
            root.bind(bind);
        }
        root.mountProgram(layout);
        root.mountShipped(layout.shipped());
        return root;
    }

    private PageCaches caches() {
        return vfs.environment().caches();
    }

    private MemoryFileSystem memory(int permissions) {
        return new MemoryFileSystem(
                "tmpfs", vfs.newDevice(), vfs.environment().clock(), caches(), permissions, Credentials.ROOT);
    }

    private OverlayFileSystem overlay(Path host, Credentials user) throws IOException {
        OverlayFileSystem overlay =
                new OverlayFileSystem(host, vfs.newDevice(), vfs.environment().clock(), caches(), written, user);
        overlays.add(overlay);
        return overlay;
    }

    private void mountRoot(Layout layout) throws IOException {
        Path sysroot = layout.sysroot();
        if (sysroot != null) {
            namespace.mountRoot(overlay(sysroot, layout.user()), "sysroot");
            return;
        }
        namespace.mountRoot(memory(0755), "rootfs");
        Credentials user = layout.user();
        String userLine =
                layout.userName() + ":x:" + user.uid() + ":" + user.gid() + "::" + layout.home() + ":/bin/sh\n";
        text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n" + (user.uid() == 0 ? "" : userLine));
        text("/etc/group", "root:x:0:\n" + (user.gid() == 0 ? "" : layout.userName() + ":x:" + user.gid() + ":\n"));
        makeDirectories("/root");
        if (layout.home().startsWith("/")) {
            makeDirectories(layout.home()).inode().setOwner(user.uid(), user.gid());
        }
    }

    /// A small file of the made-up root. Nothing runs yet, so its page goes straight to the store.
    private void text(String path, String contents) {
        int slash = path.lastIndexOf('/');
        Inode directory = makeDirectories(path.substring(0, slash)).inode();
        Inode file = directory.create(path.substring(slash + 1), NewInode.of(S_IFREG | 0644, Credentials.ROOT));
        ((MemoryFile) file).preset(contents.getBytes(StandardCharsets.UTF_8));
    }

    private void mountAt(String path, FileSystem fileSystem, String source) {
        namespace.mount(fileSystem, fileSystem.root(), makeDirectories(path), source, false);
    }

    /// The current directory at its own path. That of `/` would show the whole host, so it stays
    /// hidden: bind it to see it.
    private void mountCurrentDirectory(Layout layout) throws IOException {
        Path current = layout.currentDirectory().toRealPath();
        if (current.getNameCount() > 0) {
            mountAt(guestPath(current), overlay(current, layout.user()), "overlay");
        }
    }

    private void bind(Bind bind) throws IOException {
        FileSystem fileSystem = bind.writable()
                ? new ThroughFileSystem(
                        bind.host(), vfs.newDevice(), vfs.environment().clock(), caches())
                : overlay(bind.host(), Credentials.ROOT);
        if (fileSystem.root().isDirectory()) {
            mountAt(bind.guest(), fileSystem, bind.host().toString());
        } else {
            mountFile(bind.guest(), fileSystem, bind.host().toString());
        }
    }

    /// The program's own file, unless it is visible already.
    private void mountProgram(Layout layout) throws IOException {
        Path program = layout.program();
        if (program == null) {
            return;
        }
        String guest = guestPath(program.toAbsolutePath().normalize());
        VfsPath there = namespace.find(guest);
        if (there == null || !isSame(there, program)) {
            mountFile(guest, overlay(program, layout.user()), "overlay");
        }
    }

    /// A file system of its own, so that a sysroot is not touched.
    private void mountShipped(@Nullable Shipped shipped) {
        if (shipped != null) {
            MemoryFileSystem files = memory(0755);
            Inode file = files.root().create(shipped.name(), NewInode.of(S_IFREG | 0755, Credentials.ROOT));
            ((MemoryFile) file).preset(shipped.contents());
            mountAt(SHIPPED, files, "shipped");
        }
    }

    private static boolean isSame(VfsPath there, Path host) throws IOException {
        Object number = Files.getAttribute(host, "unix:ino");
        return number instanceof Long inode
                && there.inode().number() == inode
                && there.inode().size() == Files.size(host);
    }

    private void mountFile(String guest, FileSystem fileSystem, String source) {
        int slash = guest.lastIndexOf('/');
        VfsPath directory = makeDirectories(guest.substring(0, slash));
        String name = guest.substring(slash + 1);
        if (directory.inode().lookup(name) == null) {
            NewInode placeholder = new NewInode(S_IFLNK | 0777, source, 0, Credentials.ROOT);
            directory.inode().create(name, placeholder);
        }
        VfsPath at = directory.child(name);
        if (at == null) {
            throw new IllegalStateException("vfs: " + guest + " is gone while the root is built");
        }
        namespace.mount(fileSystem, fileSystem.root(), at, source, false);
    }

    /// The directory of a path, after making what is missing of it, in memory.
    private VfsPath makeDirectories(String path) {
        VfsPath at = namespace.root();
        StringBuilder walked = new StringBuilder();
        for (String name : path.split("/", -1)) {
            if (name.isEmpty()) {
                continue;
            }
            walked.append('/').append(name);
            VfsPath next = namespace.find(walked.toString());
            if (next == null) {
                at.inode().create(name, NewInode.of(DIRECTORY, Credentials.ROOT));
                next = namespace.lookup(walked.toString());
            }
            at = next;
        }
        return at;
    }

    private static String guestPath(Path host) {
        return new String(host.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// Root and current directory of the first process.
    public FsContext initialContext(Layout layout) throws IOException {
        Path current = layout.currentDirectory().toRealPath();
        VfsPath directory = current.getNameCount() == 0 ? namespace.root() : namespace.lookup(guestPath(current));
        return new FsContext(namespace, namespace.root(), directory, 022);
    }

    /// How many files the guest wrote that are lost at exit; `/tmp` and other made-up places do not
    /// count.
    public long filesDiscarded() {
        long count = 0;
        for (OverlayFileSystem overlay : overlays) {
            count += overlay.filesWritten();
        }
        return count;
    }
}
