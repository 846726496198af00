/*
 * huge: transparent huge pages of anonymous memory. Where they are made, what
 * leaves them whole and what splits them, MADV_COLLAPSE and its errors,
 * PR_SET_THP_DISABLE. Counted by smaps; sizes are in huge pages, whatever a
 * huge page is.
 */
#include "text.h"

#define PR_SET_THP_DISABLE	41
#define PR_GET_THP_DISABLE	42
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#define RW			(PROT_READ | PROT_WRITE)
#define SETTINGS		"/sys/kernel/mm/transparent_hugepage/"

static size_t page, huge;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

/* The number behind a label of smaps, of the mapping of an address, or -1. */
static long smaps(const void *address, const char *label)
{
	const char *found = smaps_line(address, label);

	return found ? parse_long(found) : -1;
}

static void count(const char *what, const void *at)
{
	print("%s: %ld huge\n", what, smaps(at, "AnonHugePages:") * 1024 / (long)huge);
}

/* So many huge pages at such a place, between pages nobody may touch. */
static char *region(size_t count)
{
	char *all = map_anonymous((count + 2) * huge, PROT_NONE);
	char *first = (char *)(((unsigned long)all + 2 * huge - 1) & -huge);

	if (is_map_failed((void *)sys_mmap(first, count * huge, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)))
		die("mmap", -ENOMEM);
	return first;
}

static char *advised(size_t count)
{
	char *p = region(count);

	sys_madvise(p, count * huge, MADV_HUGEPAGE);
	return p;
}

static char mark(size_t i)
{
	return (char)(i * 7 + 1);
}

static void fill(char *p)
{
	for (size_t i = 0; i < huge / page; i++)
		p[i * page] = mark(i);
}

static const char *intact(const char *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (p[i * page] != mark(i) || p[i * page + page - 1])
			return "torn";
	return "intact";
}

static const char *all_intact(const char *p)
{
	return intact(p, 0, huge / page);
}

static void where(void)
{
	char *p = region(4);

	print("eligible unasked %ld\n", smaps(p, "THPeligible:"));
	p[0] = 1;
	count("unasked", p);
	say("MADV_HUGEPAGE", sys_madvise(p + huge, 2 * huge, MADV_HUGEPAGE));
	print("eligible %ld\n", smaps(p + huge, "THPeligible:"));
	p[huge + 5 * page] = 1;
	count("asked", p + huge);
	print("resident %ld\n", smaps(p + huge, "Rss:") * 1024 / (long)huge);
	say("MADV_NOHUGEPAGE", sys_madvise(p + 2 * huge, huge, MADV_NOHUGEPAGE));
	print("eligible %ld\n", smaps(p + 2 * huge, "THPeligible:"));
	p[2 * huge] = 1;
	count("refused", p + 2 * huge);
	count("the one before", p + huge);
	sys_madvise(p + 3 * huge + page, huge - page, MADV_HUGEPAGE);
	print("eligible without room %ld\n", smaps(p + 3 * huge + page, "THPeligible:"));
	p[3 * huge + page] = 1;
	count("no room", p + 3 * huge + page);
	say("of a file", sys_madvise((void *)sys_mmap(NULL, page, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), page,
		MADV_HUGEPAGE));
}

static void forks(void)
{
	char *p = advised(1);
	int pid;

	fill(p);
	count("filled", p);
	pid = (int)fork_process();
	if (pid == 0) {
		count("in a child", p);
		print("it is %s\n", all_intact(p));
		p[3 * page] = 99;
		count("after its store", p);
		print("%d, %s\n", p[3 * page], intact(p, 4, huge / page));
		exit_process(0);
	}
	wait_status(pid);
	count("the parent's", p);
	print("it is %s\n", all_intact(p));
	p[3 * page] = 98;
	count("after a store", p);
	print("%d, %s\n", p[3 * page], intact(p, 4, huge / page));
	pid = (int)fork_process();
	if (pid == 0) {
		sleep_ms(50);
		print("the child's: %d, %s\n", p[5 * page], intact(p, 6, huge / page));
		exit_process(0);
	}
	p[5 * page] = 97;
	count("a store while there is a child", p);
	wait_status(pid);
	print("%d, %s\n", p[5 * page], intact(p, 6, huge / page));
}

static void rights(void)
{
	char *p = advised(1);

	fill(p);
	say("all read-only", sys_mprotect(p, huge, PROT_READ));
	count("then", p);
	print("%s\n", all_intact(p));
	say("all inaccessible", sys_mprotect(p, huge, PROT_NONE));
	count("then", p);
	say("all as before", sys_mprotect(p, huge, RW));
	p[0] = mark(0);
	count("then", p);
	say("a page read-only", sys_mprotect(p + 8 * page, page, PROT_READ));
	count("below", p);
	count("it", p + 8 * page);
	count("above", p + 9 * page);
	print("%s\n", all_intact(p));
}

static void parts(void)
{
	char *p = advised(2), *to;

	fill(p);
	fill(p + huge);
	count("two", p);
	say("unmap a page", sys_munmap(p + 4 * page, page));
	count("below", p);
	count("above", p + 5 * page);
	print("%s, %s, %s\n", intact(p, 0, 4), intact(p, 5, huge / page), all_intact(p + huge));
	say("discard a page", sys_madvise(p + huge + 2 * page, page, MADV_DONTNEED));
	print("%d, %s, %s\n", p[huge + 2 * page], intact(p + huge, 0, 2), intact(p + huge, 3, huge / page));
	count("left", p + huge);
	p = advised(1);
	fill(p);
	say("discard all", sys_madvise(p, huge, MADV_DONTNEED));
	print("resident %ld\n", smaps(p, "Rss:"));
	p[6 * page] = 1;
	count("again", p);
	print("%d %d\n", p[5 * page], p[6 * page]);
	fill(p);
	to = region(1);
	say("move", sys_mremap(p, huge, huge, MREMAP_MAYMOVE | MREMAP_FIXED, to));
	print("%s\n", all_intact(to));
	p = region(1);
	say("move a part", sys_mremap(to + page, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, p));
	print("%d, %s, %s\n", p[0] == mark(1), intact(to, 0, 1), intact(to, 2, huge / page));
	count("left", to);
}

static void collapse(void)
{
	char *p = region(2);

	sys_madvise(p, 2 * huge, MADV_NOHUGEPAGE);
	fill(p);
	say("where refused", sys_madvise(p, huge, MADV_COLLAPSE));
	sys_madvise(p, 2 * huge, MADV_HUGEPAGE);
	say("collapse", sys_madvise(p, huge, MADV_COLLAPSE));
	count("then", p);
	print("%s\n", all_intact(p));
	say("again", sys_madvise(p, huge, MADV_COLLAPSE));
	say("what was not touched", sys_madvise(p + huge, huge, MADV_COLLAPSE));
	say("a page of it", sys_madvise(p + page, page, MADV_COLLAPSE));
	say("nothing", sys_madvise(p, 0, MADV_COLLAPSE));
	say("not aligned", sys_madvise(p + 1, huge, MADV_COLLAPSE));
	p = region(1);
	sys_madvise(p, huge, MADV_NOHUGEPAGE);
	p[3 * page] = 7;
	sys_madvise(p, huge, MADV_HUGEPAGE);
	say("one page", sys_madvise(p, huge, MADV_COLLAPSE));
	count("then", p);
	print("%d %d\n", p[3 * page], p[4 * page]);
	p = region(1);
	say("never touched", sys_madvise(p, huge, MADV_COLLAPSE));
	sys_munmap(p, huge);
	say("not mapped", sys_madvise(p, huge, MADV_COLLAPSE));
}

static void disabled(void)
{
	char *p = advised(2);
	int pid;

	print("disabled %ld\n", SC5(__NR_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0));
	say("disable", SC5(__NR_prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0));
	print("disabled %ld\n", SC5(__NR_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0));
	p[0] = 1;
	count("then", p);
	print("eligible %ld\n", smaps(p, "THPeligible:"));
	say("collapse", sys_madvise(p, huge, MADV_COLLAPSE));
	pid = (int)fork_process();
	if (pid == 0) {
		print("in a child %ld\n", SC5(__NR_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0));
		exit_process(0);
	}
	wait_status(pid);
	say("enable", SC5(__NR_prctl, PR_SET_THP_DISABLE, 0, 0, 0, 0));
	p[huge] = 1;
	count("then", p);
	say("a fourth argument", SC5(__NR_prctl, PR_SET_THP_DISABLE, 1, 0, 1, 0));
	say("asking with an argument", SC5(__NR_prctl, PR_GET_THP_DISABLE, 1, 0, 0, 0));
}

static long single_pages(void)
{
	char *p = advised(1);
	unsigned char in_core[3];
	uint64_t entry = 0;
	int fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);

	p[0] = 1;
	say("mincore", sys_mincore(p + 7 * page, 3 * page, in_core));
	print("%d %d %d\n", in_core[0] & 1, in_core[1] & 1, in_core[2] & 1);
	sys_pread(fd, &entry, 8, (long)((unsigned long)(p + 9 * page) / page * 8));
	print("pagemap: present %d, mapped once %d\n", (int)(entry >> 63), (int)(entry >> 56 & 1));
	sys_close(fd);
	count("still", p);
	return 0;
}

int main(int argc, char **argv)
{
	page = page_size();
	read_text(SETTINGS "hpage_pmd_size");
	huge = parse_long(text);
	print("-- where\n");
	where();
	print("-- fork\n");
	forks();
	print("-- rights\n");
	rights();
	print("-- parts\n");
	parts();
	print("-- collapse\n");
	collapse();
	print("-- disabled\n");
	disabled();
	print("-- single pages\n");
	single_pages();
	return 0;
}
