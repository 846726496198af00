/*
 * lock-memory: mlock, mlock2, mlockall. What is locked and present, what
 * VmLck says, the limit, and the calls that locked memory refuses.
 */
#include "rt.h"

#define PAGES	16
#define NOBODY	65534

static size_t page;

static long lock(void *at, size_t len) { return SC2(__NR_mlock, at, len); }
static long lock2(void *at, size_t len, int flags) { return SC3(__NR_mlock2, at, len, flags); }
static long unlock(void *at, size_t len) { return SC2(__NR_munlock, at, len); }
static long lock_all(int flags) { return SC1(__NR_mlockall, flags); }
static long unlock_all(void) { return SC0(__NR_munlockall); }

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

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

static void locked(const char *what)
{
	print("%s: %ld pages locked\n", what, status("VmLck:"));
}

/* One letter a page: present or absent. */
static void present(char *at, size_t pages)
{
	unsigned char there[PAGES];
	char text[PAGES + 1];
	long result = sys_mincore(at, pages * page, there);

	if (is_error(result)) {
		print("mincore: %s\n", error_name(result));
		return;
	}
	for (size_t i = 0; i < pages; i++)
		text[i] = there[i] & 1 ? 'p' : '-';
	text[pages] = 0;
	print("present: %s\n", text);
}

static void arguments(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);

	say("mlock2 flags", lock2(p, page, 2));
	say("nothing", lock(p, 0));
	say("all there could be", lock(p, -1));
	say("round the end", lock(p, -2 * page));
	sys_munmap(p + 2 * page, page);
	say("a hole", lock(p, 4 * page));
	locked("before the hole");
	say("munlock of a hole", unlock(p, 4 * page));
	locked("then");
	say("munlock behind it", unlock(p + 3 * page, page));
	say("not aligned", lock(p + page - 1, 2));
	locked("it counts");
	say("unlock one byte", unlock(p, 1));
	locked("then");
	say("mlockall(0)", lock_all(0));
	say("MCL_ONFAULT alone", lock_all(MCL_ONFAULT));
	say("mlockall of unknown flags", lock_all(MCL_CURRENT | 0x40));
	say("munlockall", unlock_all());
	locked("then");
	sys_munmap(p, PAGES * page);
}

static void populating(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	int fd;

	present(p, 4);
	lock(p, 2 * page);
	present(p, 4);
	lock2(p + 4 * page, 4 * page, MLOCK_ONFAULT);
	p[5 * page] = 1;
	present(p + 4 * page, 4);
	say("twice, now at once", lock(p + 4 * page, 4 * page));
	present(p + 4 * page, 4);
	locked("all");
	sys_mprotect(p + 8 * page, page, PROT_NONE);
	sys_mprotect(p + 9 * page, page, PROT_READ);
	say("inaccessible", lock(p + 8 * page, page));
	locked("counts all the same");
	say("read-only", lock(p + 9 * page, page));
	present(p + 8 * page, 3);
	sys_munmap(p, PAGES * page);
	locked("unmapped");
	p = (char *)sys_mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	present(p, 4);
	locked("MAP_LOCKED");
	sys_munmap(p, 4 * page);
	fd = (int)sys_open("lock-memory.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	sys_unlink("lock-memory.tmp");
	sys_ftruncate(fd, 2 * page);
	p = (char *)sys_mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	say("the pages of a file", lock(p, 2 * page));
	say("and beyond", lock(p, 4 * page));
	locked("beyond");
	sys_munmap(p, 4 * page);
	/* What is locked and becomes writable is copied at once: later stores to the file are not seen. */
	sys_pwrite(fd, "1", 1, 0);
	p = (char *)sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	lock(p, page);
	sys_pwrite(fd, "2", 1, 0);
	print("a read-only page of a file: %c", p[0]);
	sys_mprotect(p, page, PROT_READ | PROT_WRITE);
	sys_pwrite(fd, "3", 1, 0);
	print(", writable: %c\n", p[0]);
	sys_munmap(p, page);
	p = (char *)sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	lock2(p, page, MLOCK_ONFAULT);
	print("locked on fault: %c", p[0]);
	sys_mprotect(p, page, PROT_READ | PROT_WRITE);
	sys_pwrite(fd, "4", 1, 0);
	print(", writable: %c\n", p[0]);
	sys_munmap(p, page);
	sys_close(fd);
}

static void refusals(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *q;

	memset(p, 'x', PAGES * page);
	lock(p + 2 * page, 2 * page);
	say("DONTNEED", sys_madvise(p + 2 * page, page, MADV_DONTNEED));
	say("DONTNEED across", sys_madvise(p, 6 * page, MADV_DONTNEED));
	print("before %d, it %c, behind %c\n", p[0], p[2 * page], p[4 * page]);
	say("FREE", sys_madvise(p + 2 * page, page, MADV_FREE));
	say("MADV_DONTNEED_LOCKED", sys_madvise(p + 2 * page, page, 24));
	print("it: %d\n", p[2 * page]);
	locked("locked still");
	say("msync", sys_msync(p + 2 * page, page, MS_SYNC));
	say("msync, invalidating", sys_msync(p + 2 * page, page, MS_SYNC | MS_INVALIDATE));
	say("mremap, larger", sys_mremap(p + 2 * page, 2 * page, 4 * page, 0, NULL));
	q = (char *)sys_mremap(p + 2 * page, 2 * page, 4 * page, MREMAP_MAYMOVE, NULL);
	print("mremap, moved: %s\n", is_map_failed(q) ? error_name((long)q) : "done");
	present(q, 4);
	locked("all four");
	say("mprotect", sys_mprotect(q, page, PROT_READ));
	locked("all four");
	say("munmap", sys_munmap(q + page, page));
	locked("three");
	unlock_all();
	sys_munmap(q, 4 * page);
	sys_munmap(p, PAGES * page);
}

static void everything(void)
{
	char *p = map_anonymous(4 * page, PROT_READ | PROT_WRITE), *q;
	long now, size;
	int pid;

	say("MCL_CURRENT", lock_all(MCL_CURRENT));
	present(p, 4);
	now = status("VmLck:");
	size = status("VmSize:");
	/* All but what the kernel itself has put there. */
	print("most is locked: %s\n", now > 4 && now <= size ? "yes" : "no");
	q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	present(q, 4);
	say("MCL_FUTURE", lock_all(MCL_FUTURE));
	q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	present(q, 4);
	q = map_anonymous(4 * page, PROT_NONE);
	present(q, 4);
	say("MCL_FUTURE | MCL_ONFAULT", lock_all(MCL_FUTURE | MCL_ONFAULT));
	q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	present(q, 4);
	now = status("VmLck:");
	q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	print("it counts: %ld\n", status("VmLck:") - now);
	pid = (int)fork_process();
	if (pid == 0) {
		locked("a child");
		q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
		locked("its new mapping");
		exit_process(0);
	}
	wait_status(pid);
	say("munlockall", unlock_all());
	locked("then");
	q = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	locked("and new ones");
}

static void limit(unsigned long pages)
{
	struct rlimit to;

	sys_getrlimit(RLIMIT_MEMLOCK, &to);
	to.rlim_cur = pages * page;
	sys_setrlimit(RLIMIT_MEMLOCK, &to);
}

/* Root is not limited. */
static void limits(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE), *q;

	limit(6);
	SC3(__NR_setresuid, NOBODY, NOBODY, NOBODY);
	say("4 of 6", lock(p, 4 * page));
	say("the same again and 2 more", lock(p, 6 * page));
	say("the same and 3 more", lock(p, 9 * page));
	say("another one", lock(p + 10 * page, page));
	locked("locked");
	q = (char *)sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	print("MAP_LOCKED: %s\n", is_map_failed(q) ? error_name((long)q) : "done");
	say("mremap, larger", sys_mremap(p + 2 * page, 4 * page, 5 * page, MREMAP_MAYMOVE, NULL));
	say("mlockall(MCL_CURRENT)", lock_all(MCL_CURRENT));
	say("MCL_FUTURE", lock_all(MCL_FUTURE));
	q = (char *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	print("a new mapping: %s\n", is_map_failed(q) ? error_name((long)q) : "done");
	q = sys_brk(NULL);
	print("the heap grows: %s\n", (char *)sys_brk(q + page) == q + page ? "yes" : "no");
	say("munlockall", unlock_all());
	say("6 of 6", lock(p, 6 * page));
	limit(0);
	say("limit 0", lock(p, page));
	say("limit 0, nothing", lock(p, 0));
	say("limit 0, mlockall", lock_all(MCL_FUTURE | MCL_ONFAULT));
	say("munlock", unlock(p, PAGES * page));
	q = (char *)sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	print("MAP_LOCKED: %s\n", is_map_failed(q) ? error_name((long)q) : "done");
}

int main(int argc, char **argv)
{
	page = page_size();
	print("-- arguments\n");
	arguments();
	print("-- populating\n");
	populating();
	print("-- what locked memory refuses\n");
	refusals();
	print("-- all of it\n");
	everything();
	print("-- limits\n");
	limits();
	return 0;
}
