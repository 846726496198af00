/*
 * memory-limits: RLIMIT_AS, RLIMIT_DATA and RLIMIT_STACK, and what is refused
 * without a limit because it could never be had.
 */
#include "rt.h"

static size_t page;

/* A line of /proc/self/status in pages. */
static long status(const char *name)
{
	static char text[4096];
	int fd = (int)sys_open("/proc/self/status", O_RDONLY, 0);
	long n = sys_read(fd, text, sizeof(text) - 1);
	size_t length = strlen(name);

	sys_close(fd);
	text[n > 0 ? n : 0] = 0;
	for (char *at = text; *at; at++)
		if ((at == text || at[-1] == '\n') && memcmp(at, name, length) == 0) {
			long kib = 0;

			for (at += length; *at < '0' || *at > '9'; at++)
				;
			for (; *at >= '0' && *at <= '9'; at++)
				kib = kib * 10 + *at - '0';
			return kib / (long)(page / 1024);
		}
	return -1;
}

static void limit(int what, unsigned long bytes)
{
	struct rlimit to;

	sys_getrlimit(what, &to);
	to.rlim_cur = bytes;
	sys_setrlimit(what, &to);
}

static void no_limit(int what)
{
	struct rlimit to;

	sys_getrlimit(what, &to);
	to.rlim_cur = to.rlim_max;
	sys_setrlimit(what, &to);
}

static char *map(const char *what, size_t pages, int prot, int flags)
{
	long at = sys_mmap(NULL, pages * page, prot, flags | MAP_ANONYMOUS, -1, 0);

	print("%s: %s\n", what, is_error(at) ? error_name(at) : "done");
	return is_error(at) ? NULL : (char *)at;
}

static int heap_grows(size_t pages)
{
	char *end = sys_brk(NULL);

	return (char *)sys_brk(end + pages * page) == end + pages * page;
}

static void heap(size_t pages)
{
	print("the heap grows by %d: %s\n", (int)pages, heap_grows(pages) ? "yes" : "no");
}

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static void address_space(void)
{
	char *p, *q;

	p = map("8 pages", 8, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	limit(RLIMIT_AS, (status("VmSize:") + 10) * page);
	map("11 pages of 10", 11, PROT_READ, MAP_PRIVATE);
	map("11 shared ones", 11, PROT_READ, MAP_SHARED);
	map("11 that need no memory", 11, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
	q = map("6", 6, PROT_READ, MAP_PRIVATE);
	map("5 more", 5, PROT_READ, MAP_PRIVATE);
	say("8 more in the place of 8", is_error(sys_mmap(p, 8 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
							  0)) ? -ENOMEM : 0);
	say("13 in the place of 8", sys_mremap(p, 8 * page, 13 * page, MREMAP_MAYMOVE, NULL));
	heap(5);
	heap(3);
	heap(2);
	heap(1);
	sys_munmap(q, 2 * page);
	map("2 again", 2, PROT_READ, MAP_PRIVATE);
	/* Moving needs room for both places. */
	sys_munmap(q + 2 * page, 4 * page);
	say("4 pages to another place", is_error(sys_mremap(p, 4 * page, 4 * page, MREMAP_MAYMOVE | MREMAP_FIXED, q + page)) ?
	    -ENOMEM : 0);
	no_limit(RLIMIT_AS);
	map("without the limit", 64, PROT_READ, MAP_PRIVATE);
}

static void data(void)
{
	char *p = map("8 pages", 8, PROT_READ, MAP_PRIVATE), *q;

	limit(RLIMIT_DATA, (status("VmData:") + 10) * page);
	map("11 of 10 pages", 11, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	map("11 to be read", 11, PROT_READ, MAP_PRIVATE);
	map("11 shared ones", 11, PROT_READ | PROT_WRITE, MAP_SHARED);
	q = map("6", 6, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	say("8 read-only ones to be written", sys_mprotect(p, 8 * page, PROT_READ | PROT_WRITE));
	say("4 of them", sys_mprotect(p, 4 * page, PROT_READ | PROT_WRITE));
	map("1 more", 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	heap(1);
	say("6 no longer to be written", sys_mprotect(q, 6 * page, PROT_READ));
	print("data counts: %s\n", heap_grows(7) ? "less" : "the same");
	sys_munmap(q, 6 * page);
	limit(RLIMIT_DATA, 0);
	map("limit 0, where there is a higher hard limit", 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	say("and read-only ones to be written", sys_mprotect(p, 8 * page, PROT_READ | PROT_WRITE));
	heap(1);
	no_limit(RLIMIT_DATA);
	print("without the limit: %s\n", heap_grows(1) ? "yes" : "no");
}

static struct jump recovery;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	rt_longjmp(&recovery, 1);
}

/* Touches the stack so far below where it is now. */
static NOINLINE int reaches(size_t below)
{
	char here;

	if (rt_setjmp(&recovery))
		return 0;
	*(volatile char *)(((unsigned long)&here & -page) - below) = 1;
	return 1;
}


static void reaching(const char *what, size_t pages)
{
	print("%s reaches %d: %s\n", what, (int)pages, reaches(pages * page) ? "yes" : "no");
}

static void stack(void)
{
	alternate_stack();
	signal_handle(SIGSEGV, on_fault, SA_ONSTACK | SA_NODEFER, 0);
	limit(RLIMIT_STACK, 64 * page);
	reaching("a stack of 64 pages", 32);
	reaching("a stack of 64 pages", 80);
	limit(RLIMIT_STACK, 128 * page);
	reaching("a stack of 128 pages", 80);
	reaching("a stack of 128 pages", 140);
	limit(RLIMIT_AS, (status("VmSize:") + 4) * page);
	reaching("with 4 pages left it", 90);
	reaching("with 4 pages left it", 83);
	no_limit(RLIMIT_AS);
}

static void never(void)
{
	/* 16 TiB are more than the machine has, and less than there are addresses. */
	size_t most = (1UL << 44) / page;
	char *p;

	map("16 TiB", most, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	map("16 TiB shared", most, PROT_READ | PROT_WRITE, MAP_SHARED);
	p = map("16 TiB, not to be written", most, PROT_READ, MAP_PRIVATE);
	say("to be written", sys_mprotect(p, most * page, PROT_READ | PROT_WRITE));
	sys_munmap(p, most * page);
	p = map("16 TiB without a reservation", most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE);
	say("protected", sys_mprotect(p, most * page, PROT_READ));
	say("and again", sys_mprotect(p, most * page, PROT_READ | PROT_WRITE));
	sys_munmap(p, most * page);
	p = map("a page", 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	say("grown to 16 TiB", sys_mremap(p, page, most * page, MREMAP_MAYMOVE, NULL));
	say("a segment of 16 TiB", SC3(__NR_shmget, 0, most * page, 0600));
	print("a heap of 16 TiB: %s\n", heap_grows(most) ? "yes" : "no");
}

int main(int argc, char **argv)
{
	page = page_size();
	print("-- address space\n");
	address_space();
	print("-- data\n");
	data();
	print("-- stack\n");
	stack();
	print("-- what could never be\n");
	never();
	return 0;
}
