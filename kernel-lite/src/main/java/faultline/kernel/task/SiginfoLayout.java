package faultline.kernel.task;

import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `siginfo_t` of 64-bit architectures (`asm-generic/siginfo.h`): 128 bytes, a head of three words
/// and a union from byte 16, in the byte order of the buffer.
///
/// Which member of the union counts follows from signal and code as in Linux's `siginfo_layout`.
public final class SiginfoLayout {

    public static final int BYTES = 128;

    private static final int SIGNO = 0;
    private static final int ERRNO = 4;
    private static final int CODE = 8;

    // Members of the union.

    private static final int PID = 16;
    private static final int UID = 20;
    private static final int VALUE = 24;
    private static final int STATUS = 24;
    private static final int TIMER_ID = 16;
    private static final int OVERRUN = 20;
    private static final int ADDRESS = 16;
    private static final int PKEY = 32;
    private static final int BAND = 16;
    private static final int FD = 24;
    private static final int CALL_ADDRESS = 16;
    private static final int SYSCALL = 24;
    private static final int AUDIT_ARCH = 28;

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;
    private static final int SIGCHLD = 17;
    private static final int SIGPOLL = 29;
    private static final int SIGSYS = 31;

    private static final int SI_SIGIO = -5;

    // AUDIT_ARCH_*: the machine number and these.

    private static final int AUDIT_ARCH_64BIT = 0x80000000;
    private static final int AUDIT_ARCH_LE = 0x40000000;

    /// The members of the union.
    private enum Layout {
        KILL,
        TIMER,
        QUEUED,
        CHILD,
        FAULT,
        POLL,
        SECCOMP
    }

    private final ByteOrder order;
    private final int auditArch;

    /// For programs of an ELF machine and a byte order.
    public SiginfoLayout(int elfMachine, ByteOrder order) {
        this.order = order;
        this.auditArch = elfMachine | AUDIT_ARCH_64BIT | (order == ByteOrder.LITTLE_ENDIAN ? AUDIT_ARCH_LE : 0);
    }

    /// Writes it to the program's memory.
    void write(UserMemory memory, long va, Siginfo info) {
        ByteBuffer to = ByteBuffer.allocate(BYTES).order(order);
        write(info, to, 0);
        memory.write(va, to.array(), 0, BYTES);
    }

    /// Reads it from there: the fields its signal and code give it.
    Siginfo read(UserMemory memory, long va) {
        ByteBuffer from = ByteBuffer.allocate(BYTES).order(order);
        memory.read(va, from.array(), 0, BYTES);
        return read(from);
    }

    private static Layout layout(int signal, int code) {
        if (code > Siginfo.SI_USER && code < Siginfo.SI_KERNEL) {
            return switch (signal) {
                case SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP -> Layout.FAULT;
                case SIGCHLD -> Layout.CHILD;
                case SIGPOLL -> Layout.POLL;
                case SIGSYS -> Layout.SECCOMP;
                default -> Layout.KILL;
            };
        }
        return switch (code) {
            case Siginfo.SI_TIMER -> Layout.TIMER;
            case SI_SIGIO -> Layout.POLL;
            default -> code < 0 ? Layout.QUEUED : Layout.KILL;
        };
    }

    /// Writes all 128 bytes at `at`. In a timer's `status` is its overrun count, in SIGPOLL's the
    /// descriptor.
    public void write(Siginfo info, ByteBuffer to, int at) {
        to.put(at, new byte[BYTES]);
        to.putInt(at + SIGNO, info.signal());
        to.putInt(at + ERRNO, info.errno());
        to.putInt(at + CODE, info.code());
        switch (layout(info.signal(), info.code())) {
            case KILL -> putSender(info, to, at);
            case QUEUED -> {
                putSender(info, to, at);
                to.putLong(at + VALUE, info.value());
            }
            case TIMER -> {
                to.putInt(at + TIMER_ID, info.pid());
                to.putInt(at + OVERRUN, info.status());
                to.putLong(at + VALUE, info.value());
            }
            case CHILD -> {
                putSender(info, to, at);
                to.putInt(at + STATUS, info.status());
            }
            case FAULT -> {
                to.putLong(at + ADDRESS, info.address());
                to.putInt(at + PKEY, info.pkey());
            }
            case POLL -> {
                to.putLong(at + BAND, info.value());
                to.putInt(at + FD, info.status());
            }
            case SECCOMP -> {
                to.putLong(at + CALL_ADDRESS, info.address());
                to.putInt(at + SYSCALL, info.status());
                to.putInt(at + AUDIT_ARCH, auditArch);
            }
        }
    }

    private static void putSender(Siginfo info, ByteBuffer to, int at) {
        to.putInt(at + PID, info.pid());
        to.putInt(at + UID, info.uid());
    }

    /// Reads what [#write] writes.
    public static Siginfo read(ByteBuffer from) {
        int signal = from.getInt(SIGNO);
        int errno = from.getInt(ERRNO);
        int code = from.getInt(CODE);
        int pid = from.getInt(PID);
        int uid = from.getInt(UID);
        long value = from.getLong(VALUE);
        return switch (layout(signal, code)) {
            case KILL -> new Siginfo(signal, code, errno, pid, uid, 0, 0, 0, 0);
            case QUEUED -> new Siginfo(signal, code, errno, pid, uid, 0, 0, 0, value);
            case TIMER -> new Siginfo(signal, code, errno, pid, 0, from.getInt(OVERRUN), 0, 0, value);
            case CHILD -> new Siginfo(signal, code, errno, pid, uid, from.getInt(STATUS), 0, 0, 0);
            case FAULT -> new Siginfo(signal, code, errno, 0, 0, 0, from.getLong(ADDRESS), from.getInt(PKEY), 0);
            case POLL -> new Siginfo(signal, code, errno, 0, 0, from.getInt(FD), 0, 0, from.getLong(BAND));
            case SECCOMP ->
                new Siginfo(signal, code, errno, 0, 0, from.getInt(SYSCALL), from.getLong(CALL_ADDRESS), 0, 0);
        };
    }
}
