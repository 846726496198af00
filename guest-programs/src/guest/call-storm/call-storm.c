/*
 * call-storm: random system calls with hostile arguments. Pointers lead to
 * nowhere, to the kernel, to read-only memory or across the end of a mapping;
 * sizes, flags and descriptors are whatever breaks programs; structures hold
 * noise. The kernel has to answer each call with a result or a known error.
 *
 *   call-storm SEED CALLS [THREADS [ONLY]]     ONLY makes no call but this one
 *
 * The first process only watches. It forks workers that make the calls; a
 * worker that dies, blocks for ever or loses its memory is followed by another
 * that goes on behind the call that was too much. A call depends on SEED and
 * its number alone.
 *
 * Linux would do as it is told: signal everybody, set the clock, fill the disk.
 * So this runs under Faultline only.
 */
#include "rt.h"


#ifndef __NR_mseal
#define __NR_mseal	462
#endif

#define MAX_THREADS	16
#define CALLS_PER_WORKER 256		/* then a fresh one, with everything in place */
#define PATIENCE_MS	100		/* for one call */
#define TICK_US		5000		/* a worker's alarm, which ends what blocks */
#define HIGHEST_ERROR	133		/* EHWPOISON */
#define HIGHEST_NUMBER	600

#define SCRATCH_PAGES	4
#define ARENA_PAGES	64
#define FIRST_FD	4
#define FDS		24

/* One line of shared memory between the watcher and its workers. */
struct progress {
	long next;			/* the number of the next call */
	long calls, errors;
	long wrong, wrong_number, wrong_result;
};

static struct progress *progress;
static uint64_t seed;
static long only = -1;
static long limit;			/* of the worker at work */
static size_t page;
static char *scratch;			/* readable and writable; a hole follows */
static char *constant;			/* read-only; a hole follows */
static char *arena;			/* for the calls that change mappings */
static int me;
static int null_fd;			/* opened while there still is a /dev/null */

/*
 * Random numbers: splitmix64 over r[0]. Half of the calls are mild: r[1] is set and most of their
 * arguments make sense, because what fails at its first argument shows little.
 */
static uint64_t mixed(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

static uint64_t draw(uint64_t *state)
{
	return mixed(*state += 0x9e3779b97f4a7c15UL);
}

static unsigned int below(uint64_t *state, unsigned int bound)
{
	return (unsigned int)((draw(state) >> 32) * bound >> 32);
}

/*
 * What the calls take, one letter an argument:
 *   b buffer   s path     t timespec  g signal set  u futex word  v iovecs
 *   A strings  e program  a any structure of words  m address of mappings
 *   z size     o offset   f descriptor              d directory descriptor
 *   G signal   I process  F flags     i small number              P protection
 *   x anything
 */
struct call {
	short number;
	const char *kinds;
};

#define CALL(name, kinds) { __NR_##name, kinds }

static const struct call calls[] = {
	/* memory */
	CALL(mmap, "mzPFfo"), CALL(munmap, "mz"), CALL(mprotect, "mzP"), CALL(mremap, "mzzFm"), CALL(brk, "m"),
	CALL(madvise, "mzi"), CALL(mincore, "mzb"), CALL(msync, "mzi"), CALL(mlock, "mz"), CALL(munlock, "mz"),
	CALL(mlockall, "F"), CALL(mlock2, "mzi"), CALL(pkey_mprotect, "mzPi"), CALL(pkey_alloc, "ii"),
	CALL(pkey_free, "i"), CALL(remap_file_pages, "mzPzF"), CALL(memfd_create, "sF"), CALL(membarrier, "iii"),
	CALL(process_vm_readv, "IvivzF"), CALL(process_vm_writev, "IvivzF"), CALL(userfaultfd, "F"),
	CALL(process_madvise, "fvziF"), CALL(mseal, "mzi"),
	CALL(shmget, "izF"), CALL(shmat, "imF"), CALL(shmctl, "iia"), CALL(shmdt, "m"),
	/* files */
	CALL(read, "fbz"), CALL(write, "fbz"), CALL(readv, "fvi"), CALL(writev, "fvi"), CALL(pread64, "fbzo"),
	CALL(pwrite64, "fbzo"), CALL(preadv, "fvio"), CALL(pwritev, "fvio"), CALL(preadv2, "fvioxF"),
	CALL(pwritev2, "fvioxF"), CALL(openat, "dsFi"), CALL(openat2, "dsaz"), CALL(close, "f"), CALL(lseek, "foi"),
	CALL(dup, "f"), CALL(dup3, "ffF"), CALL(fcntl, "fia"), CALL(ioctl, "fxa"), CALL(flock, "fi"),
	CALL(fsync, "f"), CALL(fdatasync, "f"), CALL(ftruncate, "fo"), CALL(truncate, "so"),
	CALL(fallocate, "fioo"), CALL(sendfile, "ffaz"), CALL(copy_file_range, "fafazF"), CALL(splice, "fafazF"),
	CALL(tee, "ffzF"), CALL(vmsplice, "fvzF"), CALL(readahead, "foz"),
	CALL(fadvise64, "fooi"), CALL(close_range, "iiF"), CALL(pipe2, "aF"), CALL(getdents64, "fbz"),
	CALL(statx, "dsFxa"), CALL(fstat, "fa"), CALL(newfstatat, "dsaF"), CALL(statfs, "sa"), CALL(fstatfs, "fa"),
	CALL(faccessat, "dsi"), CALL(faccessat2, "dsiF"), CALL(readlinkat, "dsbz"), CALL(getcwd, "bz"),
	CALL(chdir, "s"), CALL(fchdir, "f"), CALL(chroot, "s"), CALL(mkdirat, "dsi"), CALL(mknodat, "dsix"),
	CALL(unlinkat, "dsF"), CALL(symlinkat, "sds"), CALL(linkat, "dsdsF"), CALL(renameat2, "dsdsF"),
	CALL(fchmod, "fi"), CALL(fchmodat, "dsi"), CALL(fchown, "fii"), CALL(fchownat, "dsiiF"),
	CALL(utimensat, "dstF"), CALL(umask, "i"), CALL(mount, "sssFa"), CALL(umount2, "sF"), CALL(sync, ""),
	CALL(setxattr, "ssbzF"), CALL(getxattr, "ssbz"), CALL(listxattr, "sbz"), CALL(removexattr, "ss"),
	CALL(fsetxattr, "fsbzF"), CALL(fgetxattr, "fsbz"), CALL(flistxattr, "fbz"),
	CALL(inotify_init1, "F"), CALL(inotify_add_watch, "fsF"), CALL(inotify_rm_watch, "fi"),
	/* waiting */
	CALL(ppoll, "aitgz"), CALL(pselect6, "iaaata"), CALL(epoll_create1, "F"), CALL(epoll_ctl, "fifa"),
	CALL(epoll_pwait, "faiigz"), CALL(epoll_pwait2, "faitgz"), CALL(eventfd2, "iF"), CALL(signalfd4, "fgzF"),
	CALL(timerfd_create, "iF"), CALL(timerfd_settime, "fiaa"), CALL(timerfd_gettime, "fa"),
	CALL(futex, "uiituI"), CALL(futex, "uiituI"), CALL(set_robust_list, "bz"), CALL(get_robust_list, "Iaa"),
	CALL(nanosleep, "ta"), CALL(clock_nanosleep, "iFta"), CALL(sched_yield, ""),
	/* sockets */
	CALL(socket, "iii"), CALL(socketpair, "iiia"), CALL(bind, "faz"), CALL(listen, "fi"), CALL(connect, "faz"),
	CALL(accept4, "faaF"), CALL(getsockname, "faa"), CALL(getpeername, "faa"), CALL(sendto, "fbzFaz"),
	CALL(recvfrom, "fbzFaa"), CALL(sendmsg, "faF"), CALL(recvmsg, "faF"), CALL(sendmmsg, "faiF"),
	CALL(recvmmsg, "faiFt"), CALL(setsockopt, "fiiaz"), CALL(getsockopt, "fiiaa"), CALL(shutdown, "fi"),
	/* signals and time */
	CALL(rt_sigaction, "GaaZ"), CALL(rt_sigprocmask, "iggZ"), CALL(rt_sigpending, "gz"),
	CALL(rt_sigsuspend, "gZ"), CALL(rt_sigtimedwait, "gatZ"), CALL(rt_sigqueueinfo, "KGa"),
	CALL(rt_tgsigqueueinfo, "KKGa"), CALL(kill, "KG"), CALL(tkill, "KG"), CALL(tgkill, "KKG"),
	CALL(sigaltstack, "aa"), CALL(rt_sigreturn, ""), CALL(setitimer, "iaa"), CALL(getitimer, "ia"),
	CALL(timer_create, "iaa"), CALL(timer_settime, "iiaa"), CALL(timer_gettime, "ia"), CALL(timer_delete, "i"),
	CALL(timer_getoverrun, "i"), CALL(clock_gettime, "ia"), CALL(clock_getres, "ia"), CALL(clock_settime, "it"),
	CALL(gettimeofday, "aa"), CALL(times, "a"), CALL(pidfd_open, "IF"), CALL(pidfd_send_signal, "fGaF"),
	CALL(pidfd_getfd, "ffF"),
	/* processes */
	CALL(clone, "Faaaa"), CALL(clone3, "az"), CALL(execve, "eAA"), CALL(execveat, "deAAF"), CALL(wait4, "IaFa"),
	CALL(waitid, "iIaFa"), CALL(prctl, "iaaaa"), CALL(getrusage, "ia"), CALL(prlimit64, "Jiaa"),
	CALL(getpriority, "iI"), CALL(setpriority, "iJi"), CALL(sched_setaffinity, "Jza"),
	CALL(sched_getaffinity, "Iza"), CALL(sched_setparam, "Ja"), CALL(sched_setscheduler, "Jia"),
	CALL(sched_setattr, "JaF"), CALL(sched_getattr, "IazF"), CALL(setpgid, "JI"), CALL(getpgid, "I"), CALL(setsid, ""),
	CALL(getgroups, "ia"), CALL(setgroups, "ia"), CALL(setuid, "i"), CALL(setresuid, "iii"), CALL(setregid, "ii"),
	CALL(capget, "aa"), CALL(capset, "aa"), CALL(personality, "x"), CALL(uname, "a"), CALL(sysinfo, "a"),
	CALL(getrandom, "bzF"), CALL(getcpu, "aaa"), CALL(set_tid_address, "a"), CALL(rseq, "aziF"),
	CALL(restart_syscall, ""), CALL(unshare, "F"), CALL(setns, "fF"), CALL(kcmp, "IIiii"), CALL(ptrace, "iIaa"),
#ifdef __NR_sync_file_range
	CALL(sync_file_range, "fooF"),
#endif
#ifdef __NR_arch_prctl
	CALL(arch_prctl, "xa"),
#endif
#ifdef __NR_fork
	CALL(fork, ""), CALL(vfork, ""), CALL(open, "sFi"), CALL(creat, "si"), CALL(stat, "sa"), CALL(poll, "aii"),
	CALL(select, "iaaaa"), CALL(dup2, "ff"), CALL(pipe, "a"), CALL(alarm, "i"), CALL(pause, ""), CALL(mkdir, "si"),
	CALL(rename, "ss"), CALL(symlink, "ss"), CALL(link, "ss"), CALL(unlink, "s"), CALL(rmdir, "s"),
	CALL(getdents, "fbz"), CALL(utime, "sa"), CALL(utimes, "sa"), CALL(chmod, "si"), CALL(chown, "sii"),
	CALL(epoll_wait, "faii"), CALL(time, "a"), CALL(access, "si"), CALL(readlink, "sbz"), CALL(signalfd, "fgz"),
#endif
};

static const char *const paths[] = {
	"", ".", "..", "/", "//", "file", "dir", "dir/", "dir/inner", "loop", "loop/x", "dangling", "fifo", "new",
	"dir/new", "../../../../..", "/proc/self/maps", "/proc/self/fd", "/proc/self/fd/0",
	"/proc/self/fd/7", "/proc/self/mem", "/proc/self/cwd/file", "/proc/self/root/proc/self/status", "/proc/1/stat",
	"/proc/self/task", "/proc/self/cmdline", "/proc/self/smaps", "/proc/self/pagemap", "/proc/meminfo", "/dev/null",
	"/dev/zero", "/dev/full", "/dev/random", "/dev/ptmx", "/dev/tty", "/dev/pts/0", "/proc/self/fdinfo/0", "/tmp/x",
	"/no/such/thing", "file/", "file/x", "name\xff\xfe\n", "./././dir/../file",
};

/* Handles what the alarm interrupts. */
static void ignore(int sig, siginfo_t *info, void *context)
{
}

static void set_alarm(void)
{
	struct itimerval tick = { { 0, TICK_US }, { 0, TICK_US } };

	SC3(__NR_setitimer, 0, &tick, NULL);
}

/* Words that break programs, or with r[1] fit many a structure. */
static uint64_t word(uint64_t *r)
{
	static const uint64_t edges[] = {
		0, 1, 2, -1UL, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
		0x7ffffffff000, 0x7fffffffe000, 0x800000000000, 0xffff800000000000, 0xffffffffff600000, 4095, 4096, 4097,
		-4096UL, -4095UL, 0x10000, 0x7ffff000,
	};

	if (r[1] && below(r, 4))
		return below(r, 12);
	switch (below(r, 8)) {
	case 0:	return draw(r);
	case 1:	return draw(r) >> below(r, 64);
	case 2:	return 1UL << below(r, 64);
	case 3:	return below(r, 8);
	case 4:	return below(r, 64);
	case 5:	return (uint64_t)scratch + below(r, SCRATCH_PAGES * page);
	default: return edges[below(r, ARRAY_SIZE(edges))];
	}
}

/* Memory for the kernel to read or write: mostly there, now and then not. */
static uint64_t pointer(uint64_t *r, size_t bytes)
{
	switch (below(r, r[1] ? 200 : 16)) {
	case 0:	return 0;
	case 1:	return word(r);
	case 2:	return (uint64_t)constant + below(r, page);
	case 3:	return (uint64_t)scratch + SCRATCH_PAGES * page - below(r, bytes + 1);	/* into the hole */
	case 4:	return (uint64_t)constant + page - below(r, bytes + 1);
	case 5:	return (uint64_t)scratch + page - below(r, bytes + 1);			/* across a page */
	case 6:	return 0xffff800000000000UL | draw(r);					/* the kernel's */
	case 7:	return (uint64_t)arena + below(r, ARENA_PAGES * page);
	default: return (uint64_t)scratch + (below(r, (SCRATCH_PAGES - 1) * page) & -8U);
	}
}

static int is_ours(uint64_t at, size_t bytes)
{
	return at >= (uint64_t)scratch && at + bytes <= (uint64_t)scratch + SCRATCH_PAGES * page;
}

static uint64_t words(uint64_t *r)
{
	uint64_t at = pointer(r, 128);

	if (is_ours(at, 128))
		for (int i = 0; i < 16; i++)
			((uint64_t *)at)[i] = word(r);
	return at;
}

static uint64_t timespec(uint64_t *r)
{
	uint64_t at = pointer(r, 16);

	if (is_ours(at, 16)) {
		((uint64_t *)at)[0] = below(r, 8) ? 0 : word(r);
		((uint64_t *)at)[1] = below(r, 8) ? below(r, 2000000) : word(r);
	}
	return at;
}

static uint64_t iovecs(uint64_t *r)
{
	uint64_t at = pointer(r, 128);

	if (is_ours(at, 128))
		for (int i = 0; i < 8; i++) {
			((uint64_t *)at)[2 * i] = pointer(r, 4096);
			((uint64_t *)at)[2 * i + 1] = below(r, 4) ? below(r, 5000) : word(r);
		}
	return at;
}

static uint64_t path(uint64_t *r)
{
	uint64_t at = pointer(r, 32);

	switch (below(r, 16)) {
	case 0:	/* longer than PATH_MAX, or of names that are too long */
		for (size_t i = 0; i < 5000; i++)
			scratch[i] = below(r, 300) ? 'x' : '/';
		scratch[below(r, 5000)] = 0;
		return (uint64_t)scratch;
	case 1:
		return at;
	case 2:	/* noise */
		if (is_ours(at, 16)) {
			((uint64_t *)at)[0] = draw(r);
			((uint64_t *)at)[1] = draw(r) >> 8;
		}
		return at;
	default:
		return (uint64_t)paths[below(r, ARRAY_SIZE(paths))];
	}
}

static uint64_t strings(uint64_t *r)
{
	uint64_t at = pointer(r, 64);

	if (is_ours(at, 64)) {
		for (int i = 0; i < 7; i++)
			((uint64_t *)at)[i] = below(r, 8) ? (uint64_t)paths[below(r, ARRAY_SIZE(paths))] : word(r);
		if (below(r, 8))
			((uint64_t *)at)[below(r, 8)] = 0;
	}
	return at;
}

static uint64_t place(uint64_t *r)
{
	switch (below(r, r[1] ? 40 : 8)) {
	case 0:	return 0;
	case 1:	return word(r);
	default: return (uint64_t)arena + below(r, ARENA_PAGES) * page + (below(r, 8) ? 0 : below(r, page));
	}
}

static uint64_t size(uint64_t *r)
{
	switch (below(r, r[1] ? 40 : 6)) {
	case 0:	return word(r);
	case 1:	return below(r, 16) * page;
	case 2:	return 8;
	default: return below(r, 300);
	}
}

/* Nobody else than the worker itself: `deadly` for signals, where 0 and negative numbers are groups. */
static uint64_t process(uint64_t *r, int deadly)
{
	switch (below(r, 6)) {
	case 0:	return 1000000 + below(r, 1000000);
	case 1:	return deadly ? (uint64_t)me : -below(r, 3);
	case 2:	return deadly ? 0x7fffffff : word(r);
	case 3:	return deadly ? (uint64_t)me : 0;
	default: return me;
	}
}

static uint64_t argument(uint64_t *r, char kind)
{
	switch (kind) {
	case 'a': case 'u': return words(r);
	case 'b': return pointer(r, 512);
	case 's': return path(r);
	/* Only to be executed: what truncates it ends the watcher too. */
	case 'e': return below(r, 4) ? path(r) : (uint64_t)"/proc/self/exe";
	case 't': return timespec(r);
	case 'g': return below(r, 2) ? words(r) : pointer(r, 8);
	case 'v': return iovecs(r);
	case 'A': return strings(r);
	case 'm': return place(r);
	case 'z': return size(r);
	case 'Z': return below(r, 16) ? 8 : size(r);
	case 'o': return below(r, 2) ? below(r, 100000) : word(r);
	case 'f': return below(r, r[1] ? 200 : 16) ? below(r, FIRST_FD + FDS + 4) : word(r);
	case 'd': return below(r, 2) ? (uint64_t)AT_FDCWD : argument(r, 'f');
	case 'G': return below(r, 4) ? below(r, 66) : word(r);
	case 'I': return process(r, 0);
	case 'J': case 'K': return process(r, 1);
	case 'F': return r[1] ? below(r, 2) ? 0 : 1UL << below(r, 22) : below(r, 3) ? 1UL << below(r, 32) | 1UL << below(r, 32) : below(r, 2) ? 0 : word(r);
	case 'i': return below(r, r[1] ? 100 : 8) ? below(r, r[1] ? 5 : 20) : word(r);
	case 'P': return below(r, 8) ? below(r, 8) : word(r);
	default: return word(r);
	}
}

static int is_child(long number, long result)
{
	if (result != 0)
		return 0;
#ifdef __NR_fork
	if (number == __NR_fork || number == __NR_vfork)
		return 1;
#endif
	return number == __NR_clone || number == __NR_clone3;
}

/* What would end the worker for nothing, or somebody who is none of its business. */
static int is_left_out(long number)
{
	switch (number) {
	case __NR_exit: case __NR_exit_group: case __NR_reboot: case __NR_kexec_load:
	case __NR_kill: case __NR_tkill: case __NR_tgkill: case __NR_rt_sigqueueinfo: case __NR_rt_tgsigqueueinfo:
	case __NR_process_vm_writev: case __NR_prlimit64: case __NR_ptrace:
		return 1;
	}
	return 0;
}

/* Makes call number `i`. */
static void make_call(long i)
{
	uint64_t r[2] = { mixed(seed ^ mixed(i)), i % 2 };
	const char *kinds = "xxxxxx";
	uint64_t a[6] = { 0 };
	long number, result;

	if (only >= 0 || below(r, 8)) {
		const struct call *call;

		do
			call = &calls[below(r, ARRAY_SIZE(calls))];
		while (only >= 0 && call->number != only);
		number = call->number;
		kinds = call->kinds;
	} else {
		do
			number = below(r, 16) ? below(r, HIGHEST_NUMBER) : (long)word(r);
		while (is_left_out((int)number) || is_left_out(number & 0xffff));
	}
	for (int k = 0; kinds[k]; k++)
		a[k] = argument(r, kinds[k]);
	result = SC6(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (is_child(number, result))
		SC1(__NR_exit, 0);
	__atomic_fetch_add(&progress->calls, 1, __ATOMIC_RELAXED);
	if (!is_error(result))
		return;
	__atomic_fetch_add(&progress->errors, 1, __ATOMIC_RELAXED);
	/* rt_sigreturn's result is the register of a made-up frame. */
	if (-result > HIGHEST_ERROR && number != __NR_rt_sigreturn) {
		progress->wrong_number = number;
		progress->wrong_result = result;
		__atomic_fetch_add(&progress->wrong, 1, __ATOMIC_RELAXED);
	}
}

static int make_calls(void *arg)
{
	long i;

	while ((i = __atomic_fetch_add(&progress->next, 1, __ATOMIC_RELAXED)) < limit) {
		if (i % 16 == 0) {
			signal_handle(SIGALRM, ignore, 0, 0);
			signal_mask(SIG_SETMASK, 0);
			set_alarm();
		}
		make_call(i);
	}
	return 0;
}

/* Opens one descriptor of each kind, from FIRST_FD on; nothing is heard on the standard streams. */
static void open_files(void)
{
	int ends[2];

	for (int fd = 0; fd < 3; fd++)
		sys_dup3(null_fd, fd, 0);
	SC3(__NR_mkdirat, AT_FDCWD, "dir", 0755);
	SC3(__NR_symlinkat, "loop", AT_FDCWD, "loop");
	SC3(__NR_symlinkat, "nowhere", AT_FDCWD, "dangling");
	SC4(__NR_mknodat, AT_FDCWD, "fifo", 0010644, 0);
	sys_write((int)sys_open("dir/inner", O_RDWR | O_CREAT, 0644), "inner", 5);
	sys_write((int)sys_open("file", O_RDWR | O_CREAT, 0644), scratch, 3 * page);
	sys_open("file", O_RDONLY, 0);
	sys_open("file", O_WRONLY | O_APPEND, 0);
	sys_open("dir", O_RDONLY | O_DIRECTORY, 0);
	sys_open("file", 010000000 /* O_PATH */, 0);
	sys_open("/proc/self/maps", O_RDONLY, 0);
	sys_open("/dev/zero", O_RDWR, 0);
	sys_open("/dev/ptmx", O_RDWR | O_NONBLOCK, 0);
	sys_pipe2(ends, 0);
	sys_pipe2(ends, O_NONBLOCK);
	SC2(__NR_eventfd2, 3, 0);
	SC2(__NR_eventfd2, 0, O_NONBLOCK | 1);
	SC2(__NR_timerfd_create, 1, 0);
	SC1(__NR_epoll_create1, 0);
	SC4(__NR_signalfd4, -1, scratch, 8, O_NONBLOCK);
	SC2(__NR_memfd_create, "memory", 0);
	SC4(__NR_socketpair, 1, 1, 0, ends);
}

static void prepare(void)
{
	scratch = map_anonymous((SCRATCH_PAGES + 1) * page, PROT_READ | PROT_WRITE);
	sys_munmap(scratch + SCRATCH_PAGES * page, page);
	constant = map_anonymous(2 * page, PROT_READ | PROT_WRITE);
	memset(constant, 0x5a, page);
	sys_mprotect(constant, page, PROT_READ);
	sys_munmap(constant + page, page);
	arena = map_anonymous(ARENA_PAGES * page, PROT_READ | PROT_WRITE);
	for (int i = 0; i < ARENA_PAGES; i += 7)
		sys_munmap(arena + i * page, page);
	open_files();
}

NORETURN static void work(int threads)
{
	static struct thread t[MAX_THREADS];

	me = sys_getpid();
	prepare();
	for (int i = 1; i < threads; i++)
		thread_start(&t[i], make_calls, NULL);
	make_calls(NULL);
	exit_process(0);
}

/* Waits for a worker; kills one that makes no progress. */
static void watch(int worker)
{
	long seen = -1;
	int still = 0, status;

	for (;;) {
		long got = sys_wait4(worker, &status, WNOHANG, NULL), next;

		if (got != 0)
			return;
		next = __atomic_load_n(&progress->next, __ATOMIC_RELAXED);
		still = next == seen ? still + 1 : 0;
		seen = next;
		if (still >= PATIENCE_MS)
			sys_kill(worker, SIGKILL);
		sleep_ms(1);
	}
}

static int usage(void)
{
	print("usage: call-storm SEED CALLS [THREADS [ONLY]]: CALLS from 1, THREADS 1-%d, ONLY a number\n", MAX_THREADS);
	return 2;
}

int main(int argc, char **argv)
{
	int threads = argc > 3 ? (int)parse_long(argv[3]) : 1;
	long total = argc > 2 ? parse_long(argv[2]) : 0, workers = 0, done = 0;

	if (argc < 3 || total < 1 || threads < 1 || threads > MAX_THREADS)
		return usage();
	if (argc > 4)
		only = parse_long(argv[4]);
	if (!is_faultline()) {
		print("call-storm: this is not Faultline; a real system would not survive it\n");
		return 2;
	}
	seed = mixed(parse_long(argv[1]));
	page = page_size();
	null_fd = (int)sys_open("/dev/null", O_RDWR, 0);
	progress = (struct progress *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	while (done < total) {
		int worker;

		progress->next = done;
		limit = total - done < CALLS_PER_WORKER ? total : done + CALLS_PER_WORKER;
		worker = (int)fork_process();
		if (worker == 0)
			work(threads);
		if (worker < 0)
			die("fork", worker);
		watch(worker);
		workers++;
		/* A worker may have written anything anywhere, but it got further. */
		done = progress->next > done && progress->next < limit ? progress->next : limit;
	}
	print("%ld calls returned, %ld with an error; %ld workers\n", progress->calls, progress->errors, workers);
	if (progress->wrong) {
		print("%ld results are no errors of Linux: call %ld returned %ld\n", progress->wrong, progress->wrong_number,
		      progress->wrong_result);
		return 1;
	}
	return 0;
}
