/*
 * pagemap-scan: which pages are of some kind, by PAGEMAP_SCAN.
 *
 *   pagemap-scan kinds	kinds, masks, limits and errors
 *   pagemap-scan wp	the same, with stores that are noticed from then on
 *
 * Ranges are told as pages from the beginning of the mapping, kinds by
 * letters. Whether a page is soft-dirty is not asked: not every kernel knows.
 */
#include <linux/ioctl.h>
#include <linux/userfaultfd.h>

#include "rt.h"

#define PAGES	16
#define ROOM	12

/* What Debian 12's headers do not know yet. */
struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, inverted, mask, anyof, told;
};

struct region {
	uint64_t start, end, kinds;
};

#define SCAN		_IOWR('f', 16, struct scan)
#define WP_MATCHING	1
#define CHECK_WPASYNC	2
#define WPALLOWED	1
#define WRITTEN		2
#define OF_FILE		4
#define PRESENT		8
#define SWAPPED		16
#define ZERO		32
#define KNOWN		(WPALLOWED | WRITTEN | OF_FILE | PRESENT | SWAPPED | ZERO)
#define UNPOPULATED	(1 << 13)
#define ASYNC		(1 << 15)

static size_t page;
static int map_fd;
static char *base;
static struct region regions[ROOM];

static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what, result == -ENOTTY ? "ENOTTY" : error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

static struct scan request(long from, long to)
{
	struct scan s = { .size = sizeof(struct scan), .start = (uint64_t)base + from * page,
		.end = (uint64_t)base + to * page, .vec = (uint64_t)regions, .vec_len = ROOM, .told = KNOWN };

	return s;
}

static long scan(struct scan *s)
{
	memset(regions, 0, sizeof(regions));
	s->walk_end = 0x5555;
	return SC3(__NR_ioctl, map_fd, SCAN, s);
}

/* Scans, and prints what was found and where it stopped. */
static void show(const char *what, struct scan s)
{
	static const char letters[] = "awfpsz";
	long found = scan(&s);

	say(what, found);
	for (long i = 0; i < found; i++) {
		print(" [%ld-%ld ", (long)(regions[i].start - (uint64_t)base) / (long)page,
		      (long)(regions[i].end - (uint64_t)base) / (long)page);
		for (int bit = 0; bit < 6; bit++)
			if (regions[i].kinds >> bit & 1)
				print("%c", letters[bit]);
		print("]");
	}
	if (!is_error(found) && s.walk_end != s.end)
		print(" to %ld", (long)(s.walk_end - (uint64_t)base) / (long)page);
	print("\n");
}

static int opened(unsigned long features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = (int)SC1(__NR_userfaultfd, O_NONBLOCK);
	long result = fd < 0 ? fd : SC3(__NR_ioctl, fd, UFFDIO_API, &api);

	if (is_error(result))
		die("userfaultfd", result);
	return fd;
}

static void handled(int fd, long from, long to, unsigned long mode)
{
	struct uffdio_register arg = { .range = { (unsigned long)base + from * page, (to - from) * page }, .mode = mode };
	long result = SC3(__NR_ioctl, fd, UFFDIO_REGISTER, &arg);

	if (is_error(result))
		die("UFFDIO_REGISTER", result);
}

/* 0-3 stored to, 3-5 never touched, 5-7 read, 7-8 no mapping, 8-12 a private file, of which 9 is a copy, 12-16 stored to. */
static void lay_out(void)
{
	int fd = (int)sys_open("pagemap-scan.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	static char block[4096];

	/* In one page table, whatever its size. */
	base = map_anonymous(2 * PAGES * page, PROT_READ | PROT_WRITE);
	base += PAGES * page - (unsigned long)base % (PAGES * page);
	sys_madvise(base, PAGES * page, MADV_NOHUGEPAGE);
	for (size_t done = 0; done < 4 * page; done += sizeof(block))
		sys_write(fd, block, sizeof(block));
	for (int i = 0; i < 3; i++)
		base[i * page] = 1;
	(void)*(volatile char *)(base + 5 * page);
	(void)*(volatile char *)(base + 6 * page);
	for (int i = 12; i < 16; i++)
		base[i * page] = 1;
	sys_munmap(base + 7 * page, page);
	sys_mmap(base + 8 * page, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
	for (int i = 8; i < 12; i++)
		(void)*(volatile char *)(base + i * page);
	base[9 * page] = 1;
	sys_close(fd);
	sys_unlink("pagemap-scan.tmp");
}

static void kinds(void)
{
	struct scan s;

	show("all", request(0, PAGES));
	s = request(0, PAGES);
	s.mask = PRESENT;
	show("present", s);
	s.told = 0;
	show("told nothing", s);
	s = request(0, PAGES);
	s.mask = PRESENT;
	s.inverted = PRESENT;
	show("not present", s);
	s = request(0, PAGES);
	s.anyof = ZERO | OF_FILE;
	show("zero or file", s);
	s.mask = PRESENT | OF_FILE;
	show("and of a file", s);
	s = request(0, PAGES);
	s.mask = s.told = WRITTEN;
	show("written alone", s);
	s.told = WRITTEN | PRESENT;
	show("written", s);
	s = request(0, PAGES);
	s.mask = WPALLOWED;
	show("noticed", s);
	s.inverted = WPALLOWED;
	s.told = PRESENT;
	show("not noticed", s);
	show("a part", request(1, 6));
	show("nothing", request(3, 3));
	show("backwards", request(4, 3));
	s = request(0, 3);
	s.end -= page - 1;
	show("odd end", s);
	s = request(0, PAGES);
	s.max_pages = 2;
	s.mask = PRESENT;
	show("two pages", s);
	s.max_pages = 3;
	show("three pages", s);
	s.max_pages = 6;
	show("six pages", s);
	s = request(0, PAGES);
	s.vec_len = 1;
	s.mask = PRESENT;
	show("one range", s);
	s.vec_len = 2;
	show("two ranges", s);
	s = request(0, PAGES);
	s.vec_len = 0;
	show("no room", s);
	s.vec = 0;
	show("no vector", s);
}

static void errors(void)
{
	struct scan s = request(0, PAGES);

	print("errors:");
	s.size--;
	say("size", scan(&s));
	s = request(0, PAGES);
	s.flags = 4;
	say("flags", scan(&s));
	s = request(0, PAGES);
	s.mask = 1 << 20;
	say("kind", scan(&s));
	s = request(0, PAGES);
	s.told = 1UL << 40;
	say("told", scan(&s));
	s = request(0, PAGES);
	s.start++;
	say("odd start", scan(&s));
	s = request(0, PAGES);
	s.vec = 0;
	say("no vector", scan(&s));
	s = request(0, PAGES);
	s.vec = 8;
	say("nowhere", scan(&s));
	s = request(0, PAGES);
	s.start = -4 * (uint64_t)page * 1024;
	s.end = -(uint64_t)page;
	say("kernel", scan(&s));
	s = request(0, PAGES);
	s.flags = CHECK_WPASYNC;
	say("not noticed", scan(&s));
	print(" to %ld", (long)(s.walk_end - (uint64_t)base) / (long)page);
	say("no argument", SC3(__NR_ioctl, map_fd, SCAN, 8));
	say("another command", SC3(__NR_ioctl, map_fd, SCAN + 1, &s));
	end_line();
}

static void stores(void)
{
	int fd = opened(ASYNC | UNPOPULATED), pipe[2];
	struct scan s;

	handled(fd, 0, 7, UFFDIO_REGISTER_MODE_WP);
	handled(fd, 12, 16, UFFDIO_REGISTER_MODE_WP);
	s = request(0, PAGES);
	show("before", s);
	s.mask = WPALLOWED;
	show("noticed", s);
	s = request(0, PAGES);
	s.flags = CHECK_WPASYNC;
	print("not all:");
	say("scan", scan(&s));
	end_line();
	s = request(0, PAGES);
	s.flags = WP_MATCHING;
	s.mask = WRITTEN | WPALLOWED;
	show("from now on", s);
	show("again", s);
	base[page] = 2;
	base[4 * page] = 2;
	base[6 * page] = 2;
	base[14 * page] = 2;
	s.flags = 0;
	show("stored to", s);
	s.flags = WP_MATCHING | CHECK_WPASYNC;
	s.end = (uint64_t)base + 7 * page;
	s.max_pages = 2;
	show("two of them", s);
	s.max_pages = 0;
	show("the rest", s);
	s = request(0, PAGES);
	s.mask = WPALLOWED;
	show("now", s);
	/* Without ranges everything is watched. */
	s = request(0, 7);
	s.flags = WP_MATCHING;
	s.vec = s.vec_len = 0;
	show("all of it", s);
	base[2 * page] = 3;
	base[3 * page] = 3;
	s = request(0, 7);
	s.mask = s.told = WRITTEN;
	show("written alone", s);
	s = request(0, 7);
	show("all", s);
	/* The kernel's own stores count too. */
	sys_pipe2(pipe, 0);
	sys_write(pipe[1], "x", 1);
	sys_read(pipe[0], base + 5 * page, 1);
	s.mask = WRITTEN;
	show("by the kernel", s);
	sys_madvise(base, 2 * page, MADV_DONTNEED);
	s = request(0, 3);
	show("forgotten", s);
	sys_close(fd);
	show("handled no more", request(0, PAGES));
}

int main(int argc, char **argv)
{
	page = page_size();
	map_fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);
	lay_out();
	if (argc > 1 && strcmp(argv[1], "wp") == 0) {
		stores();
	} else {
		kinds();
		errors();
	}
	return 0;
}
