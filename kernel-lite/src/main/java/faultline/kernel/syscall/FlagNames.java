package faultline.kernel.syscall;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names of flag sets and enumerations, by the kind words of [SyscallTable]. Values are
/// asm-generic's.
final class FlagNames {

    private record Name(String text, long value) {}

    /// `mask` covers the bits that are an enumeration; the rest are single flags.
    private record Set(long mask, List<Name> names) {}

    private static final long ALL = -1;

    private final Map<String, Set> sets = new HashMap<>();

    private final ArgumentNumbers numbers;

    /// `numbers` are the guest's.
    FlagNames(ArgumentNumbers numbers) {
        this.numbers = numbers;
        add("open", 3, """
            O_RDONLY=0 O_WRONLY=1 O_RDWR=2 O_CREAT=0x40 O_EXCL=0x80 O_NOCTTY=0x100 O_TRUNC=0x200 O_APPEND=0x400
            O_NONBLOCK=0x800 O_SYNC=0x101000 O_DSYNC=0x1000 O_DIRECT=0x4000 O_LARGEFILE=0x8000
            O_NOFOLLOW=0x20000 O_NOATIME=0x40000 O_CLOEXEC=0x80000 O_PATH=0x200000 O_TMPFILE=0x410000
            O_DIRECTORY=0x10000""");
        add("access", 0, "F_OK=0 R_OK=4 W_OK=2 X_OK=1");
        add("prot", 0, "PROT_NONE=0 PROT_READ=1 PROT_WRITE=2 PROT_EXEC=4 PROT_GROWSDOWN=0x1000000");
        add("map", 0xf, """
            MAP_SHARED=1 MAP_PRIVATE=2 MAP_SHARED_VALIDATE=3 MAP_FIXED=0x10 MAP_ANONYMOUS=0x20 MAP_32BIT=0x40
            MAP_GROWSDOWN=0x100 MAP_DENYWRITE=0x800 MAP_LOCKED=0x2000 MAP_NORESERVE=0x4000 MAP_POPULATE=0x8000
            MAP_NONBLOCK=0x10000 MAP_STACK=0x20000 MAP_HUGETLB=0x40000 MAP_FIXED_NOREPLACE=0x100000""");
        add("mremap", 0, "MREMAP_MAYMOVE=1 MREMAP_FIXED=2 MREMAP_DONTUNMAP=4");
        add("madvise", ALL, """
            MADV_NORMAL=0 MADV_RANDOM=1 MADV_SEQUENTIAL=2 MADV_WILLNEED=3 MADV_DONTNEED=4 MADV_FREE=8 MADV_REMOVE=9
            MADV_DONTFORK=10 MADV_DOFORK=11 MADV_MERGEABLE=12 MADV_UNMERGEABLE=13 MADV_HUGEPAGE=14
            MADV_NOHUGEPAGE=15 MADV_DONTDUMP=16 MADV_DODUMP=17 MADV_WIPEONFORK=18 MADV_KEEPONFORK=19 MADV_COLD=20
            MADV_PAGEOUT=21 MADV_POPULATE_READ=22 MADV_POPULATE_WRITE=23
            MADV_DONTNEED_LOCKED=24 MADV_COLLAPSE=25 MADV_GUARD_INSTALL=102 MADV_GUARD_REMOVE=103""");
        add("msync", 0, "MS_ASYNC=1 MS_INVALIDATE=2 MS_SYNC=4");
        add("clone", 0, """
            CLONE_VM=0x100 CLONE_FS=0x200 CLONE_FILES=0x400 CLONE_SIGHAND=0x800 CLONE_PIDFD=0x1000
            CLONE_PTRACE=0x2000 CLONE_VFORK=0x4000 CLONE_PARENT=0x8000 CLONE_THREAD=0x10000 CLONE_NEWNS=0x20000
            CLONE_SYSVSEM=0x40000 CLONE_SETTLS=0x80000 CLONE_PARENT_SETTID=0x100000
            CLONE_CHILD_CLEARTID=0x200000 CLONE_DETACHED=0x400000 CLONE_UNTRACED=0x800000
            CLONE_CHILD_SETTID=0x1000000 CLONE_IO=0x80000000 CLONE_CLEAR_SIGHAND=0x100000000""");
        add("futex", 0xff, """
            FUTEX_WAIT=0 FUTEX_WAKE=1 FUTEX_FD=2 FUTEX_REQUEUE=3 FUTEX_CMP_REQUEUE=4 FUTEX_WAKE_OP=5
            FUTEX_LOCK_PI=6 FUTEX_UNLOCK_PI=7 FUTEX_TRYLOCK_PI=8 FUTEX_WAIT_BITSET=9 FUTEX_WAKE_BITSET=10
            FUTEX_WAIT_REQUEUE_PI=11 FUTEX_CMP_REQUEUE_PI=12 FUTEX_LOCK_PI2=13
            FUTEX_WAIT_PRIVATE=0x80 FUTEX_WAKE_PRIVATE=0x81 FUTEX_REQUEUE_PRIVATE=0x83
            FUTEX_CMP_REQUEUE_PRIVATE=0x84 FUTEX_WAKE_OP_PRIVATE=0x85 FUTEX_LOCK_PI_PRIVATE=0x86
            FUTEX_UNLOCK_PI_PRIVATE=0x87 FUTEX_TRYLOCK_PI_PRIVATE=0x88 FUTEX_WAIT_BITSET_PRIVATE=0x89
            FUTEX_WAKE_BITSET_PRIVATE=0x8a FUTEX_WAIT_REQUEUE_PI_PRIVATE=0x8b
            FUTEX_CMP_REQUEUE_PI_PRIVATE=0x8c FUTEX_LOCK_PI2_PRIVATE=0x8d FUTEX_CLOCK_REALTIME=0x100""");
        add("futex_bitset", ALL, "FUTEX_BITSET_MATCH_ANY=0xffffffff");
        add("whence", ALL, "SEEK_SET=0 SEEK_CUR=1 SEEK_END=2 SEEK_DATA=3 SEEK_HOLE=4");
        add("fcntl", ALL, """
            F_DUPFD=0 F_GETFD=1 F_SETFD=2 F_GETFL=3 F_SETFL=4 F_GETLK=5 F_SETLK=6 F_SETLKW=7 F_SETOWN=8 F_GETOWN=9
            F_SETSIG=10 F_GETSIG=11 F_SETLEASE=1024 F_GETLEASE=1025 F_DUPFD_CLOEXEC=1030 F_SETPIPE_SZ=1031
            F_GETPIPE_SZ=1032 F_ADD_SEALS=1033 F_GET_SEALS=1034""");
        add("ioctl", ALL, """
            PERF_EVENT_IOC_ENABLE=0x2400 PERF_EVENT_IOC_DISABLE=0x2401 PERF_EVENT_IOC_RESET=0x2403
            PERF_EVENT_IOC_ID=0x80082407 TCGETS=0x5401 TCSETS=0x5402 TCSETSW=0x5403 TCSETSF=0x5404 TCFLSH=0x540b TIOCSCTTY=0x540e
            TIOCGPGRP=0x540f TIOCSPGRP=0x5410 TIOCGWINSZ=0x5413 TIOCSWINSZ=0x5414 FIONREAD=0x541b FIONBIO=0x5421
            TIOCNOTTY=0x5422 TIOCGSID=0x5429 FIONCLEX=0x5450 FIOCLEX=0x5451""");
        add("at", 0, """
            AT_SYMLINK_NOFOLLOW=0x100 AT_REMOVEDIR=0x200 AT_SYMLINK_FOLLOW=0x400 AT_NO_AUTOMOUNT=0x800
            AT_EMPTY_PATH=0x1000""");
        add("wait", 0, """
            WNOHANG=1 WSTOPPED=2 WEXITED=4 WCONTINUED=8 WNOWAIT=0x1000000 __WNOTHREAD=0x20000000 __WALL=0x40000000
            __WCLONE=0x80000000""");
        add("sighow", ALL, "SIG_BLOCK=0 SIG_UNBLOCK=1 SIG_SETMASK=2");
        add("clock", ALL, """
            CLOCK_REALTIME=0 CLOCK_MONOTONIC=1 CLOCK_PROCESS_CPUTIME_ID=2 CLOCK_THREAD_CPUTIME_ID=3
            CLOCK_MONOTONIC_RAW=4 CLOCK_REALTIME_COARSE=5 CLOCK_MONOTONIC_COARSE=6 CLOCK_BOOTTIME=7
            CLOCK_REALTIME_ALARM=8 CLOCK_BOOTTIME_ALARM=9 CLOCK_TAI=11""");
        add("resource", ALL, """
            RLIMIT_CPU=0 RLIMIT_FSIZE=1 RLIMIT_DATA=2 RLIMIT_STACK=3 RLIMIT_CORE=4 RLIMIT_RSS=5 RLIMIT_NPROC=6
            RLIMIT_NOFILE=7 RLIMIT_MEMLOCK=8 RLIMIT_AS=9 RLIMIT_LOCKS=10 RLIMIT_SIGPENDING=11 RLIMIT_MSGQUEUE=12
            RLIMIT_NICE=13 RLIMIT_RTPRIO=14 RLIMIT_RTTIME=15""");
        add("timer", 0, "TIMER_ABSTIME=1");
        add("fadvise", ALL, """
            POSIX_FADV_NORMAL=0 POSIX_FADV_RANDOM=1 POSIX_FADV_SEQUENTIAL=2 POSIX_FADV_WILLNEED=3
            POSIX_FADV_DONTNEED=4 POSIX_FADV_NOREUSE=5""");
        add("fd_flags", 0, "FD_CLOEXEC=1");
        add("flock", 0, "LOCK_SH=1 LOCK_EX=2 LOCK_NB=4 LOCK_UN=8");
        add("userfaultfd", 0, "UFFD_USER_MODE_ONLY=1 O_NONBLOCK=0x800 O_CLOEXEC=0x80000");
        add("eventfd", 0, "EFD_SEMAPHORE=1 EFD_NONBLOCK=0x800 EFD_CLOEXEC=0x80000");
        add("timerfd", 0, "TFD_NONBLOCK=0x800 TFD_CLOEXEC=0x80000");
        add("signalfd", 0, "SFD_NONBLOCK=0x800 SFD_CLOEXEC=0x80000");
        add("epoll", 0, "EPOLL_CLOEXEC=0x80000");
        add("epoll_ctl", ALL, "EPOLL_CTL_ADD=1 EPOLL_CTL_DEL=2 EPOLL_CTL_MOD=3");
        add("arch_prctl", ALL, """
            ARCH_SET_GS=0x1001 ARCH_SET_FS=0x1002 ARCH_GET_FS=0x1003 ARCH_GET_GS=0x1004 ARCH_GET_CPUID=0x1011
            ARCH_SET_CPUID=0x1012""");
        add("dup3", 0, "O_CLOEXEC=0x80000");
        add("pipe", 0, "O_NONBLOCK=0x800 O_DIRECT=0x4000 O_CLOEXEC=0x80000");
        add("af", ALL, "AF_UNSPEC=0 AF_UNIX=1 AF_INET=2 AF_INET6=10 AF_NETLINK=16 AF_PACKET=17");
        add("socktype", 0xf, """
            SOCK_STREAM=1 SOCK_DGRAM=2 SOCK_RAW=3 SOCK_SEQPACKET=5 SOCK_CLOEXEC=0x80000 SOCK_NONBLOCK=0x800""");
        add("sockflags", 0, "SOCK_CLOEXEC=0x80000 SOCK_NONBLOCK=0x800");
        add("pidfd", 0, "PIDFD_NONBLOCK=0x800");
        add("perf", 0, """
            PERF_FLAG_FD_NO_GROUP=1 PERF_FLAG_FD_OUTPUT=2 PERF_FLAG_PID_CGROUP=4 PERF_FLAG_FD_CLOEXEC=8""");
        add("shut", ALL, "SHUT_RD=0 SHUT_WR=1 SHUT_RDWR=2");
        add("msg", 0, """
            MSG_OOB=1 MSG_PEEK=2 MSG_DONTROUTE=4 MSG_CTRUNC=8 MSG_TRUNC=0x20 MSG_DONTWAIT=0x40 MSG_EOR=0x80
            MSG_WAITALL=0x100 MSG_NOSIGNAL=0x4000 MSG_MORE=0x8000 MSG_CMSG_CLOEXEC=0x40000000""");
        add("sol", ALL, "SOL_IP=0 SOL_SOCKET=1 SOL_TCP=6");
        add("sockopt", ALL, """
            SO_DEBUG=1 SO_REUSEADDR=2 SO_TYPE=3 SO_ERROR=4 SO_DONTROUTE=5 SO_BROADCAST=6 SO_SNDBUF=7 SO_RCVBUF=8
            SO_KEEPALIVE=9 SO_OOBINLINE=10 SO_PRIORITY=12 SO_LINGER=13 SO_REUSEPORT=15 SO_PASSCRED=16 SO_PEERCRED=17
            SO_RCVLOWAT=18 SO_SNDLOWAT=19 SO_RCVTIMEO_OLD=20 SO_SNDTIMEO_OLD=21 SO_ACCEPTCONN=30 SO_PEERSEC=31
            SO_PROTOCOL=38 SO_DOMAIN=39""");
        add("grnd", 0, "GRND_NONBLOCK=1 GRND_RANDOM=2 GRND_INSECURE=4");
        add("itimer_which", ALL, "ITIMER_REAL=0 ITIMER_VIRTUAL=1 ITIMER_PROF=2");
        add("idtype", ALL, "P_ALL=0 P_PID=1 P_PGID=2 P_PIDFD=3");
        add("rusage_who", ALL, "RUSAGE_SELF=0 RUSAGE_CHILDREN=-1 RUSAGE_THREAD=1");
        add("priority", ALL, "PRIO_PROCESS=0 PRIO_PGRP=1 PRIO_USER=2");
        add("sched", ALL, "SCHED_OTHER=0 SCHED_FIFO=1 SCHED_RR=2 SCHED_BATCH=3 SCHED_IDLE=5");
        add("membarrier", ALL, "MEMBARRIER_CMD_QUERY=0 MEMBARRIER_CMD_GLOBAL=1");
        add("prctl", ALL, """
            PR_SET_PDEATHSIG=1 PR_GET_PDEATHSIG=2 PR_GET_DUMPABLE=3 PR_SET_DUMPABLE=4 PR_SET_NAME=15 PR_GET_NAME=16
            PR_CAPBSET_READ=23 PR_SET_TIMERSLACK=29 PR_TASK_PERF_EVENTS_DISABLE=31
            PR_TASK_PERF_EVENTS_ENABLE=32 PR_SET_CHILD_SUBREAPER=36 PR_GET_CHILD_SUBREAPER=37
            PR_SET_NO_NEW_PRIVS=38 PR_GET_NO_NEW_PRIVS=39 PR_SET_THP_DISABLE=41 PR_GET_THP_DISABLE=42
            PR_SET_MEMORY_MERGE=67 PR_GET_MEMORY_MERGE=68 PR_SET_VMA=0x53564d41""");
        add("saflags", 0, """
            SA_RESTORER=0x4000000 SA_ONSTACK=0x8000000 SA_RESTART=0x10000000 SA_NODEFER=0x40000000
            SA_RESETHAND=0x80000000 SA_NOCLDSTOP=1 SA_NOCLDWAIT=2 SA_SIGINFO=4""");
        add("poll", 0, """
            POLLIN=1 POLLPRI=2 POLLOUT=4 POLLERR=8 POLLHUP=0x10 POLLNVAL=0x20 POLLRDNORM=0x40 POLLRDBAND=0x80
            POLLWRNORM=0x100 POLLWRBAND=0x200 POLLRDHUP=0x2000""");
        add("format", ALL, """
            S_IFREG=0x8000 S_IFDIR=0x4000 S_IFCHR=0x2000 S_IFBLK=0x6000 S_IFIFO=0x1000 S_IFLNK=0xa000
            S_IFSOCK=0xc000""");
    }

    private void add(String kind, long mask, String names) {
        List<Name> list = new ArrayList<>();
        for (String entry : names.split("\\s+")) {
            int equals = entry.indexOf('=');
            list.add(new Name(entry.substring(0, equals), Long.decode(entry.substring(equals + 1))));
        }
        sets.put(kind, new Set(mask, list));
    }

    /// Whether a kind is a set or an enumeration with names.
    boolean knows(String kind) {
        return sets.containsKey(kind);
    }

    /// The value in names: `O_RDWR|O_CREAT`, rest in hexadecimal; a value without any name is a
    /// plain number.
    String text(String kind, long value) {
        Set set = sets.get(kind);
        if (set == null) {
            throw new IllegalArgumentException("strace: no names for the kind " + kind);
        }
        if (set.mask() == ALL) {
            String name = exact(set, toKernel(kind, value));
            return name != null ? name : number(value);
        }
        StringBuilder text = new StringBuilder();
        long rest = toKernel(kind, value);
        if (set.mask() != 0) {
            String name = exact(set, rest & set.mask());
            text.append(name != null ? name : number(rest & set.mask()));
            rest &= ~set.mask();
        }
        for (Name name : set.names()) {
            boolean flag = (name.value() & set.mask()) == 0 && name.value() != 0;
            if (flag && (rest & name.value()) == name.value()) {
                join(text, name.text());
                rest &= ~name.value();
            }
        }
        if (rest != 0) {
            join(text, number(rest));
        }
        if (text.isEmpty()) {
            String zero = exact(set, 0);
            text.append(zero != null ? zero : "0");
        }
        return text.toString();
    }

    /// A guest's value of a kind that architectures disagree about as the names have it.
    private long toKernel(String kind, long value) {
        return switch (kind) {
            case "open", "pipe" -> numbers.open().toKernel(value);
            case "map" -> numbers.map().mmap().toKernel((int) value);
            case "ioctl" -> numbers.ioctl().toKernel((int) value);
            case "sockopt" -> numbers.socketOptions().toKernel((int) value);
            default -> value;
        };
    }

    private static void join(StringBuilder text, String more) {
        text.append(text.isEmpty() ? "" : "|").append(more);
    }

    private static @Nullable String exact(Set set, long value) {
        for (Name name : set.names()) {
            if (name.value() == value || name.value() == (int) value && (int) value < 0) {
                return name.text();
            }
        }
        return null;
    }

    private static String number(long value) {
        return value == 0 ? "0" : "0x" + Long.toHexString(value);
    }
}
