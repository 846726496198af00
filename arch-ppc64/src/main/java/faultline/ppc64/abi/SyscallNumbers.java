package faultline.ppc64.abi;

/// The system-call numbers of 64-bit programs (`arch/powerpc/kernel/syscalls/syscall.tbl`), the same in
/// both byte orders. Many of the first two hundred are names that no kernel answers any more. `select` has the
/// number of `_newselect` only: its own, 82, is for 32-bit programs.
final class SyscallNumbers {

    /// Each line has the number of its first name.
    static final String TABLE = """
            0 restart_syscall exit fork read write open close waitpid creat link
            10 unlink execve chdir time mknod chmod lchown break oldstat lseek
            20 getpid mount umount setuid getuid stime ptrace alarm oldfstat pause
            30 utime stty gtty access nice ftime sync kill rename mkdir
            40 rmdir dup pipe times prof brk setgid getgid signal geteuid
            50 getegid acct umount2 lock ioctl fcntl mpx setpgid ulimit oldolduname
            60 umask chroot ustat dup2 getppid getpgrp setsid sigaction sgetmask ssetmask
            70 setreuid setregid sigsuspend sigpending sethostname setrlimit getrlimit getrusage gettimeofday
            79 settimeofday
            80 getgroups setgroups
            83 symlink oldlstat readlink uselib swapon reboot readdir
            90 mmap munmap truncate ftruncate fchmod fchown getpriority setpriority profil statfs
            100 fstatfs ioperm socketcall syslog setitimer getitimer stat lstat fstat olduname
            110 iopl vhangup idle vm86 wait4 swapoff sysinfo ipc fsync sigreturn
            120 clone setdomainname uname modify_ldt adjtimex mprotect sigprocmask create_module init_module
            129 delete_module
            130 get_kernel_syms quotactl getpgid fchdir bdflush sysfs personality afs_syscall setfsuid setfsgid
            140 _llseek getdents _newselect flock msync readv writev getsid fdatasync _sysctl
            150 mlock munlock mlockall munlockall sched_setparam sched_getparam sched_setscheduler
            157 sched_getscheduler sched_yield sched_get_priority_max
            160 sched_get_priority_min sched_rr_get_interval nanosleep mremap setresuid getresuid query_module
            167 poll nfsservctl setresgid
            170 getresgid prctl rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait
            177 rt_sigqueueinfo rt_sigsuspend pread64
            180 pwrite64 chown getcwd capget capset sigaltstack sendfile getpmsg putpmsg vfork
            190 ugetrlimit readahead
            198 pciconfig_read pciconfig_write
            200 pciconfig_iobase multiplexer getdents64 pivot_root
            205 madvise mincore gettid tkill setxattr
            210 lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr
            219 lremovexattr
            220 fremovexattr futex sched_setaffinity sched_getaffinity
            225 tuxcall
            227 io_setup io_destroy io_getevents
            230 io_submit io_cancel set_tid_address fadvise64 exit_group lookup_dcookie epoll_create epoll_ctl
            238 epoll_wait remap_file_pages
            240 timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_settime
            246 clock_gettime clock_getres clock_nanosleep swapcontext
            250 tgkill utimes statfs64 fstatfs64
            255 rtas sys_debug_setcontext
            258 migrate_pages mbind
            260 get_mempolicy set_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify
            267 mq_getsetattr kexec_load add_key
            270 request_key keyctl waitid ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch
            278 spu_run spu_create
            280 pselect6 ppoll unshare splice tee vmsplice openat mkdirat mknodat fchownat
            290 futimesat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat
            299 get_robust_list
            300 set_robust_list move_pages getcpu epoll_pwait utimensat signalfd timerfd_create eventfd
            308 sync_file_range2 fallocate
            310 subpage_prot timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2
            318 inotify_init1 perf_event_open
            320 preadv pwritev rt_tgsigqueueinfo fanotify_init fanotify_mark prlimit64 socket bind connect
            329 listen
            330 accept getsockname getpeername socketpair send sendto recv recvfrom shutdown setsockopt
            340 getsockopt sendmsg recvmsg recvmmsg accept4 name_to_handle_at open_by_handle_at clock_adjtime
            348 syncfs sendmmsg
            350 setns process_vm_readv process_vm_writev finit_module kcmp sched_setattr sched_getattr renameat2
            358 seccomp getrandom
            360 memfd_create bpf execveat switch_endian userfaultfd membarrier
            378 mlock2 copy_file_range
            380 preadv2 pwritev2 kexec_file_load statx pkey_alloc pkey_free pkey_mprotect rseq io_pgetevents
            392 semtimedop semget semctl shmget shmctl shmat shmdt msgget
            400 msgsnd msgrcv msgctl
            424 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount
            430 fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2
            440 process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule
            446 landlock_restrict_self
            448 process_mrelease futex_waitv
            450 set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue
            457 statmount listmount lsm_get_self_attr
            460 lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat removexattrat
            467 open_tree_attr file_getattr file_setattr
            """;

    private SyscallNumbers() {}
}
