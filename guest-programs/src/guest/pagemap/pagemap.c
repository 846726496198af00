/*
 * pagemap: what /proc says of single pages: pagemap, smaps, smaps_rollup, and
 * what clear_refs makes it forget. `pagemap soft-dirty` is about the bits that
 * tell which pages were stored to since, which arm64 does not have.
 */
#include "text.h"

#define PAGES	8
#define NOBODY	65534

static size_t page;
static int map_fd;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static uint64_t entry(const void *at)
{
	uint64_t value = 0;
	long got = sys_pread(map_fd, &value, 8, (long)((unsigned long)at / page * 8));

	if (got != 8)
		die("pagemap", got);
	return value;
}

/* P present, s swapped, F of a file or shared, x mapped once, - nothing of it. */
static void flags(const char *what, const char *at, size_t pages)
{
	print("%s:", what);
	for (size_t i = 0; i < pages; i++) {
		uint64_t e = entry(at + i * page);

		print(" %c%c%c%c", e >> 63 & 1 ? 'P' : '-', e >> 62 & 1 ? 's' : '-', e >> 61 & 1 ? 'F' : '-',
		      e >> 56 & 1 ? 'x' : '-');
	}
	print("\n");
}

static long clear_refs(const char *what)
{
	int fd = (int)sys_open("/proc/self/clear_refs", O_WRONLY, 0);
	long result = sys_write(fd, what, strlen(what));

	sys_close(fd);
	return result;
}

static void single_pages(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *shared, *file, *own;
	int fd = (int)sys_open("pagemap.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600), pid;
	volatile char sum;

	flags("untouched", p, 3);
	p[page] = 1;
	sum = p[2 * page];
	flags("stored to, read", p + page, 2);
	sys_mprotect(p + page, page, PROT_NONE);
	flags("inaccessible", p + page, 1);
	sys_mprotect(p + page, page, PROT_READ | PROT_WRITE);
	pid = (int)fork_process();
	if (pid == 0) {
		flags("in a child", p + page, 2);
		p[page] = 2;
		flags("copied", p + page, 1);
		exit_process(0);
	}
	wait_status(pid);
	flags("after it", p + page, 1);
	sys_madvise(p + page, page, MADV_DONTNEED);
	flags("given back", p + page, 1);
	shared = (char *)sys_mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared[0] = 1;
	flags("shared memory", shared, 2);
	sys_unlink("pagemap.tmp");
	sys_ftruncate(fd, 2 * page);
	file = (char *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	file[0] = 1;
	flags("a file", file, 1);
	own = (char *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	sum = own[0];
	flags("twice", file, 1);
	own[0] = 2;
	flags("copied", own, 1);
	flags("once again", file, 1);
	sys_munmap(p + 3 * page, page);
	flags("a hole", p + 3 * page, 1);
	sys_close(fd);
	(void)sum;
}

static void reads(void)
{
	static uint64_t entries[600];
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	long at = (long)((unsigned long)p / page * 8), got;
	int present = 0;

	say("not at an entry", sys_pread(map_fd, entries, 8, at + 4));
	say("half an entry", sys_pread(map_fd, entries, 12, at));
	say("nothing", sys_pread(map_fd, entries, 0, at));
	say("a bad buffer", sys_pread(map_fd, (void *)64, 8, at));
	say("behind user space", sys_pread(map_fd, entries, 8, 1L << 56));
	p[0] = p[5 * page] = 1;
	got = sys_pread(map_fd, entries, PAGES * 8, at);
	for (int i = 0; i < PAGES; i++)
		present |= (int)(entries[i] >> 63) << i;
	print("%ld bytes, present %x\n", got, present);
	print("600 entries: %ld\n", sys_pread(map_fd, entries, sizeof(entries), at));
}

static void hidden(void)
{
	int pid = (int)fork_process();

	if (pid == 0) {
		char *p = map_anonymous(page, PROT_READ | PROT_WRITE);

		SC3(__NR_setresgid, NOBODY, NOBODY, NOBODY);
		SC3(__NR_setresuid, NOBODY, NOBODY, NOBODY);
		SC5(__NR_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
		p[0] = 1;
		map_fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);
		print("as nobody: present %d, its frame %s\n", (int)(entry(p) >> 63),
		      entry(p) & ((1UL << 55) - 1) ? "shown" : "hidden");
		exit_process(0);
	}
	wait_status(pid);
}

/* The part of /proc/self/smaps that is about the mapping at an address, or NULL. */
static const char *smaps_of(const void *address)
{
	read_text("/proc/self/smaps");
	for (const char *at = text; at && *at; at = next_line(at)) {
		const char *digits = at;
		unsigned long start = hex(&digits);

		if (*digits == '-' && start == (unsigned long)address)
			return next_line(at);
	}
	return NULL;
}

/* A field of a mapping in pages, -1 without it. */
static long field(const char *at, const char *name)
{
	size_t length = strlen(name);

	for (; at && *at; at = next_line(at)) {
		if (memcmp(at, "VmFlags", 7) == 0)
			return -1;
		if (memcmp(at, name, length) == 0 && at[length] == ':') {
			long kib = 0;

			for (at += length; *at < '0' || *at > '9'; at++)
				;
			for (; *at >= '0' && *at <= '9'; at++)
				kib = kib * 10 + *at - '0';
			return kib / (long)(page / 1024);
		}
	}
	return -1;
}

static void mapping(const char *what, const void *address)
{
	static const char *const names[] = {
		"Size", "Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Anonymous", "Locked",
	};
	const char *at = smaps_of(address);

	print("%s:", what);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		print(" %s %ld", names[i], field(at, names[i]));
	print("\n");
}

/* The names of the fields, but those of what this processor may not have, or other versions do. */
static void names(const char *path)
{
	read_text(path);
	for (const char *at = next_line(text); at && *at; at = next_line(at)) {
		int length = 0;

		while (at[length] && at[length] != ':' && at[length] != '-')
			length++;
		if (at[length] == '-' || memcmp(at, "VmFlags", 7) == 0)
			break;
		if (memcmp(at, "ProtectionKey", 13) == 0)
			continue;
		for (int i = 0; i < length; i++)
			print("%c", at[i]);
		print(" ");
	}
	print("\n");
}

static void summaries(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *shared;
	long whole, parts = 0;
	int pid;

	names("/proc/self/smaps");
	names("/proc/self/smaps_rollup");
	/* Apart from what is beside it. */
	sys_mprotect(p, page, PROT_NONE);
	sys_mprotect(p + 7 * page, page, PROT_NONE);
	p += page;
	mapping("untouched", p);
	memset(p, 1, 3 * page);
	mapping("3 of 6", p);
	pid = (int)fork_process();
	if (pid == 0) {
		mapping("in a child", p);
		p[0] = 2;
		mapping("1 copied", p);
		exit_process(0);
	}
	wait_status(pid);
	SC2(__NR_mlock, p, 6 * page);
	mapping("locked", p);
	SC2(__NR_munlock, p, 6 * page);
	shared = (char *)sys_mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared[0] = shared[page] = 1;
	mapping("shared", shared);
	/* What both files say, read for the second time, when nothing is new. */
	for (int i = 0; i < 2; i++) {
		read_text("/proc/self/smaps_rollup");
		whole = field(next_line(text), "Private_Dirty");
		read_text("/proc/self/smaps");
		parts = 0;
		for (const char *at = text; at; at = next_line(at))
			if (memcmp(at, "Private_Dirty:", 14) == 0)
				parts += field(at, "Private_Dirty");
	}
	print("the sum is the sum: %s\n", whole == parts ? "yes" : "no");
}

static void forgetting(void)
{
	static const char *const bad[] = { "0", "6", "-1", "x", "", "4x" };
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	int fd = (int)sys_open("/proc/self/clear_refs", O_RDONLY, 0);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		print("clear_refs '%s': ", bad[i]);
		say("write", clear_refs(bad[i]));
	}
	if (fd >= 0) {
		char c;

		say("reading it", sys_read(fd, &c, 1));
	} else {
		say("reading it", -EINVAL);		/* without root's rights it cannot even be opened */
	}
	sys_mprotect(p, page, PROT_NONE);
	sys_mprotect(p + 7 * page, page, PROT_NONE);
	p += page;
	memset(p, 1, 6 * page);
	print("referenced: %ld\n", field(smaps_of(p), "Referenced"));
	say("3, of files", clear_refs("3"));
	print("referenced: %ld\n", field(smaps_of(p), "Referenced"));
	say("2, anonymous", clear_refs("2"));
	print("referenced: %ld\n", field(smaps_of(p), "Referenced"));
	say("1, all", clear_refs("1\n"));
	print("referenced: %ld, resident: %ld\n", field(smaps_of(p), "Referenced"), field(smaps_of(p), "Rss"));
	say("5, the peak", clear_refs("5"));
	say("4", clear_refs(" 4 "));
	print("the pages still hold %d\n", p[0] + p[5 * page]);
}

static void soft_dirty(const char *what, const char *at, size_t pages)
{
	print("%s: ", what);
	for (size_t i = 0; i < pages; i++)
		print("%c", entry(at + i * page) >> 55 & 1 ? 'd' : '-');
	print("\n");
}

static void stores(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *shared, *q;
	int pid, fd;
	volatile char sum;

	soft_dirty("new", p, PAGES);
	memset(p, 1, 4 * page);
	soft_dirty("stored to", p, PAGES);
	clear_refs("4");
	soft_dirty("cleared", p, PAGES);
	p[page] = 2;
	sum = p[2 * page];
	p[5 * page] = 1;
	sum = p[6 * page];
	soft_dirty("1 and 5 stored to, 2 and 6 read", p, PAGES);
	clear_refs("1");
	soft_dirty("accesses cleared", p, PAGES);
	sys_mprotect(p, PAGES * page, PROT_READ);
	sys_mprotect(p, PAGES * page, PROT_READ | PROT_WRITE);
	soft_dirty("protected and not", p, PAGES);
	p[2 * page] = 3;
	soft_dirty("2 stored to", p, PAGES);
	clear_refs("4");
	sys_madvise(p, page, MADV_DONTNEED);
	soft_dirty("0 given back", p, PAGES);
	p[0] = 1;
	soft_dirty("and stored to", p, PAGES);
	clear_refs("4");
	q = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	q = (char *)sys_mremap(p, 4 * page, 4 * page, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	soft_dirty("moved", q, 4);
	p += 4 * page;
	clear_refs("4");
	pid = (int)fork_process();
	if (pid == 0) {
		soft_dirty("in a child", q, 4);
		q[0] = 4;
		soft_dirty("0 stored to", q, 4);
		exit_process(0);
	}
	wait_status(pid);
	soft_dirty("which the parent does not see", q, 4);
	q[3 * page] = 4;
	soft_dirty("3 stored to", q, 4);
	shared = (char *)sys_mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(shared, 1, 4 * page);
	clear_refs("4");
	soft_dirty("shared memory", shared, 4);
	shared[page] = 2;
	sum = shared[2 * page];
	soft_dirty("1 stored to, 2 read", shared, 4);
	fd = (int)sys_open("pagemap.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	sys_unlink("pagemap.tmp");
	sys_ftruncate(fd, 4 * page);
	shared = (char *)sys_mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memset(shared, 1, 4 * page);
	clear_refs("4");
	shared[2 * page] = 2;
	soft_dirty("a file, 2 stored to", shared, 4);
	print("nothing is lost: %d %d %d\n", q[0], q[3 * page], shared[2 * page]);
	(void)sum;
}

int main(int argc, char **argv)
{
	page = page_size();
	map_fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);
	if (argc > 1) {
		stores();
		return 0;
	}
	print("-- single pages\n");
	single_pages();
	print("-- reads\n");
	reads();
	hidden();
	print("-- smaps\n");
	summaries();
	print("-- clear_refs\n");
	forgetting();
	return 0;
}
