/*
 * remap: mremap. What may grow, shrink and move, what the flags ask of each
 * other, where it refuses, what MREMAP_DONTUNMAP leaves behind, and shared
 * memory that is there twice. What Linux has changed since 6.12 is left out:
 * a range of several mappings that is moved whole, or keeps its size.
 */
#include "text.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#define PAGES	8
#define RW	(PROT_READ | PROT_WRITE)
#define MOVE	MREMAP_MAYMOVE

static size_t page;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

/* Where it is now: "0", or pages from the wanted place. */
static void place(const char *what, long got, const char *wanted)
{
	if (is_error(got))
		print("%s: %s\n", what, error_name(got));
	else
		print("%s: %s\n", what, got == (long)wanted ? "there" : "elsewhere");
}

/* PAGES pages which hold their letters, with a hole of as many behind them. */
static char *letters(int flags)
{
	char *p = (char *)sys_mmap(NULL, 2 * PAGES * page, RW, flags | MAP_ANONYMOUS, -1, 0);

	if (is_map_failed(p))
		die("mmap", (long)p);
	sys_munmap(p + PAGES * page, PAGES * page);
	for (int i = 0; i < PAGES; i++)
		p[i * page] = 'a' + i;
	return p;
}

/* The letter of each page; '.' is a page of zeros, '-' a hole. */
static void show(const char *what, const char *at, size_t pages)
{
	char text[2 * PAGES + 1];

	for (size_t i = 0; i < pages; i++) {
		const char *p = at + i * page;

		text[i] = is_error(sys_msync((void *)p, page, MS_ASYNC)) ? '-' : *p ? *p : '.';
	}
	text[pages] = 0;
	print("%s: %s\n", what, text);
}

static void arguments(void)
{
	char *p = letters(MAP_PRIVATE), *q = map_anonymous(2 * page, RW);

	say("unknown flag", sys_mremap(p, page, page, 8, NULL));
	say("fixed without leave to move", sys_mremap(p, page, page, MREMAP_FIXED, q));
	say("kept without leave to move", sys_mremap(p, page, page, MREMAP_DONTUNMAP, NULL));
	say("kept, and larger", sys_mremap(p, page, 2 * page, MOVE | MREMAP_DONTUNMAP, NULL));
	say("kept, and smaller", sys_mremap(p, 2 * page, page, MOVE | MREMAP_DONTUNMAP, NULL));
	say("not aligned", sys_mremap(p + 1, page, page, MOVE, NULL));
	say("to a place that is not", sys_mremap(p, page, page, MOVE | MREMAP_FIXED, q + 1));
	say("to nothing", sys_mremap(p, page, 0, MOVE, NULL));
	say("of a page less a byte", sys_mremap(p, page - 1, page, 0, NULL));
	say("of nothing, private", sys_mremap(p, 0, page, MOVE, NULL));
	say("of nothing, in its place", sys_mremap(p, 0, page, 0, NULL));
	say("to all there could be", sys_mremap(p, page, -page, MOVE, NULL));
	say("to more than all", sys_mremap(p, page, -1, MOVE, NULL));
	say("out of user space", sys_mremap(p, page, page, MOVE | MREMAP_FIXED, (void *)-(2 * page)));
	say("onto itself", sys_mremap(p, 2 * page, 2 * page, MOVE | MREMAP_FIXED, p));
	say("onto its end", sys_mremap(p, 2 * page, 2 * page, MOVE | MREMAP_FIXED, p + page));
	say("onto its beginning", sys_mremap(p + page, 2 * page, 2 * page, MOVE | MREMAP_FIXED, p));
	say("a hole", sys_mremap(p + PAGES * page, page, page, MOVE, NULL));
	say("over its end, larger", sys_mremap(p, (PAGES + 1) * page, (PAGES + 2) * page, MOVE, NULL));
	show("nothing has changed", p, PAGES);
	/* The place may be made free before the length is looked at. */
	say("of more than all, fixed", sys_mremap(p, -page, page, MOVE | MREMAP_FIXED, q));
	show("nor now", p, PAGES);
}

static void sizes(void)
{
	char *p = letters(MAP_PRIVATE), *q;

	place("in its place", sys_mremap(p, PAGES * page, (PAGES + 2) * page, 0, NULL), p);
	show("grown", p, PAGES + 3);
	place("a part of it, no move", sys_mremap(p, 2 * page, 3 * page, 0, NULL), p);
	q = (char *)sys_mremap(p, 2 * page, 3 * page, MOVE, NULL);
	print("a part of it: %s\n", is_map_failed(q) ? error_name((long)q) : q == p ? "there" : "elsewhere");
	show("the part", q, 3);
	show("the rest", p, PAGES + 2);
	place("smaller", sys_mremap(p + 2 * page, 6 * page, 3 * page, 0, NULL), p + 2 * page);
	show("then", p, PAGES + 3);
	place("smaller over a hole", sys_mremap(p + 2 * page, 8 * page, page, 0, NULL), p + 2 * page);
	show("then", p, PAGES + 3);
	sys_munmap(p, 2 * PAGES * page);
	p = letters(MAP_PRIVATE);
	sys_mprotect(p + 2 * page, page, PROT_READ);
	say("over two mappings, larger", sys_mremap(p, 3 * page, 4 * page, MOVE, NULL));
	say("smaller", sys_mremap(p + page, 4 * page, page, 0, NULL));
	show("then", p, PAGES);
	place("fixed, smaller", sys_mremap(p + 5 * page, 3 * page, page, MOVE | MREMAP_FIXED, p + 2 * page), p + 2 * page);
	show("then", p, PAGES);
	place("fixed, larger", sys_mremap(p, 2 * page, 4 * page, MOVE | MREMAP_FIXED, p + 4 * page), p + 4 * page);
	show("then", p, PAGES + 1);
	place("onto a hole", sys_mremap(p + 4 * page, page, page, MOVE | MREMAP_FIXED, p), p);
	show("then", p, PAGES + 1);
}

/* The words about locking of a mapping's VmFlags. */
static void locks(const char *what, const char *at)
{
	print("%s:", what);
	for (const char *flag = smaps_line(at, "VmFlags:"); flag && *flag && *flag != '\n'; flag++)
		if (flag[0] == ' ' && flag[1] == 'l' && (flag[2] == 'o' || flag[2] == 'f'))
			print(" l%c", flag[2]);
	print("\n");
}

static void kept(void)
{
	char *p = letters(MAP_PRIVATE), *q;
	unsigned char there[4];

	sys_madvise(p, PAGES * page, MADV_NOHUGEPAGE);
	q = (char *)sys_mremap(p, 4 * page, 4 * page, MOVE | MREMAP_DONTUNMAP, NULL);
	show("moved", q, 4);
	sys_mincore(p, 4 * page, there);
	print("left behind: %d%d%d%d\n", there[0] & 1, there[1] & 1, there[2] & 1, there[3] & 1);
	show("it reads", p, PAGES);
	p[page] = 'x';
	show("and can be stored to", p, PAGES);
	place("to a place of its choice", sys_mremap(p + 4 * page, 2 * page, 2 * page, MOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
						     q), q);
	show("the place", q, 4);
	show("left behind", p, PAGES);
	p = letters(MAP_SHARED);
	q = (char *)sys_mremap(p, 4 * page, 4 * page, MOVE | MREMAP_DONTUNMAP, NULL);
	show("shared, moved", q, 4);
	show("left behind", p, PAGES);
	q[page] = 'y';
	print("the same memory: %s\n", p[page] == 'y' ? "yes" : "no");
	SC2(__NR_mlock, p, 2 * page);
	q = (char *)sys_mremap(p, 2 * page, 2 * page, MOVE | MREMAP_DONTUNMAP, NULL);
	say("locked", (long)q);
	print("memory to unlock is left behind: %s\n", is_error(sys_madvise(p, page, MADV_DONTNEED)) ? "yes" : "no");
	print("and was moved: %s\n", is_error(sys_madvise(q, page, MADV_DONTNEED)) ? "yes" : "no");
	p = letters(MAP_PRIVATE);
	SC3(__NR_mlock2, p, PAGES * page, MLOCK_ONFAULT);
	locks("locked on fault", p);
	q = (char *)sys_mremap(p, PAGES * page, PAGES * page, MOVE | MREMAP_DONTUNMAP, NULL);
	locks("left behind", p);
	locks("moved", q);
}

/* How many mappings begin in a range. */
static int mappings(const char *at, size_t pages)
{
	int count = 0;

	read_text("/proc/self/maps");
	for (const char *line = text; line && *line; line = next_line(line)) {
		const char *digits = line;
		unsigned long start = hex(&digits);

		count += start >= (unsigned long)at && start < (unsigned long)at + pages * page;
	}
	return count;
}

static void twice(void)
{
	char *p = letters(MAP_SHARED), *q = (char *)sys_mremap(p, 0, 4 * page, MOVE, NULL);
	int fd = (int)SC2(__NR_memfd_create, "remap", 0);

	say("of nothing, shared", (long)q);
	show("the same memory", q, 4);
	q[page] = 'z';
	show("stored to", p, 4);
	say("in its place", sys_mremap(p, 0, page, 0, NULL));
	sys_munmap(p, PAGES * page);
	show("when the first has gone", q, 4);
	sys_ftruncate(fd, 4 * page);
	p = (char *)sys_mmap(NULL, 4 * page, RW, MAP_SHARED, fd, 0);
	for (int i = 0; i < 4; i++)
		p[i * page] = 'k' + i;
	q = (char *)sys_mremap(p + 2 * page, 0, 2 * page, MOVE, NULL);
	show("of a file, from its middle", q, 2);
	print("which leaves it %d mapping\n", mappings(p, 4));
	q = (char *)sys_mmap(NULL, 4 * page, RW, MAP_PRIVATE, fd, 0);
	say("of a file, private", sys_mremap(q, 0, page, MOVE, NULL));
	q[0] = 'p';
	q = (char *)sys_mremap(q, 2 * page, 4 * page, MOVE, NULL);
	show("which is moved", q, 4);
	sys_close(fd);
}

static void children(void)
{
	char *p = letters(MAP_PRIVATE), *q = map_anonymous(PAGES * page, RW);
	int pid = (int)fork_process();

	if (pid == 0) {
		sys_mremap(p, 2 * page, 2 * page, MOVE | MREMAP_FIXED, q);
		q[page] = 'c';
		show("a child's, moved", q, 2);
		show("left behind", p, 3);
		exit_process(0);
	}
	wait_status(pid);
	show("the parent's", p, 3);
}

int main(int argc, char **argv)
{
	page = page_size();
	print("-- arguments\n");
	arguments();
	print("-- sizes\n");
	sizes();
	print("-- kept\n");
	kept();
	print("-- twice\n");
	twice();
	print("-- children\n");
	children();
	return 0;
}
