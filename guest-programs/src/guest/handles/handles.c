/*
 * handles: System V shared memory, processes by descriptor, openat2, and
 * files that exist only while they are open.
 */
#include <linux/shm.h>

#include "rt.h"

#define P_PIDFD_KIND	3

/* " what: 5" or " what: EINVAL". One call a statement: arguments have no order. */
static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what, error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

static void shared_memory(void)
{
	struct shmid64_ds stat;
	int id = (int)SC3(__NR_shmget, IPC_PRIVATE, 10000, 0600), pid;
	int *first, *second;

	first = (int *)SC3(__NR_shmat, id, NULL, 0);
	second = (int *)SC3(__NR_shmat, id, NULL, SHM_RDONLY);
	first[2499] = 7;
	print("shared memory:");
	say("seen through the other", second[2499]);
	pid = fork_process();
	if (pid == 0) {
		first[0] = 42;
		exit_process((int)SC1(__NR_shmdt, first));
	}
	say("a child", wait_status(pid));
	say("wrote", second[0]);
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("size", (long)stat.shm_segsz);
	say("attached", (long)stat.shm_nattch);
	say("mode", stat.shm_perm.mode);
	say("mine", stat.shm_cpid == sys_getpid());
	end_line();
	print("removed:");
	say("rmid", SC3(__NR_shmctl, id, IPC_RMID, NULL));
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("mode", stat.shm_perm.mode);
	say("still", second[0]);
	say("detach", SC1(__NR_shmdt, first));
	say("again", SC1(__NR_shmdt, first));
	say("odd", SC1(__NR_shmdt, (char *)second + 1));
	say("the last", SC1(__NR_shmdt, second));
	say("gone", SC3(__NR_shmctl, id, IPC_STAT, &stat));
	say("attach", SC3(__NR_shmat, id, NULL, 0));
	end_line();
}

static void keys(void)
{
	int key = 0x46000000 | sys_getpid(), id = (int)SC3(__NR_shmget, key, 4096, IPC_CREAT | 0600);
	size_t page = page_size();
	char *at, *map;

	print("keys:");
	say("same", SC3(__NR_shmget, key, 0, 0) == id);
	say("exclusive", SC3(__NR_shmget, key, 4096, IPC_CREAT | IPC_EXCL));
	say("larger", SC3(__NR_shmget, key, 4097, 0));
	say("unknown", SC3(__NR_shmget, key + 1, 1, 0));
	say("empty", SC3(__NR_shmget, key + 1, 0, IPC_CREAT));
	end_line();
	map = map_anonymous(3 * page, PROT_READ);
	print("places:");
	say("taken", SC3(__NR_shmat, id, map, 0));
	say("odd", SC3(__NR_shmat, id, map + 1, 0));
	sys_munmap(map + page, page);
	at = (char *)SC3(__NR_shmat, id, map + page + 5, SHM_RND);
	say("rounded", at == map + page);
	at = (char *)SC3(__NR_shmat, id, map, SHM_REMAP);
	say("over it", at - map);
	say("remap anywhere", SC3(__NR_shmat, id, NULL, SHM_REMAP));
	say("command", SC3(__NR_shmctl, id, 99, NULL));
	say("id", SC3(__NR_shmctl, id + 1, IPC_RMID, NULL));
	say("rmid", SC3(__NR_shmctl, id, IPC_RMID, NULL));
	say("no key now", SC3(__NR_shmget, key, 0, 0));
	end_line();
}

#define NOBODY	1000

static long at_segment(int id, int flags)
{
	long at = SC3(__NR_shmat, id, NULL, flags);

	if (!is_error(at))
		SC1(__NR_shmdt, at);
	return is_error(at) ? at : 0;
}

/* What the mode of a segment lets others do, and who may change it. */
static void permissions(void)
{
	int key = 0x47000000 | sys_getpid(), id = (int)SC3(__NR_shmget, key, 4096, IPC_CREAT | 0604), pid;
	struct rlimit none = { 0, 0 };
	struct shmid64_ds stat;

	pid = fork_process();
	if (pid == 0) {
		SC3(__NR_setresgid, NOBODY, NOBODY, NOBODY);
		SC3(__NR_setresuid, NOBODY, NOBODY, NOBODY);
		print("others:");
		say("to read", SC3(__NR_shmget, key, 0, 0400) == id);
		say("to write", SC3(__NR_shmget, key, 0, 0600));
		say("attach to read", at_segment(id, SHM_RDONLY));
		say("attach", at_segment(id, 0));
		say("execute", at_segment(id, SHM_RDONLY | SHM_EXEC));
		say("stat", SC3(__NR_shmctl, id, IPC_STAT, &stat));
		say("set", SC3(__NR_shmctl, id, IPC_SET, &stat));
		say("rmid", SC3(__NR_shmctl, id, IPC_RMID, NULL));
		say("lock", SC3(__NR_shmctl, id, SHM_LOCK, NULL));
		id = (int)SC3(__NR_shmget, IPC_PRIVATE, 4096, 0600);
		say("lock its own", SC3(__NR_shmctl, id, SHM_LOCK, NULL));
		say("unlock", SC3(__NR_shmctl, id, SHM_UNLOCK, NULL));
		sys_setrlimit(RLIMIT_MEMLOCK, &none);
		say("without a limit's room", SC3(__NR_shmctl, id, SHM_LOCK, NULL));
		say("its rmid", SC3(__NR_shmctl, id, IPC_RMID, NULL));
		end_line();
		exit_process(0);
	}
	wait_status(pid);
	print("the owner:");
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	stat.shm_perm.uid = NOBODY;
	stat.shm_perm.mode = 0600;
	say("set", SC3(__NR_shmctl, id, IPC_SET, &stat));
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("mode", stat.shm_perm.mode);
	say("given away", stat.shm_perm.uid);
	say("made by", stat.shm_perm.cuid);
	say("set to no owner", (stat.shm_perm.uid = -1, SC3(__NR_shmctl, id, IPC_SET, &stat)));
	say("lock", SC3(__NR_shmctl, id, SHM_LOCK, NULL));
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("mode", stat.shm_perm.mode);
	say("stat nowhere", SC3(__NR_shmctl, id, IPC_STAT, (void *)64));
	say("set from nowhere", SC3(__NR_shmctl, id, IPC_SET, (void *)64));
	say("no id", SC3(__NR_shmctl, -1, IPC_STAT, &stat));
	say("command -1", SC3(__NR_shmctl, id, -1, &stat));
	say("attach no id", SC3(__NR_shmat, -1, NULL, 0));
	say("all there could be", SC3(__NR_shmget, IPC_PRIVATE, -1L, 0600));
	say("a half of it", SC3(__NR_shmget, IPC_PRIVATE, 1UL << 63, 0600));
	say("rmid", SC3(__NR_shmctl, id, IPC_RMID, NULL));
	end_line();
}

/* Detaching takes the whole segment, whatever became of it; what was unmapped of it does not count. */
static void pieces(void)
{
	size_t page = page_size();
	int id = (int)SC3(__NR_shmget, IPC_PRIVATE, 3 * page, 0600);
	struct shmid64_ds stat;
	char *at = (char *)SC3(__NR_shmat, id, NULL, SHM_RDONLY);

	print("pieces:");
	say("to be written", sys_mprotect(at, page, PROT_READ | PROT_WRITE));
	at = (char *)SC3(__NR_shmat, id, NULL, 0);
	sys_munmap(at + page, page);
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("attached", (long)stat.shm_nattch);
	say("from the middle", SC1(__NR_shmdt, at + 2 * page));
	say("detach", SC1(__NR_shmdt, at));
	SC3(__NR_shmctl, id, IPC_STAT, &stat);
	say("attached", (long)stat.shm_nattch);
	say("gone", sys_msync(at + 2 * page, page, MS_ASYNC));
	SC3(__NR_shmctl, id, IPC_RMID, NULL);
	say("attach once more", at_segment(id, 0));
	end_line();
}

static int ready(int fd, long ms)
{
	struct pollfd p = { fd, POLLIN, 0 };
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	SC5(__NR_ppoll, &p, 1, &ts, NULL, 0);
	return p.revents;
}

static void pidfds(void)
{
	int ends[2], pid, fd;
	siginfo_t info;
	char c = '-';

	sys_pipe2(ends, 0);
	pid = fork_process();
	if (pid == 0) {
		sleep_ms(10000);
		exit_process(1);
	}
	fd = (int)SC2(__NR_pidfd_open, pid, 0);
	print("pidfd:");
	say("close-on-exec", sys_fcntl(fd, F_GETFD, 0));
	say("ready", ready(fd, 0));
	say("exists", SC4(__NR_pidfd_send_signal, fd, 0, NULL, 0));
	say("no such signal", SC4(__NR_pidfd_send_signal, fd, 65, NULL, 0));
	say("flags", SC4(__NR_pidfd_send_signal, fd, 0, NULL, 1000));
	say("not a pidfd", SC4(__NR_pidfd_send_signal, ends[0], 0, NULL, 0));
	say("no such process", SC2(__NR_pidfd_open, 0x3fffff, 0));
	say("process 0", SC2(__NR_pidfd_open, 0, 0));
	end_line();
	print("its files:");
	int copy = (int)SC3(__NR_pidfd_getfd, fd, ends[1], 0);
	say("close-on-exec", sys_fcntl(copy, F_GETFD, 0));
	sys_close(ends[1]);
	say("write", sys_write(copy, "x", 1));
	say("read", sys_read(ends[0], &c, 1));
	say("none such", SC3(__NR_pidfd_getfd, fd, 99, 0));
	end_line();
	print("its end:");
	say("kill", SC4(__NR_pidfd_send_signal, fd, SIGKILL, NULL, 0));
	say("ready", ready(fd, 10000));
	say("of a zombie", SC4(__NR_pidfd_send_signal, fd, 0, NULL, 0));
	say("its files", SC3(__NR_pidfd_getfd, fd, 0, 0));
	say("waitid", SC5(__NR_waitid, P_PIDFD_KIND, fd, &info, WEXITED, NULL));
	say("its pid", info.si_pid == pid);
	say("status", info.si_status);
	say("reaped", SC4(__NR_pidfd_send_signal, fd, 0, NULL, 0));
	say("waitid", SC5(__NR_waitid, P_PIDFD_KIND, fd, &info, WEXITED, NULL));
	say("ready", ready(fd, 0));
	end_line();
	pid = fork_process();
	if (pid == 0) {
		sys_close(copy);
		sys_read(ends[0], &c, 1);
		exit_process(0);
	}
	sys_close(fd);
	fd = (int)SC2(__NR_pidfd_open, pid, O_NONBLOCK);
	print("non-blocking:");
	say("waitid", SC5(__NR_waitid, P_PIDFD_KIND, fd, &info, WEXITED, NULL));
	sys_close(copy);
	ready(fd, 10000);
	say("later", SC5(__NR_waitid, P_PIDFD_KIND, fd, &info, WEXITED, NULL));
	end_line();
}

static void opening(void)
{
	struct {
		uint64_t flags, mode, resolve, more;
	} how = { O_CREAT | O_RDWR, 0640, 0, 0 };
	struct {
		uint64_t flags, mode, resolve;
	} *short_how = (void *)&how;
	int fd = (int)SC4(__NR_openat2, AT_FDCWD, "file", &how, sizeof(how));
	char text[8];

	print("openat2:");
	say("write", sys_write(fd, "text", 4));
	sys_unlink("file");
	say("unlinked", sys_pread(fd, text, 8, 0));
	sys_close(fd);
	how.more = 1;
	say("unknown", SC4(__NR_openat2, AT_FDCWD, "file", &how, sizeof(how)));
	say("too short", SC4(__NR_openat2, AT_FDCWD, "file", &how, 16));
	short_how->flags = O_RDONLY;
	say("mode without a file to make", SC4(__NR_openat2, AT_FDCWD, "file", &how, 24));
	short_how->mode = 0;
	say("none such", SC4(__NR_openat2, AT_FDCWD, "file", &how, 24));
	short_how->flags = 1UL << 40;
	say("flags", SC4(__NR_openat2, AT_FDCWD, ".", &how, 24));
	short_how->flags = O_PATH | O_RDWR;
	say("flags with O_PATH", SC4(__NR_openat2, AT_FDCWD, ".", &how, 24));
	short_how->flags = O_RDONLY;
	short_how->resolve = 1UL << 40;
	say("resolve", SC4(__NR_openat2, AT_FDCWD, ".", &how, 24));
	end_line();
}

/* The flags that /proc tells of a descriptor below 10, or an error. */
static long told(int fd)
{
	char path[] = "/proc/self/fdinfo/0", text[128], *at = text;
	long length, flags = 0;
	int file;

	path[sizeof(path) - 2] += fd;
	file = (int)sys_open(path, O_RDONLY, 0);
	length = sys_read(file, text, sizeof(text) - 1);
	sys_close(file);
	if (length < 0)
		return length;
	text[length] = 0;
	while (*at && *at != 'f')
		at++;
	for (at += 7; *at >= '0' && *at <= '7'; at++)
		flags = flags * 8 + *at - '0';
	return flags;
}

/* Flags whose values architectures disagree about, by their names. */
static void flags(void)
{
	static const struct {
		const char *name;
		int flags;
	} opened[] = {
		{ "directory", O_DIRECTORY },
		{ "no links", O_NOFOLLOW | O_CLOEXEC },
		{ "path", O_PATH | O_DIRECTORY },
	};
	unsigned i;

	print("flags:");
	for (i = 0; i < sizeof(opened) / sizeof(opened[0]); i++) {
		int wanted = opened[i].flags | (opened[i].flags & O_PATH ? 0 : O_LARGEFILE);
		int fd = (int)sys_open(".", opened[i].flags, 0);

		say(opened[i].name, told(fd) == wanted);
		say("by fcntl", sys_fcntl(fd, F_GETFL, 0) == (wanted & ~O_CLOEXEC));
		sys_close(fd);
	}
	end_line();
}

/* MAP_32BIT, which x86-64 alone has: elsewhere a flag that mmap passes over, and on ppc64 that is another bit. */
static void low_mappings(void)
{
#ifdef __powerpc64__
	const int flag = 0x200;
#else
	const int flag = 0x40;
#endif
#ifdef __x86_64__
	const long has = 1;
#else
	const long has = 0;
#endif
	int fd = (int)sys_open("/proc/self/exe", O_RDONLY, 0);
	long at;

	print("low mappings:");
	at = sys_mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | flag, -1, 0);
	say("without a file", !is_error(at) && (at < 1L << 31) == has);
	at = sys_mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | flag, fd, 0);
	say("of a file", !is_error(at) && (at < 1L << 31) == has);
	at = sys_mmap(NULL, 65536, PROT_READ, MAP_SHARED_VALIDATE | flag, fd, 0);
	say("validated", has ? !is_error(at) && at < 1L << 31 : at == -EOPNOTSUPP);
	sys_close(fd);
	end_line();
}

int main(int argc, char **argv)
{
	shared_memory();
	keys();
	permissions();
	pieces();
	pidfds();
	opening();
	flags();
	low_mappings();
	return 0;
}
