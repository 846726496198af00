/*
 * handles: System V shared memory, processes by descriptor, what processes may
 * set of each other and of themselves (prlimit, oom_score_adj), openat2, and
 * files that exist only while they are open.
 */
#include <linux/prctl.h>
#include <linux/shm.h>

#include "text.h"

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

static void become_nobody(void)
{
	SC3(__NR_setresgid, NOBODY, NOBODY, NOBODY);
	SC3(__NR_setresuid, NOBODY, NOBODY, NOBODY);
}

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
		become_nobody();
		print("others:");
		say("to read", SC3(__NR_shmget, key, 0, 0400) == id);
		say("to write", SC3(__NR_shmget, key, 0, 0600));
		say("larger, to write", SC3(__NR_shmget, key, 8192, 0600));
		say("attach to read", at_segment(id, SHM_RDONLY));
		say("attach", at_segment(id, 0));
		say("execute", at_segment(id, SHM_RDONLY | SHM_EXEC));
		say("stat", SC3(__NR_shmctl, id, IPC_STAT, &stat));
		say("set", SC3(__NR_shmctl, id, IPC_SET, &stat));
		stat.shm_perm.uid = -1;
		say("set to no owner", SC3(__NR_shmctl, id, IPC_SET, &stat));
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

/* What a user has locked of all segments counts together. */
static void locking(void)
{
	size_t page = page_size();
	struct rlimit five = { 5 * page, 5 * page };
	int first, second, pid = fork_process();

	if (pid == 0) {
		become_nobody();
		sys_setrlimit(RLIMIT_MEMLOCK, &five);
		first = (int)SC3(__NR_shmget, IPC_PRIVATE, 3 * page - 1, 0600);
		second = (int)SC3(__NR_shmget, IPC_PRIVATE, 3 * page, 0600);
		print("5 pages may be locked:");
		say("3", SC3(__NR_shmctl, first, SHM_LOCK, NULL));
		say("again", SC3(__NR_shmctl, first, SHM_LOCK, NULL));
		say("3 more", SC3(__NR_shmctl, second, SHM_LOCK, NULL));
		say("unlock the first", SC3(__NR_shmctl, first, SHM_UNLOCK, NULL));
		say("3 more", SC3(__NR_shmctl, second, SHM_LOCK, NULL));
		say("the first again", SC3(__NR_shmctl, first, SHM_LOCK, NULL));
		say("without the second", SC3(__NR_shmctl, second, IPC_RMID, NULL));
		say("the first", SC3(__NR_shmctl, first, SHM_LOCK, NULL));
		say("rmid", SC3(__NR_shmctl, first, IPC_RMID, NULL));
		first = (int)SC3(__NR_shmget, IPC_PRIVATE, 6 * page, 0600);
		say("6", SC3(__NR_shmctl, first, SHM_LOCK, NULL));
		say("rmid", SC3(__NR_shmctl, first, IPC_RMID, NULL));
		end_line();
		exit_process(0);
	}
	wait_status(pid);
}

/* Where all that is mapped is locked, a segment is there as soon as it is attached. */
static void attached_and_locked(void)
{
	size_t page = page_size();
	int id = (int)SC3(__NR_shmget, IPC_PRIVATE, 3 * page, 0600);
	unsigned char present[3];
	char *at;

	print("present:");
	at = (char *)SC3(__NR_shmat, id, NULL, 0);
	sys_mincore(at, 3 * page, present);
	print(" %d%d%d", present[0] & 1, present[1] & 1, present[2] & 1);
	SC1(__NR_shmdt, at);
	say("mlockall", SC1(__NR_mlockall, MCL_FUTURE));
	at = (char *)SC3(__NR_shmat, id, NULL, 0);
	sys_mincore(at, 3 * page, present);
	print(" %d%d%d", present[0] & 1, present[1] & 1, present[2] & 1);
	say("munlockall", SC0(__NR_munlockall));
	SC1(__NR_shmdt, at);
	SC3(__NR_shmctl, id, IPC_RMID, NULL);
	end_line();
}

#define INDICES	(1 << 15)	/* an id is a sequence number and an index */

/* The numbers of a line, of which one is octal. */
static void numbers(const char *line, long *fields, int count, int octal)
{
	for (int i = 0; i < count; i++) {
		while (*line == ' ')
			line++;
		fields[i] = parse_long(line);
		if (i == octal)
			fields[i] = 0;
		for (; *line > ' '; line++)
			if (i == octal)
				fields[i] = fields[i] * 8 + *line - '0';
	}
}

/* What the line of a segment says; who attached it last and when that ended depends on its children. */
static void show_line(int id, size_t bytes)
{
	long page = (long)page_size(), fields[16];

	read_text("/proc/sysvipc/shm");
	for (const char *line = next_line(text); line && *line; line = next_line(line)) {
		numbers(line, fields, ARRAY_SIZE(fields), 2);
		if (fields[1] != id)
			continue;
		print("its line: key %ld mode %lx size %d maker %d attached %ld owner %ld %ld made by %ld %ld", fields[0],
		      fields[2], fields[3] == (long)bytes, fields[4] == sys_getpid(), fields[6], fields[7], fields[8],
		      fields[9], fields[10]);
		print(" attached %d changed %d resident %ld swapped %ld\n", fields[11] != 0, fields[13] != 0,
		      fields[14] / page, fields[15] / page);
	}
}

/* What ipcs tells. There may be other segments. */
static void reports(void)
{
	size_t page = page_size();
	struct shminfo64 limits;
	struct shm_info before, after;
	struct shmid64_ds stat;
	int id, index, pid, times = 0;
	long last;
	char *at;

	print("limits:");
	say("index", SC3(__NR_shmctl, 0, IPC_INFO, &limits) >= 0);
	print(" segments %ld %ld bytes %lu %lx pages %lx", (long)limits.shmmni, (long)limits.shmseg, (long)limits.shmmin,
	      (long)limits.shmmax, (long)limits.shmall);
	say("nowhere", SC3(__NR_shmctl, 0, IPC_INFO, (void *)64));
	say("id", SC3(__NR_shmctl, -1, IPC_INFO, &limits));
	end_line();
	read_text("/proc/sys/kernel/shmmni");
	print("files: shmmni %s", text);
	read_text("/proc/sys/kernel/shmmax");
	print("shmmax %s", text);
	read_text("/proc/sys/kernel/shmall");
	print("shmall %s", text);

	print("use:");
	SC3(__NR_shmctl, 0, SHM_INFO, &before);
	id = (int)SC3(__NR_shmget, IPC_PRIVATE, 5 * page - 1, 0600);
	index = id % INDICES;
	at = (char *)SC3(__NR_shmat, id, NULL, 0);
	at[0] = at[3 * page] = 1;
	last = SC3(__NR_shmctl, 0, SHM_INFO, &after);
	say("last index", last >= index);
	say("segments", after.used_ids - before.used_ids);
	say("pages", (long)(after.shm_tot - before.shm_tot));
	say("resident", (long)(after.shm_rss - before.shm_rss));
	say("nowhere", SC3(__NR_shmctl, 0, SHM_INFO, (void *)64));
	for (int i = 0; i <= last; i++)
		times += SC3(__NR_shmctl, i, SHM_STAT, &stat) == id && stat.shm_segsz == 5 * page - 1;
	say("found", times);
	say("behind the last", SC3(__NR_shmctl, last + 1, SHM_STAT, &stat));
	say("any sequence", SC3(__NR_shmctl, index + 7 * INDICES, SHM_STAT, &stat) == id);
	say("of an id", SC3(__NR_shmctl, id ^ INDICES, IPC_STAT, &stat));
	end_line();
	pid = fork_process();
	if (pid == 0) {
		become_nobody();
		print("another's:");
		say("stat", SC3(__NR_shmctl, index, SHM_STAT, &stat));
		say("any", SC3(__NR_shmctl, index, SHM_STAT_ANY, &stat) == id);
		say("use", SC3(__NR_shmctl, 0, SHM_INFO, &after) == last);
		end_line();
		exit_process(0);
	}
	wait_status(pid);
	SC3(__NR_shmctl, id, SHM_LOCK, NULL);
	SC3(__NR_shmctl, id, IPC_RMID, NULL);
	show_line(id, 5 * page - 1);
	SC1(__NR_shmdt, at);
}

static long limit_of(int pid, int what, struct rlimit *to, struct rlimit *old)
{
	return SC4(__NR_prlimit64, pid, what, to, old);
}

static int ends[2];

static int stay(void *unused)
{
	char c;

	(void)unused;
	sys_read(ends[0], &c, 1);
	return 0;
}

/* Limits of processes by their ids, and by those of their threads. Root raises none: where this was recorded it may not. */
static void other_limits(void)
{
	struct rlimit zero = { 0, 0 }, odd = { 2, 1 }, old, files;
	struct thread thread;
	int pid, parent = sys_getpid();

	sys_pipe2(ends, 0);
	pid = fork_process();
	if (pid == 0) {
		sys_close(ends[1]);
		stay(NULL);
		exit_process(0);
	}
	print("limits of a child:");
	say("none such", limit_of(0x3fffff, RLIMIT_CORE, NULL, &old));
	say("resource", limit_of(pid, 16, NULL, &old));
	say("soft above hard", limit_of(pid, RLIMIT_CORE, &odd, &old));
	say("from nowhere", limit_of(0x3fffff, RLIMIT_CORE, (void *)64, &old));
	say("set", limit_of(pid, RLIMIT_CORE, &zero, NULL));
	limit_of(pid, RLIMIT_CORE, NULL, &old);
	say("is", (long)old.rlim_max);
	say("told nowhere", limit_of(pid, RLIMIT_CORE, &zero, (void *)64));
	limit_of(pid, RLIMIT_CORE, NULL, &old);
	say("but set", (long)old.rlim_max);
	sys_close(ends[1]);
	wait_status(pid);
	end_line();

	print("files:");
	sys_getrlimit(RLIMIT_NOFILE, &files);
	say("as before", sys_setrlimit(RLIMIT_NOFILE, &files));
	read_text("/proc/sys/fs/nr_open");
	files.rlim_max = parse_long(text) + 1;
	say("more than there may be", sys_setrlimit(RLIMIT_NOFILE, &files));
	files.rlim_max = -1;
	say("any number", sys_setrlimit(RLIMIT_NOFILE, &files));
	end_line();

	sys_pipe2(ends, 0);
	thread_start(&thread, stay, NULL);
	pid = fork_process();
	if (pid == 0) {
		become_nobody();
		print("limits of another user:");
		say("told", limit_of(parent, RLIMIT_AS, NULL, &old));
		say("set", limit_of(parent, RLIMIT_AS, &zero, &old));
		say("of a thread", limit_of(thread.tid, RLIMIT_AS, NULL, &old));
		say("resource", limit_of(parent, 16, NULL, &old));
		say("its own", limit_of(sys_getpid(), RLIMIT_CORE, &zero, &old));
		old = (struct rlimit){ 77, 77 };
		zero.rlim_max = 1;
		say("raised", limit_of(0, RLIMIT_CORE, &zero, &old));
		say("and nothing told", (long)old.rlim_max);
		end_line();
		exit_process(0);
	}
	wait_status(pid);
	print("limits of a thread:");
	say("told", limit_of(thread.tid, RLIMIT_AS, NULL, &old));
	sys_write(ends[1], "x", 1);
	thread_join(&thread);
	sys_close(ends[0]);
	sys_close(ends[1]);
	end_line();
}

static long adjust(const char *to)
{
	int fd = (int)sys_open("/proc/self/oom_score_adj", O_WRONLY, 0);
	long result = is_error(fd) ? fd : sys_write(fd, to, strlen(to));

	sys_close(fd);
	return is_error(result) ? result : 0;
}

static void say_adjust(const char *to)
{
	print(" %s:", to);
	print(" %s", error_name(adjust(to)));
}

/* Who has no privilege gets back to what somebody with it has set: here nobody has. */
static void adjustments(void)
{
	int pid = fork_process();

	if (pid == 0) {
		become_nobody();
		/* Its files in /proc are its own again. */
		SC5(__NR_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
		print("oom_score_adj:");
		say_adjust("500");
		say_adjust("300");
		say_adjust("-1");
		say_adjust("1001");
		say_adjust("-1001");
		say_adjust("x");
		pid = fork_process();
		if (pid == 0) {
			print(" a child");
			say_adjust("0");
			say_adjust("-1");
			exit_process(0);
		}
		wait_status(pid);
		read_text("/proc/self/oom_score_adj");
		print(" is %s", text);
		exit_process(0);
	}
	wait_status(pid);
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
	locking();
	attached_and_locked();
	reports();
	pidfds();
	other_limits();
	adjustments();
	opening();
	flags();
	low_mappings();
	return 0;
}
