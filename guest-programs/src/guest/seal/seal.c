/*
 * seal: mseal. A sealed mapping keeps its place, its size and its protection
 * against every call; what a program may write it may still throw away.
 */
#include <linux/shm.h>

#include "rt.h"

#define NR_MSEAL	462		/* on every architecture */
#define PAGES		8

static size_t page;

static long sys_mseal(void *at, size_t len, unsigned long flags)
{
	return SC3(NR_MSEAL, at, len, flags);
}

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}


static char *sealed(int prot, size_t pages)
{
	char *p = map_anonymous(pages * page, prot);
	long result = sys_mseal(p, pages * page, 0);

	if (is_error(result))
		die("mseal", result);
	return p;
}

static void arguments(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);

	say("flags", sys_mseal(p, page, 1));
	say("not aligned", sys_mseal(p + 1, page, 0));
	say("nothing", sys_mseal(p, 0, 0));
	say("more than there is", sys_mseal(p, -1, 0));
	say("round the end", sys_mseal(p, -2 * page, 0));
	sys_munmap(p + 2 * page, page);
	say("a hole", sys_mseal(p, 4 * page, 0));
	say("before the hole it is not sealed", sys_munmap(p, page));
	say("behind the end", sys_mseal(p + 3 * page, 60 * page, 0));
	say("half a page", sys_mseal(p + 3 * page, 1, 0));
	say("again", sys_mseal(p + 3 * page, page, 0));
	say("the page", sys_munmap(p + 3 * page, page));
	say("the page behind", sys_munmap(p + 4 * page, page));
}

static void mappings(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *q, *shared;
	int segment;

	memset(p, 'x', PAGES * page);
	sys_mseal(p + 2 * page, 2 * page, 0);
	say("munmap of it", sys_munmap(p + 2 * page, page));
	say("munmap across its start", sys_munmap(p + page, 2 * page));
	print("before it: %c\n", p[page]);
	say("munmap across its end", sys_munmap(p + 3 * page, 2 * page));
	print("behind it: %c\n", p[4 * page]);
	say("mmap over it", sys_mmap(p + page, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	print("before it: %c\n", p[page]);
	say("mmap beside it", sys_mmap(p + 5 * page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	say("mprotect", sys_mprotect(p + 2 * page, page, PROT_READ));
	say("mprotect to what it is", sys_mprotect(p + 2 * page, page, PROT_READ | PROT_WRITE));
	say("mprotect across its start", sys_mprotect(p + page, 2 * page, PROT_READ));
	print("it is %s\n", is_error(SC3(__NR_read, 99, p, 1)) ? "there" : "?");
	say("the page before it took the change", sys_mprotect(p + page, page, PROT_READ | PROT_WRITE));
	say("pkey_mprotect", SC4(__NR_pkey_mprotect, p + 2 * page, page, PROT_READ, -1));
	say("mremap, smaller", sys_mremap(p + 2 * page, 2 * page, page, 0, NULL));
	say("mremap, larger", sys_mremap(p + 2 * page, 2 * page, 4 * page, MREMAP_MAYMOVE, NULL));
	say("mremap, the same", sys_mremap(p + 2 * page, page, page, 0, NULL));
	say("mremap, kept", sys_mremap(p + 2 * page, page, page, MREMAP_MAYMOVE | 4, NULL));
	segment = (int)SC3(__NR_shmget, 0, page, 0600);
	say("shmat over it", SC3(__NR_shmat, segment, p + 2 * page, SHM_REMAP));
	SC3(__NR_shmctl, segment, IPC_RMID, NULL);
	shared = (char *)sys_mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sys_mseal(shared, 2 * page, 0);
	say("remap_file_pages", SC5(__NR_remap_file_pages, shared, page, 0, 1, 0));
	q = map_anonymous(2 * page, PROT_READ | PROT_WRITE);
	say("mremap onto it", sys_mremap(q, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, p + 2 * page));
	print("what was to be moved: %d\n", q[0]);
	say("mlock", SC2(__NR_mlock, p + 2 * page, page));
	say("munlock", SC2(__NR_munlock, p + 2 * page, page));
	say("msync", sys_msync(p + 2 * page, page, MS_SYNC));
}

static void advice(void)
{
	static const struct {
		const char *name;
		int advice;
	} all[] = {
		{ "DONTNEED", MADV_DONTNEED }, { "FREE", MADV_FREE }, { "DONTFORK", MADV_DONTFORK },
		{ "WIPEONFORK", MADV_WIPEONFORK }, { "WILLNEED", MADV_WILLNEED }, { "RANDOM", MADV_RANDOM },
		{ "DONTDUMP", MADV_DONTDUMP }, { "REMOVE", MADV_REMOVE }, { "COLD", 20 }, { "PAGEOUT", 21 },
		{ "POPULATE_READ", 22 }, { "DONTNEED_LOCKED", 24 }, { "GUARD_INSTALL", 102 }, { "GUARD_REMOVE", 103 },
	};
	int fd = (int)sys_open("/proc/self/exe", O_RDONLY, 0);
	char *writable, *constant, *file;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		writable = sealed(PROT_READ | PROT_WRITE, 1);
		constant = sealed(PROT_READ, 1);
		file = (char *)sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
		sys_mseal(file, page, 0);
		print("%s: writable %s", all[i].name, error_name(sys_madvise(writable, page, all[i].advice)));
		print(", read-only %s", error_name(sys_madvise(constant, page, all[i].advice)));
		print(", of a file %s\n", error_name(sys_madvise(file, page, all[i].advice)));
	}
	writable = map_anonymous(3 * page, PROT_READ | PROT_WRITE);
	memset(writable, 'x', 3 * page);
	sys_mprotect(writable + page, page, PROT_READ);
	sys_mseal(writable + page, page, 0);
	say("DONTNEED across a read-only page", sys_madvise(writable, 3 * page, MADV_DONTNEED));
	print("before it %d, it %c, behind it %c\n", writable[0], writable[page], writable[2 * page]);
	sys_close(fd);
}

static void heap(void)
{
	char *start = sys_brk(NULL), *end;

	end = start + 4 * page;
	sys_brk(end);
	sys_mseal((char *)(((unsigned long)start + page - 1) & -page) + page, page, 0);
	print("the heap shrinks: %s\n", (char *)sys_brk(start) == start ? "yes" : "no");
	print("behind the seal: %s\n", (char *)sys_brk(end - page) == end - page ? "yes" : "no");
	print("and grows: %s\n", (char *)sys_brk(end) == end ? "yes" : "no");
}

static void children(void)
{
	char *p = sealed(PROT_READ | PROT_WRITE, 1);
	int pid;

	p[0] = 'p';
	pid = (int)fork_process();
	if (pid == 0) {
		say("in a child", sys_munmap(p, page));
		p[0] = 'c';
		exit_process(p[0]);
	}
	print("which stores %c; the parent has %c\n", wait_status(pid), p[0]);
}

int main(int argc, char **argv)
{
	page = page_size();
	print("-- arguments\n");
	arguments();
	print("-- mappings\n");
	mappings();
	print("-- advice\n");
	advice();
	print("-- heap\n");
	heap();
	print("-- children\n");
	children();
	return 0;
}
