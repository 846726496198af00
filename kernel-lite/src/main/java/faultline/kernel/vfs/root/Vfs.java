package faultline.kernel.vfs.root;

import faultline.kernel.KernelHeap;
import faultline.kernel.mm.page.PageCaches;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileSystem.Clock;
import faultline.kernel.vfs.JobControl;
import faultline.kernel.vfs.Namespace;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.PseudoFileSystem;
import faultline.kernel.vfs.VfsPath;
import faultline.kernel.vfs.dev.DeviceTree;
import faultline.kernel.vfs.dev.RandomSource;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.host.HostStreamInode;
import faultline.kernel.vfs.socket.UnixDomain;
import faultline.kernel.vfs.tty.Terminals;
import faultline.kernel.vfs.tty.TermiosLayout;
import faultline.kernel.vfs.tty.Tty;
import java.util.concurrent.atomic.AtomicInteger;

/// The file systems of one machine: the tree, the devices, the terminals, and the ones without a place in the tree.
public final class Vfs {

    private static final long PIPEFS_MAGIC = 0x50495045;
    private static final long ANON_INODE_FS_MAGIC = 0x09041934;
    private static final long SOCKFS_MAGIC = 0x534f434b;
    private static final long TMPFS_MAGIC = 0x01021994;

    /// What the file systems need of the rest of the kernel.
    public record Environment(
            PageCaches caches, JobControl jobs, RandomSource random, Clock clock, TermiosLayout termios) {}

    private final Environment environment;
    private final AtomicInteger lastDevice = new AtomicInteger();
    private final Namespace namespace = new Namespace();
    private final DeviceTree devices;
    private final Terminals terminals;
    private final PseudoFileSystem pipes;
    private final PseudoFileSystem anonymous;
    private final PseudoFileSystem memoryFiles;
    private final PseudoFileSystem streams;
    private final UnixDomain sockets;

    public Vfs(Environment environment) {
        this.environment = environment;
        Clock clock = environment.clock();
        KernelHeap heap = environment.caches().heap();
        this.devices =
                new DeviceTree(newDevice(), clock, environment.caches(), namespace.devices(), environment.random());
        this.terminals = new Terminals(environment.jobs(), namespace, devices, environment.termios());
        this.pipes = new PseudoFileSystem("pipefs", newDevice(), PIPEFS_MAGIC, clock, heap);
        this.anonymous = new PseudoFileSystem("anon_inodefs", newDevice(), ANON_INODE_FS_MAGIC, clock, heap);
        this.memoryFiles = new PseudoFileSystem("tmpfs", newDevice(), TMPFS_MAGIC, clock, heap);
        this.sockets = new UnixDomain(new PseudoFileSystem("sockfs", newDevice(), SOCKFS_MAGIC, clock, heap));
        this.streams = new PseudoFileSystem("pipefs", newDevice(), PIPEFS_MAGIC, clock, heap);
    }

    /// A device number for a file system without a device: major 0.
    int newDevice() {
        return (int) FileMode.makeDevice(0, lastDevice.incrementAndGet());
    }

    public Environment environment() {
        return environment;
    }

    public Namespace namespace() {
        return namespace;
    }

    public Terminals terminals() {
        return terminals;
    }

    /// Puts a disk's node into `/dev`, which `name` begins with.
    public void addDisk(String name, long device) {
        devices.addDisk(name.substring("/dev/".length()), device);
    }

    DeviceTree devices() {
        return devices;
    }

    /// Where `pipe` makes pipes.
    public PseudoFileSystem pipes() {
        return pipes;
    }

    /// Where eventfd, epoll and the like live.
    public PseudoFileSystem anonymous() {
        return anonymous;
    }

    /// Where memfd_create makes files.
    public PseudoFileSystem memoryFiles() {
        return memoryFiles;
    }

    /// The sockets of this machine.
    public UnixDomain sockets() {
        return sockets;
    }

    /// Opens a standard stream of the emulator for the guest: O_RDONLY for input, O_WRONLY for output.
    public OpenFile openStream(HostStream stream, int access) {
        return HostStreamInode.open(streams, stream, access);
    }

    /// Opens a terminal as a standard stream, under its name in `/dev/pts`. The root has been built.
    public OpenFile openTerminal(Tty tty) {
        VfsPath path = namespace.lookup("/dev/pts/" + tty.index());
        return terminals.openStream(tty, path);
    }
}
