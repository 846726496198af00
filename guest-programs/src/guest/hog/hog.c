/*
 * hog: asks for more and more of one thing until the kernel refuses, and
 * prints how it refused. A kernel that has a limit for everything survives all
 * of them and answers with an error that Linux would give.
 *
 *   hog KIND...     'list' prints the kinds
 *
 * A real system would suffer, so this runs under Faultline only.
 */
#include "rt.h"

#include <linux/eventpoll.h>

#define MANY		100000000L

static size_t page;

/* Prints how a call was refused; errors that error_name does not know by their number. */
static void refused(const char *what, long error)
{
	const char *name = error_name(error);

	if (strcmp(name, "?") == 0)
		print("%s: error %ld\n", what, -error);
	else
		print("%s: %s\n", what, name);
}

NORETURN static void sleep_for_ever(void)
{
	for (;;)
		sleep_ms(1000);
}

static void end_children(const int *pids, long count)
{
	for (long i = 0; i < count; i++)
		sys_kill(pids[i], SIGKILL);
	while (sys_wait4(-1, NULL, 0, NULL) > 0)
		;
}

static void hog_processes(void)
{
	static int pids[40000];
	long n, pid = 0;

	for (n = 0; n < (long)ARRAY_SIZE(pids); n++) {
		pid = fork_process();
		if (pid == 0)
			sleep_for_ever();
		if (pid < 0)
			break;
		pids[n] = (int)pid;
	}
	refused("processes", pid);
	end_children(pids, n);
}

/* Children that have ended and that nobody waits for. */
static void hog_zombies(void)
{
	long pid = 0;

	for (long n = 0; n < 100000 && pid >= 0; n++) {
		pid = fork_process();
		if (pid == 0)
			exit_process(0);
	}
	refused("zombies", pid);
	end_children(NULL, 0);
}

/* In a child, which takes its threads along. */
static void hog_threads(void)
{
	static int zero;
	const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	int child = (int)fork_process(), status = 0;

	if (child == 0) {
		long tid = 0;

		for (long n = 0; n < 100000 && tid >= 0; n++) {
			/* A fork of the address space's own: the stack is shared, so the child may only wait. */
			tid = SC5(__NR_clone, flags, 0, 0, 0, 0);
			if (tid == 0)
				for (;;)
					SC6(__NR_futex, &zero, FUTEX_WAIT, 0, NULL, NULL, 0);
		}
		refused("threads", tid);
		exit_process(0);
	}
	sys_wait4(child, &status, 0, NULL);
}

/* Neighbours that cannot be one VMA. */
static void hog_maps(void)
{
	char *arena = map_anonymous(200000 * page, PROT_NONE);
	long error = 0;

	for (long n = 0; n < 200000 && !is_error(error); n += 2)
		error = sys_mprotect(arena + n * page, page, PROT_READ);
	refused("maps", error);
	sys_munmap(arena, 200000 * page);
}

/* Takes all there is, by stores or by reads of a file of zeroes: nothing can be refused any more, so it is killed. */
static void take_memory(const char *name, int zeroes)
{
	int child = (int)fork_process();

	if (child == 0)
		for (;;) {
			char *more = (char *)sys_mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (is_map_failed(more))
				exit_process(1);
			for (size_t at = 0; zeroes < 0 && at < 1 << 20; at += page)
				*(volatile char *)(more + at) = 1;
			if (zeroes >= 0 && sys_read(zeroes, more, 1 << 20) != 1 << 20)
				exit_process(2);
		}
	print("%s: ended with %d\n", name, wait_status(child));
}

static void hog_memory(void)
{
	take_memory("memory", -1);
}

static void hog_reads(void)
{
	int zeroes = (int)sys_open("/dev/zero", O_RDONLY, 0);

	take_memory("reads", zeroes);
	sys_close(zeroes);
}

static void hog_address_space(void)
{
	unsigned char *answers = map_anonymous(2 * page, PROT_READ | PROT_WRITE);
	void *map = (void *)sys_mmap(NULL, 1UL << 44, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	long error = 0;

	/* As many answers as pages; a hole follows the first page of them. */
	sys_munmap(answers + page, page);
	refused("mincore", sys_mincore(map, 1UL << 43, answers));

	for (long n = 0; n < MANY && !is_error(error); n++)
		error = sys_mmap(NULL, 1UL << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	refused("address-space", error);
}

static void hog_heap(void)
{
	char *start = sys_brk(NULL), *end = start;

	for (long n = 0; n < MANY; n++) {
		char *wanted = end + (64UL << 20);

		if (sys_brk(wanted) != wanted)
			break;
		end = wanted;
	}
	print("heap: %s\n", sys_brk(NULL) == end ? "stays" : "moved");
	sys_brk(start);
}

static void hog_files(void)
{
	long fd = 0;

	for (long n = 0; n < MANY && fd >= 0; n++)
		fd = sys_open("/dev/null", O_RDONLY, 0);
	refused("files", fd);
	SC3(__NR_close_range, 3, 0x7fffffff, 0);
}

/* One process after the other fills as many pipes as it may have and keeps them. */
static void hog_pipes(void)
{
	static char block[65536];
	static int pids[4000];
	long *told = (long *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long n = 0, error = -EMFILE;

	while (n < (long)ARRAY_SIZE(pids) && error == -EMFILE) {
		*told = 0;
		pids[n] = (int)fork_process();
		if (pids[n] == 0) {
			int pair[2];
			long result;

			while ((result = sys_pipe2(pair, O_NONBLOCK)) == 0 &&
			       (result = sys_write(pair[1], block, sizeof(block))) > 0)
				;
			__atomic_store_n(told, result, __ATOMIC_RELEASE);
			sleep_for_ever();
		}
		error = pids[n];
		for (n += error > 0; error > 0 && (error = __atomic_load_n(told, __ATOMIC_ACQUIRE)) == 0; error = 1)
			sleep_ms(1);
	}
	refused("pipes", error);
	end_children(pids, n);
}

static void name_of(long n, char *out)
{
	int at = 4;

	memcpy(out, "hog-", 4);
	do
		out[at++] = 'a' + n % 26;
	while ((n /= 26) != 0);
	out[at] = 0;
}

static void remove_names(long count)
{
	char name[32];

	for (long n = 0; n < count; n++) {
		name_of(n, name);
		sys_unlink(name);
	}
}

static void hog_names(void)
{
	char name[32];
	long error = 0, n;

	for (n = 0; n < MANY && error >= 0; n++) {
		name_of(n, name);
		error = SC4(__NR_mknodat, AT_FDCWD, name, 0100644, 0);
	}
	refused("names", error);
	remove_names(n);
}

/* Made and removed at once: nothing may stay behind. */
static void hog_passing_names(void)
{
	char name[32];
	long error = 0, n;

	for (n = 0; n < 10000 && error >= 0; n++) {
		name_of(n, name);
		error = SC4(__NR_mknodat, AT_FDCWD, name, 0100644, 0);
		if (error >= 0)
			error = sys_unlink(name);
	}
	print("passing-names: %ld made and removed\n", n);
}

static void hog_links(void)
{
	char name[32];
	long error = SC4(__NR_mknodat, AT_FDCWD, "target", 0100644, 0), n;

	for (n = 0; n < MANY && error >= 0; n++) {
		name_of(n, name);
		error = SC5(__NR_linkat, AT_FDCWD, "target", AT_FDCWD, name, 0);
	}
	refused("links", error);
	remove_names(n);
}

static void hog_data(void)
{
	static char block[65536];
	int fd = (int)sys_open("data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	long error = 0;

	for (long n = 0; n < MANY && error >= 0; n++)
		error = sys_write(fd, block, sizeof(block));
	refused("data", error);
	SC1(__NR_fsync, fd);
	sys_ftruncate(fd, 0);
	sys_close(fd);
}

/* Bytes as far apart as can be, each alone in its part of the index. */
static void hog_sparse(void)
{
	int fd = (int)sys_open("sparse", O_RDWR | O_CREAT | O_TRUNC, 0600);
	uint64_t at = 1;
	long error = 0;

	for (long n = 0; n < MANY && error >= 0; n++) {
		at = at * 6364136223846793005UL + 1442695040888963407UL;
		error = sys_pwrite(fd, "x", 1, (long)(at >> 2));
	}
	refused("sparse", error);
	sys_ftruncate(fd, 0);
	sys_close(fd);
}

/* A file that is one hole of eight exabytes. */
static void hog_holes(void)
{
	int fd = (int)sys_open("holes", O_RDWR | O_CREAT | O_TRUNC, 0600);

	print("holes: size %ld", sys_ftruncate(fd, 0x7ffffffffffff000));
	print(", data %ld", SC3(__NR_lseek, fd, 0, 3));
	print(", hole %ld", SC3(__NR_lseek, fd, 5, 4));
	print(", punched %ld\n", SC4(__NR_fallocate, fd, 3, 0, 0x7ffffffffffff000));
	sys_ftruncate(fd, 0);
	sys_close(fd);
}

static void hog_depth(void)
{
	char path[256];
	long depth = 0, error = 0;

	for (; depth < 20000 && error >= 0; depth++) {
		error = SC3(__NR_mkdirat, AT_FDCWD, "d", 0700);
		if (error >= 0)
			error = SC1(__NR_chdir, "d");
	}
	print("depth: %ld, %s", depth, error_name(error));
	print(", getcwd %s\n", error_name(SC2(__NR_getcwd, path, sizeof(path))));
}

static void hog_locks(void)
{
	int fd = (int)sys_open("locks", O_RDWR | O_CREAT, 0600);
	long error = 0;

	/* Not until it is refused: each takes as long as there are others. */
	for (long n = 0; n < 10000 && error >= 0; n++) {
		struct flock lock = { .l_type = F_WRLCK, .l_start = 2 * n, .l_len = 1 };

		error = sys_fcntl(fd, F_SETLK, (long)&lock);
	}
	print("locks: %s\n", error_name(error));
	sys_close(fd);
}

static void hog_timers(void)
{
	struct itimerspec { struct timespec interval, value; } soon = { { 0, 1 }, { 0, 1 } };
	int id;
	long error = 0, n;

	signal_ignore(SIGALRM);
	for (n = 0; n < MANY && error >= 0; n++) {
		error = SC3(__NR_timer_create, 1, NULL, &id);
		if (error >= 0 && n < 200)
			SC4(__NR_timer_settime, id, 0, &soon, NULL);
	}
	refused("timers", error);
	sleep_ms(20);
	for (int i = 0; i < n; i++)
		SC1(__NR_timer_delete, i);
}

static void hog_signals(void)
{
	siginfo_t info = { .si_signo = 40, .si_code = SI_QUEUE };
	long error = 0;

	signal_mask(SIG_BLOCK, SIGBIT(40));
	for (long n = 0; n < MANY && error >= 0; n++)
		error = SC3(__NR_rt_sigqueueinfo, sys_getpid(), 40, &info);
	refused("signals", error);
	signal_ignore(40);
	signal_mask(SIG_UNBLOCK, SIGBIT(40));
}

/* Sets that watch each other, layer by layer, everyone in a layer all of the next. */
static void hog_epolls(void)
{
	enum { LAYERS = 5, WIDTH = 100 };
	static int set[LAYERS][WIDTH];
	struct epoll_event event = { .events = 1 };
	long refusals = 0, error = 0;

	for (int l = 0; l < LAYERS; l++)
		for (int i = 0; i < WIDTH; i++)
			set[l][i] = (int)SC1(__NR_epoll_create1, 0);
	for (int l = 0; l + 1 < LAYERS; l++)
		for (int i = 0; i < WIDTH; i++)
			for (int j = 0; j < WIDTH; j++) {
				long result = SC4(__NR_epoll_ctl, set[l][i], EPOLL_CTL_ADD, set[l + 1][j], &event);

				if (result < 0) {
					refusals++;
					error = result;
				}
			}
	print("epolls: %s", refusals ? error_name(error) : "all");
	SC6(__NR_epoll_pwait, set[0][0], &event, 1, 0, NULL, 8);
	/* From the top downwards, so that each is the first of a longer chain. */
	error = 0;
	for (int i = 0; i + 1 < WIDTH && error >= 0; i++)
		error = SC4(__NR_epoll_ctl, set[4][i + 1], EPOLL_CTL_ADD, set[4][i], &event);
	print(", chain %s\n", error_name(error));
	SC3(__NR_close_range, 3, 0x7fffffff, 0);
}

/* More code than a cache of decoded code can hold, and one page of it at many addresses. */
static void hog_code(void)
{
	size_t pages = 6000;
	char *code = map_anonymous(pages * page, PROT_READ | PROT_WRITE | PROT_EXEC);
	long sum = 0;

	for (size_t i = 0; i < pages; i++)
		for (size_t at = 0; at + 64 <= page; at += 64)
			emit_return((unsigned char *)code + i * page + at, i % 1000);
	sync_code(code, pages * page);
	for (size_t i = 0; i < pages; i++)
		for (size_t at = 0; at + 64 <= page; at += 64)
			sum += call_code(code + i * page + at) == (long)(i % 1000);
	print("code: %s\n", sum == (long)(pages * (page / 64)) ? "all returned" : "wrong results");
	sys_munmap(code, pages * page);
}

static int recurse(volatile char *from)
{
	volatile char frame[4096];

	frame[0] = from[0];
	return from[0] ? 0 : recurse(frame) + frame[0];
}

static void hog_stack(void)
{
	int child = (int)fork_process();

	if (child == 0) {
		char first = 0;

		exit_process(recurse(&first));
	}
	print("stack: ended with %d\n", wait_status(child));
}

static void hog_arguments(void)
{
	static char text[131000];
	static char *argv[2000];

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(argv); i++)
		argv[i] = text;
	refused("arguments", sys_execve("/proc/self/exe", argv, NULL));
}

static void hog_numbers(void)
{
	long wrong = 0;

	for (long n = 1000; n < 50000; n++)
		wrong += SC0(n) != -ENOSYS;
	print("numbers: %ld known\n", wrong);
}

static const struct hog {
	const char *name;
	void (*run)(void);
} hogs[] = {
	{ "processes", hog_processes }, { "zombies", hog_zombies }, { "threads", hog_threads }, { "maps", hog_maps },
	{ "memory", hog_memory }, { "reads", hog_reads }, { "address-space", hog_address_space }, { "heap", hog_heap },
	{ "files", hog_files },
	{ "pipes", hog_pipes }, { "names", hog_names }, { "passing-names", hog_passing_names }, { "links", hog_links },
	{ "data", hog_data }, { "sparse", hog_sparse }, { "holes", hog_holes }, { "depth", hog_depth },
	{ "locks", hog_locks }, { "timers", hog_timers }, { "signals", hog_signals }, { "epolls", hog_epolls },
	{ "code", hog_code }, { "stack", hog_stack }, { "arguments", hog_arguments }, { "numbers", hog_numbers },
};

int main(int argc, char **argv)
{
	page = page_size();
	if (argc < 2) {
		print("usage: hog KIND...; 'hog list' prints the kinds\n");
		return 2;
	}
	if (strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(hogs); i++)
			print("%s\n", hogs[i].name);
		return 0;
	}
	if (!is_faultline()) {
		print("hog: this is not Faultline; a real system would suffer\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		for (size_t h = 0; h < ARRAY_SIZE(hogs); h++)
			if (strcmp(argv[i], hogs[h].name) == 0)
				hogs[h].run();
	return 0;
}
