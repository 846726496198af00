/*
 * advice: madvise. Which advice which kind of memory takes and which is noted;
 * populating, mincore, memory that may go, holes in shared memory, what fork
 * passes on and wipes, guard regions.
 */
#include "text.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif

#define PAGES	8

static size_t page;
static int file_fd, read_only_fd, memory_fd;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static char *map(size_t pages, int prot, int flags, int fd)
{
	long at = sys_mmap(NULL, pages * page, prot, flags, fd, 0);

	if (is_error(at))
		die("mmap", at);
	return (char *)at;
}

static void kinds(void)
{
	static const struct {
		const char *name;
		int advice;
	} all[] = {
		{ "NORMAL", 0 }, { "RANDOM", 1 }, { "SEQUENTIAL", 2 }, { "WILLNEED", 3 }, { "DONTNEED", 4 }, { "5", 5 },
		{ "FREE", 8 }, { "REMOVE", 9 }, { "DONTFORK", 10 }, { "DOFORK", 11 }, { "MERGEABLE", 12 },
		{ "UNMERGEABLE", 13 }, { "HUGEPAGE", 14 }, { "NOHUGEPAGE", 15 }, { "DONTDUMP", 16 }, { "DODUMP", 17 },
		{ "WIPEONFORK", 18 }, { "KEEPONFORK", 19 }, { "COLD", 20 }, { "PAGEOUT", 21 }, { "POPULATE_READ", 22 },
		{ "POPULATE_WRITE", 23 }, { "DONTNEED_LOCKED", 24 }, { "COLLAPSE", 25 }, { "26", 26 }, { "99", 99 }, { "HWPOISON", 100 }, { "SOFT_OFFLINE", 101 },
		{ "GUARD_INSTALL", 102 }, { "GUARD_REMOVE", 103 }, { "104", 104 }, { "-1", -1 },
	};
	static const struct {
		int prot, flags;
		int *fd;
	} kind[] = {
		{ PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, NULL },
		{ PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, NULL },
		{ PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, NULL },
		{ PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, NULL },
		{ PROT_READ | PROT_WRITE, MAP_SHARED, &memory_fd },
		{ PROT_READ, MAP_SHARED, &read_only_fd },
		{ PROT_READ | PROT_WRITE, MAP_PRIVATE, &file_fd },
		{ PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, NULL },
	};

	print("private, read-only, inaccessible, shared, memfd, file read-only, file private, locked\n");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		print("%s:", all[i].name);
		for (size_t k = 0; k < ARRAY_SIZE(kind); k++) {
			char *p = map(4, kind[k].prot, kind[k].flags, kind[k].fd ? *kind[k].fd : -1);

			print(" %s", error_name(sys_madvise(p, 4 * page, all[i].advice)));
			sys_munmap(p, 4 * page);
		}
		print("\n");
	}
}

static void ranges(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	say("not aligned", sys_madvise(p + 1, page, MADV_NORMAL));
	say("nothing", sys_madvise(p, 0, MADV_NORMAL));
	say("nothing, unknown", sys_madvise(p, 0, 99));
	say("nothing, not mapped", sys_madvise((void *)page, 0, MADV_NORMAL));
	say("all there could be", sys_madvise(p, -1, MADV_NORMAL));
	say("round the end", sys_madvise(p, -2 * page, MADV_NORMAL));
	sys_munmap(p + 2 * page, page);
	memset(p, 1, 2 * page);
	memset(p + 3 * page, 1, page);
	say("DONTNEED over a hole", sys_madvise(p, 4 * page, MADV_DONTNEED));
	print("on both sides: %d %d\n", p[0], p[3 * page]);
	say("a hole", sys_madvise(p + 2 * page, page, MADV_DONTNEED));
	say("POPULATE_READ over a hole", sys_madvise(p, 4 * page, MADV_POPULATE_READ));
	say("GUARD_INSTALL over a hole", sys_madvise(p, 4 * page, MADV_GUARD_INSTALL));
	say("GUARD_REMOVE over a hole", sys_madvise(p, 4 * page, MADV_GUARD_REMOVE));
}

static void present(const char *what, char *at, size_t pages)
{
	unsigned char there[PAGES];
	char text[PAGES + 1];

	sys_mincore(at, pages * page, there);
	for (size_t i = 0; i < pages; i++)
		text[i] = there[i] & 1 ? 'p' : '-';
	text[pages] = 0;
	print("%s: %s\n", what, text);
}

static void populating(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int fd = (int)sys_open("advice.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);

	say("read", sys_madvise(p + page, 2 * page, MADV_POPULATE_READ));
	say("write", sys_madvise(p + 4 * page, page + 1, MADV_POPULATE_WRITE));
	present("both", p, PAGES);
	sys_mprotect(p + 6 * page, page, PROT_READ);
	say("write up to a read-only page", sys_madvise(p + 5 * page, 2 * page, MADV_POPULATE_WRITE));
	sys_mprotect(p + 7 * page, page, PROT_NONE);
	say("read up to an inaccessible one", sys_madvise(p + 6 * page, 2 * page, MADV_POPULATE_READ));
	present("before it", p + 6 * page, 2);
	sys_unlink("advice.tmp");
	sys_ftruncate(fd, page);
	p = map(2, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	say("a file", sys_madvise(p, page, MADV_POPULATE_WRITE));
	say("behind its end", sys_madvise(p, 2 * page, MADV_POPULATE_READ));
	sys_close(fd);
}

/* What mincore itself refuses. */
static void in_core(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), *q;
	unsigned char vec[PAGES];

	memset(p, 1, page);
	memset(vec, 9, sizeof(vec));
	say("nothing", sys_mincore(p, 0, vec));
	say("nothing, nowhere to tell", sys_mincore(p, 0, (void *)64));
	print("told: %d\n", vec[0]);
	say("a byte", sys_mincore(p, 1, vec));
	print("told: %d %d\n", vec[0] & 1, vec[1]);
	say("nowhere to tell", sys_mincore(p, page, (void *)64));
	say("not aligned", sys_mincore(p + 1, page, vec));
	say("all there could be", sys_mincore(p, -1, vec));
	say("the kernel's", sys_mincore((void *)-page, page, vec));
	say("what is not mapped", sys_mincore((void *)page, page, vec));
	sys_munmap(p + 2 * page, page);
	memset(vec, 9, sizeof(vec));
	say("up to a hole", sys_mincore(p, 4 * page, vec));
	print("told: %d %d %d %d\n", vec[0], vec[1], vec[2], vec[3]);
	say("up to a hole, to tell the kernel", sys_mincore(p, 4 * page, (void *)-page));
	say("nothing, to tell the kernel", sys_mincore(p, 0, (void *)-page));
	q = map(2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	say("inaccessible", sys_mincore(q, 2 * page, vec));
	print("told: %d %d\n", vec[0] & 1, vec[1] & 1);
	/* As many bytes as fit are told, then the first that does not is an error. */
	q = map(2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	sys_munmap(q + page, page);
	say("room for one of two", sys_mincore(p, 2 * page, (unsigned char *)q + page - 1));
}

static void present_in(const char *what, int fd, int flags)
{
	char *p = map(2, PROT_READ, flags, fd);

	present(what, p, 2);
	sys_munmap(p, 2 * page);
}

/* Who neither owns a file nor may write to it is told that all of it is there, whatever others have read. */
static void in_core_of_others(void)
{
	int fd = (int)sys_open("advice.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600), pid;
	char *own;

	sys_ftruncate(fd, 2 * page);
	sys_unlink("advice.tmp");
	present_in("the owner", fd, MAP_SHARED);
	pid = (int)fork_process();
	if (pid == 0) {
		own = map(2, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
		SC3(__NR_setresuid, 1000, 1000, 1000);
		present_in("another", fd, MAP_SHARED);
		present("a private mapping", own, 2);
		present_in("shared memory", -1, MAP_SHARED | MAP_ANONYMOUS);
		exit_process(0);
	}
	wait_status(pid);
	SC2(__NR_fchmod, fd, 0666);
	pid = (int)fork_process();
	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		present_in("another who may write to it", fd, MAP_SHARED);
		exit_process(0);
	}
	wait_status(pid);
	sys_close(fd);
}

/* Memory that may go when it is needed is kept as long as it is not, and for good once it is stored to. */
static void freeing(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int pid;

	memset(p, 'f', 4 * page);
	say("FREE", sys_madvise(p, 4 * page, MADV_FREE));
	p[page] = 'g';
	print("stored to: %c\n", p[page]);
	pid = (int)fork_process();
	if (pid == 0) {
		print("in a child: %c\n", p[page]);
		exit_process(0);
	}
	wait_status(pid);
	say("COLD", sys_madvise(p, 4 * page, 20));
	print("still: %c\n", p[page]);
	say("where nothing is", sys_madvise(p + 4 * page, 4 * page, MADV_FREE));
	sys_munmap(p + 2 * page, page);
	say("FREE over a hole", sys_madvise(p, 4 * page, MADV_FREE));
	say("COLD over a hole", sys_madvise(p, 4 * page, 20));
	say("PAGEOUT over a hole", sys_madvise(p, 4 * page, 21));
	say("COLLAPSE of a hole", sys_madvise(p + 2 * page, page, 25));
}

/* The words of VmFlags that advice changes. */
static void noted(const char *what, const char *at)
{
	static const char *const words[] = { "sr", "rr", "dc", "dd", "wf", "mg", "hg", "nh" };
	int inside = 0;

	print("%s:", what);
	read_text("/proc/self/smaps");
	for (const char *line = text; line && *line; line = next_line(line)) {
		const char *digits = line;
		unsigned long start = hex(&digits);

		if (*digits == '-')
			inside = start == (unsigned long)at;
		if (!inside || memcmp(line, "VmFlags:", 8) != 0)
			continue;
		for (const char *word = line + 8; *word && *word != '\n'; word++)
			for (size_t i = 0; i < ARRAY_SIZE(words); i++)
				if (word[0] == ' ' && memcmp(word + 1, words[i], 2) == 0)
					print(" %s", words[i]);
	}
	print("\n");
}

static void noting(void)
{
	static const struct {
		const char *name;
		int advice;
	} all[] = {
		{ "SEQUENTIAL", 2 }, { "RANDOM", 1 }, { "NORMAL", 0 }, { "DONTFORK", 10 }, { "DOFORK", 11 },
		{ "DONTDUMP", 16 }, { "DODUMP", 17 }, { "WIPEONFORK", 18 }, { "KEEPONFORK", 19 }, { "MERGEABLE", 12 },
		{ "UNMERGEABLE", 13 }, { "HUGEPAGE", 14 }, { "NOHUGEPAGE", 15 },
	};
	char *p = map(4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1) + page;

	/* Apart from its neighbours. */
	sys_mprotect(p, 2 * page, PROT_READ | PROT_WRITE);
	noted("at first", p);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		sys_madvise(p, 2 * page, all[i].advice);
		noted(all[i].name, p);
	}
	sys_madvise(p + page, page, MADV_DONTFORK);
	noted("of two pages the first", p);
	noted("the second", p + page);
	sys_madvise(p + page, page, MADV_DOFORK);
	noted("one again", p);
}

static void holes(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), *own;
	char byte = 0;
	int pid;

	memset(p, 's', PAGES * page);
	pid = (int)fork_process();
	if (pid == 0) {
		say("in a child", sys_madvise(p + page, 2 * page, MADV_REMOVE));
		exit_process(0);
	}
	wait_status(pid);
	print("the parent reads: %d %d %d %d\n", p[0], p[page], p[2 * page], p[3 * page]);
	present("present", p, 4);
	p[page] = 't';
	print("stored again: %d\n", p[page]);
	sys_mprotect(p, page, PROT_READ);
	say("read-only", sys_madvise(p, page, MADV_REMOVE));
	print("%d\n", p[0]);
	p = map(4, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd);
	own = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE, memory_fd);
	memset(p, 'm', 4 * page);
	own[page] = 'o';
	say("a hole in a memfd", sys_madvise(p, 3 * page, MADV_REMOVE));
	sys_pread(memory_fd, &byte, 1, page);
	print("it reads %d, a private copy keeps %d, what was none %d\n", byte, own[page], own[2 * page]);
}

static void forks(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int pid;

	memset(p, 'x', PAGES * page);
	sys_madvise(p, page, MADV_WIPEONFORK);
	sys_madvise(p + 2 * page, page, MADV_DONTFORK);
	sys_madvise(p + 4 * page, page, MADV_WIPEONFORK);
	sys_madvise(p + 4 * page, page, MADV_KEEPONFORK);
	sys_madvise(p + 6 * page, page, MADV_DONTFORK);
	sys_madvise(p + 6 * page, page, MADV_DOFORK);
	pid = (int)fork_process();
	if (pid == 0) {
		print("wiped %d, kept %d, kept again %d, forked again %d\n", p[0], p[page], p[4 * page], p[6 * page]);
		say("what was not forked", sys_msync(p + 2 * page, page, MS_ASYNC));
		p[0] = 'y';
		pid = (int)fork_process();
		if (pid == 0) {
			print("wiped again: %d\n", p[0]);
			exit_process(0);
		}
		exit_process(wait_status(pid));
	}
	wait_status(pid);
	print("the parent has %d %d\n", p[0], p[2 * page]);
}

static struct jump recovery;
static siginfo_t seen;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	seen = *info;
	rt_longjmp(&recovery, 1);
}

static void touch(const char *what, volatile char *at, int store)
{
	print("%s: ", what);
	if (rt_setjmp(&recovery)) {
		print("%s, code %d, at the address: %s\n", signal_name(seen.si_signo), seen.si_code,
		      seen.si_addr == (void *)at ? "yes" : "no");
		return;
	}
	if (store)
		*at = 'z';
	print("%d\n", *at);
}

static void guards(void)
{
	char *p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), *q, *shared;
	unsigned char vec[2];
	char buffer[2] = "x";
	int fds[2], pid;

	signal_handle(SIGSEGV, on_fault, SA_NODEFER, 0);
	memset(p, 'g', PAGES * page);
	say("install", sys_madvise(p + page, 2 * page, MADV_GUARD_INSTALL));
	touch("load", p + page, 0);
	touch("store", p + 2 * page, 1);
	touch("beside it", p + 3 * page, 0);
	present("present", p, 4);
	say("again", sys_madvise(p, 3 * page, MADV_GUARD_INSTALL));
	touch("one more", p, 0);
	say("DONTNEED", sys_madvise(p, 4 * page, MADV_DONTNEED));
	touch("still", p + page, 0);
	touch("beside it", p + 3 * page, 0);
	say("POPULATE_READ", sys_madvise(p + page, page, MADV_POPULATE_READ));
	say("POPULATE_WRITE", sys_madvise(p + page, page, MADV_POPULATE_WRITE));
	sys_mprotect(p, 4 * page, PROT_READ);
	sys_mprotect(p, 4 * page, PROT_READ | PROT_WRITE);
	touch("protected and not", p + page, 0);
	sys_pipe2(fds, 0);
	say("write(2) from it", sys_write(fds[1], p + page, 1));
	sys_write(fds[1], buffer, 1);
	say("read(2) to it", sys_read(fds[0], p + page, 1));
	pid = (int)fork_process();
	if (pid == 0) {
		touch("in a child", p + page, 0);
		say("removed there", sys_madvise(p + page, page, MADV_GUARD_REMOVE));
		touch("then", p + page, 1);
		exit_process(0);
	}
	wait_status(pid);
	touch("in the parent", p + page, 0);
	q = map(PAGES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	q = (char *)sys_mremap(p, 4 * page, 4 * page, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	touch("moved", q + page, 0);
	touch("behind it", q + 3 * page, 0);
	say("remove", sys_madvise(q, 2 * page, MADV_GUARD_REMOVE));
	touch("removed", q + page, 0);
	touch("stored to", q + page, 1);
	touch("the last one", q + 2 * page, 0);
	say("remove where pages are", sys_madvise(q, 4 * page, MADV_GUARD_REMOVE));
	touch("they stay", q + page, 0);
	sys_munmap(q, 4 * page);
	shared = map(4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	memset(shared, 'h', 4 * page);
	say("in shared memory", sys_madvise(shared + page, page, MADV_GUARD_INSTALL));
	touch("load", shared + page, 0);
	say("mincore", sys_mincore(shared + page, page, vec));
	print("in core: %d\n", vec[0] & 1);
	say("remove", sys_madvise(shared, 4 * page, MADV_GUARD_REMOVE));
	touch("what was there", shared + page, 0);
	/* A guard where nothing ever was. */
	p = map(PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	sys_madvise(p, page, MADV_GUARD_INSTALL);
	pid = (int)fork_process();
	if (pid == 0) {
		touch("in a child", p, 1);
		exit_process(0);
	}
	wait_status(pid);
	SC2(__NR_mlock, p + 4 * page, page);
	say("locked", sys_madvise(p + 4 * page, page, MADV_GUARD_INSTALL));
	say("mlock over a guard", SC2(__NR_mlock, p, page));
}

int main(int argc, char **argv)
{
	page = page_size();
	file_fd = (int)sys_open("advice.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	sys_ftruncate(file_fd, 4 * page);
	read_only_fd = (int)sys_open("advice.tmp", O_RDONLY, 0);
	sys_unlink("advice.tmp");
	memory_fd = (int)SC2(__NR_memfd_create, "advice", 0);
	sys_ftruncate(memory_fd, 4 * page);
	print("-- kinds\n");
	kinds();
	print("-- ranges\n");
	ranges();
	print("-- populating\n");
	populating();
	print("-- in core\n");
	in_core();
	in_core_of_others();
	print("-- freeing\n");
	freeing();
	print("-- noting\n");
	noting();
	print("-- holes\n");
	holes();
	print("-- forks\n");
	forks();
	print("-- guards\n");
	guards();
	return 0;
}
