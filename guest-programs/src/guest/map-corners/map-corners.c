/*
 * map-corners: mappings at their edges. Lengths that end beyond all memory:
 * what is mapped is done before the first hole is found, or around the holes.
 * Offsets beyond all files, huge pages for nothing, and /dev/zero, which is
 * memory that remembers its file.
 */
#include "text.h"

#define PAGES	8
#define HOLE	3		/* of two pages */
#define FAR	(1UL << 63)
#define RW	(PROT_READ | PROT_WRITE)

static size_t page;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, result == -EOVERFLOW ? "EOVERFLOW" : is_error(result) ? error_name(result) : "done");
}

/* PAGES pages with a hole in them. */
static char *holed(int flags)
{
	char *p = (char *)sys_mmap(NULL, PAGES * page, RW, flags | MAP_ANONYMOUS, -1, 0);

	if (is_map_failed(p))
		die("mmap", (long)p);
	sys_munmap(p + HOLE * page, 2 * page);
	return p;
}

/* Whether a mapping has a word in its VmFlags. */
static int has(const char *at, const char *word)
{
	for (const char *flag = smaps_line(at, "VmFlags:"); flag && *flag && *flag != '\n'; flag++)
		if (flag[0] == ' ' && memcmp(flag + 1, word, 2) == 0)
			return 1;
	return 0;
}

static void flagged(const char *word, const char *p)
{
	print("%s before the hole: %s, behind it: %s\n", word, has(p, word) ? "yes" : "no",
	      has(p + (HOLE + 2) * page, word) ? "yes" : "no");
}

static void present(char *p)
{
	unsigned char there[HOLE];

	sys_mincore(p, HOLE * page, there);
	print("present before the hole: %d%d%d\n", there[0] & 1, there[1] & 1, there[2] & 1);
}

static void lengths(void)
{
	char *p = holed(MAP_PRIVATE);

	say("madvise", sys_madvise(p, FAR, MADV_SEQUENTIAL));
	flagged("sr", p);
	say("and back", sys_madvise(p, FAR, MADV_NORMAL));
	flagged("sr", p);
	say("POPULATE_READ", sys_madvise(p, FAR, 22));
	present(p);
	SC2(__NR_mlock, p, HOLE * page);
	SC2(__NR_mlock, p + (HOLE + 2) * page, page);
	flagged("lo", p);
	say("munlock", SC2(__NR_munlock, p, FAR));
	flagged("lo", p);
	say("mlock", SC2(__NR_mlock, p, FAR));
	flagged("lo", p);
	say("mprotect", sys_mprotect(p, FAR, PROT_READ));
	flagged("wr", p);
	p = holed(MAP_SHARED);
	say("msync", sys_msync(p, FAR, MS_SYNC));
	say("msync behind the hole", sys_msync(p + (HOLE + 2) * page, FAR, MS_SYNC));
	say("the kernel's: madvise", sys_madvise((void *)-(2 * page), page, MADV_NORMAL));
	say("mprotect", sys_mprotect((void *)-(2 * page), page, PROT_READ));
	say("munlock", SC2(__NR_munlock, -(2 * page), page));
	say("msync", sys_msync((void *)-(2 * page), page, MS_SYNC));
}

static void offsets(int zero_fd)
{
	int fd = (int)sys_open("map-corners.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);

	sys_unlink("map-corners.tmp");
	say("memory", sys_mmap(NULL, page, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, (long)FAR));
	say("shared memory", sys_mmap(NULL, page, RW, MAP_SHARED | MAP_ANONYMOUS, -1, (long)FAR));
	say("a file", sys_mmap(NULL, page, RW, MAP_PRIVATE, fd, (long)FAR));
	say("across the end of all files", sys_mmap(NULL, 2 * page, RW, MAP_PRIVATE, fd, (long)(FAR - page)));
	say("a device", sys_mmap(NULL, page, RW, MAP_PRIVATE, zero_fd, (long)FAR));
	say("huge pages for nothing", sys_mmap(NULL, 0, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
	sys_close(fd);
}

static void zero(int fd)
{
	static const struct {
		const char *name;
		int advice;
	} all[] = {
		{ "DONTNEED", MADV_DONTNEED }, { "FREE", MADV_FREE }, { "REMOVE", MADV_REMOVE },
		{ "DONTFORK", MADV_DONTFORK }, { "WIPEONFORK", MADV_WIPEONFORK }, { "KEEPONFORK", MADV_KEEPONFORK },
		{ "WILLNEED", MADV_WILLNEED }, { "COLD", 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		char *own = (char *)sys_mmap(NULL, page, RW, MAP_PRIVATE, fd, 0);
		char *shared = (char *)sys_mmap(NULL, page, RW, MAP_SHARED, fd, 0);

		print("%s: private %s", all[i].name, error_name(sys_madvise(own, page, all[i].advice)));
		print(", shared %s\n", error_name(sys_madvise(shared, page, all[i].advice)));
		sys_munmap(own, page);
		sys_munmap(shared, page);
	}
}

int main(int argc, char **argv)
{
	int zero_fd = (int)sys_open("/dev/zero", O_RDWR, 0);

	page = page_size();
	print("-- lengths\n");
	lengths();
	print("-- offsets\n");
	offsets(zero_fd);
	print("-- /dev/zero\n");
	zero(zero_fd);
	return 0;
}
