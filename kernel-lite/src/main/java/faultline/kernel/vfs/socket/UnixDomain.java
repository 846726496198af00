package faultline.kernel.vfs.socket;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.NameChanges;
import faultline.kernel.vfs.PathWalk;
import faultline.kernel.vfs.PseudoFileSystem;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The local sockets of one machine: makes them, and knows which name leads to which. Its monitor is
/// the lock of them all.
public final class UnixDomain {

    /// How many names `bind` makes up before it says that there are none left.
    private static final int AUTOMATIC_NAMES = 1 << 20;

    private static final int AT_FDCWD = -100;

    /// An abstract name; each type has names of its own.
    private record Name(UnixAddress address, SocketType type) {}

    private final PseudoFileSystem sockets;

    // Guarded by this monitor.
    private final Map<Name, UnixSocket> byName = new HashMap<>();
    private final Map<Inode, UnixSocket> byFile = new HashMap<>();
    private int lastAutomatic;

    /// `sockets` is where their inodes live.
    public UnixDomain(PseudoFileSystem sockets) {
        this.sockets = sockets;
    }

    /// What messages on their way are charged to.
    KernelHeap heap() {
        return sockets.heap();
    }

    /// A new socket; `flags` are O_NONBLOCK or nothing.
    public UnixSocket open(Caller caller, SocketType type, int flags) {
        SocketInode inode = new SocketInode(sockets, caller.credentials());
        var path = sockets.path("socket:[" + inode.number() + "]", inode);
        return type == SocketType.DATAGRAM
                ? new DatagramSocket(this, path, flags)
                : new ConnectionSocket(this, path, type, flags);
    }

    /// Two sockets that are each other's peer.
    public UnixSocket[] pair(Caller caller, SocketType type, int flags) {
        UnixSocket one = open(caller, type, flags);
        UnixSocket other = open(caller, type, flags);
        PeerCredentials credentials = credentials(caller);
        synchronized (this) {
            one.joinLocked(other, credentials);
            other.joinLocked(one, credentials);
        }
        return new UnixSocket[] {one, other};
    }

    /// What SO_PEERCRED tells of a caller.
    static PeerCredentials credentials(Caller caller) {
        return new PeerCredentials(
                caller.pid(), caller.credentials().uid(), caller.credentials().gid());
    }

    /// bind: gives a socket its name; an unnamed address asks for one that is made up.
    public void bind(Caller caller, UnixSocket socket, UnixAddress address) {
        synchronized (this) {
            if (!socket.addressLocked().isUnnamed()) {
                // As for a name made up: a socket that has one keeps it.
                if (address.isUnnamed()) {
                    return;
                }
                throw Errno.EINVAL.exception();
            }
            if (address.isUnnamed() || address.isAbstract()) {
                UnixAddress name = address.isUnnamed() ? automaticLocked(socket.socketType()) : address;
                if (byName.putIfAbsent(new Name(name, socket.socketType()), socket) != null) {
                    throw Errno.EADDRINUSE.exception();
                }
                socket.boundLocked(name, null);
                return;
            }
        }
        Inode file = makeFile(caller, address);
        synchronized (this) {
            byFile.put(file, socket);
            socket.boundLocked(address, file);
        }
    }

    /// A free abstract name of five hexadecimal digits.
    private UnixAddress automaticLocked(SocketType type) {
        for (int tries = 0; tries < AUTOMATIC_NAMES; tries++) {
            lastAutomatic = (lastAutomatic + 1) % AUTOMATIC_NAMES;
            String name = String.format("\0%05x", lastAutomatic);
            UnixAddress address = new UnixAddress(name.getBytes(StandardCharsets.ISO_8859_1));
            if (!byName.containsKey(new Name(address, type))) {
                return address;
            }
        }
        throw Errno.ENOSPC.exception();
    }

    private static Inode makeFile(Caller caller, UnixAddress address) {
        String path = path(address);
        try {
            return new NameChanges(caller)
                    .make(FileOpener.start(caller, AT_FDCWD, path), path, FileMode.S_IFSOCK | 0777, "", 0);
        } catch (ErrnoException failed) {
            throw failed.errno() == Errno.EEXIST ? Errno.EADDRINUSE.exception() : failed;
        }
    }

    private static String path(UnixAddress address) {
        return new String(address.name(), StandardCharsets.ISO_8859_1);
    }

    /// The socket an address leads to. ECONNREFUSED when there is none behind it, EPROTOTYPE when it
    /// is of another type.
    UnixSocket find(Caller caller, UnixAddress address, SocketType type) {
        UnixSocket found = address.isAbstract() ? named(new Name(address, type)) : atFile(caller, path(address));
        if (found == null) {
            throw Errno.ECONNREFUSED.exception();
        }
        if (found.socketType() != type) {
            throw Errno.EPROTOTYPE.exception();
        }
        return found;
    }

    private synchronized @Nullable UnixSocket named(Name name) {
        return byName.get(name);
    }

    private @Nullable UnixSocket atFile(Caller caller, String path) {
        Inode inode = PathWalk.of(caller, FileOpener.start(caller, AT_FDCWD, path))
                .resolve(path, true)
                .inode();
        if (!caller.credentials().mayAccess(inode, 2)) {
            throw Errno.EACCES.exception();
        }
        synchronized (this) {
            return byFile.get(inode);
        }
    }

    /// A socket is gone: its name leads nowhere any more, though its file stays.
    void forgetLocked(UnixSocket socket, @Nullable Inode file) {
        byName.remove(new Name(socket.addressLocked(), socket.socketType()), socket);
        if (file != null) {
            byFile.remove(file, socket);
        }
    }
}
