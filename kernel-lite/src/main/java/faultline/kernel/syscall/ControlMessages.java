package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.socket.Outgoing;
import faultline.kernel.vfs.socket.PeerCredentials;
import faultline.kernel.vfs.socket.Received;
import java.util.ArrayList;
import java.util.List;

/// What travels beside the bytes (cmsg(3)): SCM_RIGHTS and SCM_CREDENTIALS.
///
/// @param files with a reference each that the caller puts
record ControlMessages(PeerCredentials credentials, List<OpenFile> files) {

    /// How much of the buffer was filled, and whether it was too small.
    record Written(long length, boolean isCut) {}

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;

    private static final int HEADER_BYTES = 16;
    private static final int CREDENTIALS_BYTES = 12;

    /// SCM_MAX_FD.
    private static final int MOST_FILES = 253;

    /// Reads what a sender passes. EINVAL for messages that make no sense, EPERM for credentials that
    /// are not the sender's own, EBADF.
    static ControlMessages read(Caller caller, long va, long length) {
        PeerCredentials credentials = Outgoing.sender(caller);
        List<OpenFile> files = new ArrayList<>();
        if (va == 0) {
            return new ControlMessages(credentials, files);
        }
        if (Long.compareUnsigned(length, Integer.MAX_VALUE) > 0) {
            throw Errno.ENOBUFS.exception();
        }
        UserMemory memory = caller.memory();
        try {
            long at = 0;
            while (length - at >= HEADER_BYTES) {
                long size = memory.load64(va + at);
                if (size < HEADER_BYTES || size > length - at) {
                    throw Errno.EINVAL.exception();
                }
                if (memory.load32(va + at + 8) == SOL_SOCKET) {
                    long data = va + at + HEADER_BYTES;
                    int bytes = (int) size - HEADER_BYTES;
                    switch (memory.load32(va + at + 12)) {
                        case SCM_RIGHTS -> takeFiles(caller, data, bytes, files);
                        case SCM_CREDENTIALS -> credentials = credentials(caller, data, bytes);
                        default -> throw Errno.EINVAL.exception();
                    }
                }
                at += aligned(size);
            }
        } catch (ErrnoException failed) {
            files.forEach(OpenFile::put);
            throw failed;
        }
        return new ControlMessages(credentials, files);
    }

    private static long aligned(long bytes) {
        return bytes + 7 & -8;
    }

    private static void takeFiles(Caller caller, long data, int bytes, List<OpenFile> files) {
        int count = bytes / Integer.BYTES;
        if (files.size() + count > MOST_FILES) {
            throw Errno.EINVAL.exception();
        }
        for (int i = 0; i < count; i++) {
            files.add(caller.files().take(caller.memory().load32(data + (long) i * Integer.BYTES)));
        }
    }

    private static PeerCredentials credentials(Caller caller, long data, int bytes) {
        if (bytes != CREDENTIALS_BYTES) {
            throw Errno.EINVAL.exception();
        }
        UserMemory memory = caller.memory();
        PeerCredentials told =
                new PeerCredentials(memory.load32(data), memory.load32(data + 4), memory.load32(data + 8));
        PeerCredentials own = Outgoing.sender(caller);
        boolean mayTell = caller.credentials().isSuperuser()
                || told.pid() == own.pid()
                        && (told.uid() == own.uid()
                                || told.uid() == caller.credentials().uid())
                        && (told.gid() == own.gid()
                                || told.gid() == caller.credentials().gid());
        if (!mayTell) {
            throw Errno.EPERM.exception();
        }
        return told;
    }

    /// Tells a receiver of what came along: credentials if it wants them, then descriptors, as many as
    /// there is room for. What does not fit is lost.
    static Written write(
            Caller caller, Received received, boolean passesCredentials, boolean cloexec, long va, long length) {
        UserMemory memory = caller.memory();
        long at = 0;
        boolean cut = false;
        PeerCredentials sender = received.credentials();
        try {
            if (passesCredentials && sender != null) {
                if (va != 0 && length >= HEADER_BYTES + CREDENTIALS_BYTES) {
                    header(memory, va, CREDENTIALS_BYTES, SCM_CREDENTIALS);
                    memory.store32(va + HEADER_BYTES, sender.pid());
                    memory.store32(va + HEADER_BYTES + 4, sender.uid());
                    memory.store32(va + HEADER_BYTES + 8, sender.gid());
                    at = Math.min(length, aligned(HEADER_BYTES + CREDENTIALS_BYTES));
                } else {
                    cut = true;
                }
            }
        } catch (ErrnoException failed) {
            received.files().forEach(OpenFile::put);
            throw failed;
        }
        if (received.files().isEmpty()) {
            return new Written(at, cut);
        }
        int room = va == 0 ? 0 : (int) Math.max(0, (length - at - HEADER_BYTES) / Integer.BYTES);
        int given = giveFiles(caller, received.files(), Math.min(room, MOST_FILES), cloexec, va + at + HEADER_BYTES);
        if (given > 0) {
            header(memory, va + at, given * Integer.BYTES, SCM_RIGHTS);
            at += Math.min(length - at, aligned(HEADER_BYTES + (long) given * Integer.BYTES));
        }
        return new Written(at, cut || given < received.files().size());
    }

    private static void header(UserMemory memory, long va, int bytes, int type) {
        memory.store64(va, HEADER_BYTES + (long) bytes);
        memory.store32(va + 8, SOL_SOCKET);
        memory.store32(va + 12, type);
    }

    /// Installs files while there are room and descriptors; returns how many.
    private static int giveFiles(Caller caller, List<OpenFile> files, int room, boolean cloexec, long data) {
        int given = 0;
        for (OpenFile file : files) {
            if (given == room) {
                file.put();
                continue;
            }
            try {
                int fd = Arguments.install(caller, file, cloexec);
                caller.memory().store32(data + (long) given * Integer.BYTES, fd);
                given++;
            } catch (ErrnoException _) {
                room = given;
            }
        }
        return given;
    }
}
