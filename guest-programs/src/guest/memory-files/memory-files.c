/*
 * memory-files: memfd_create, the seals that freeze such a file, holes in it,
 * and huge pages that are asked for (MAP_HUGETLB, SHM_HUGETLB) where none are
 * set aside.
 */
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <linux/shm.h>

#include "rt.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL		8
#define MFD_EXEC		16
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC		0x20
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT		26
#endif
#ifndef MFD_HUGETLB
#define MFD_HUGETLB		4
#endif
#define HUGE	(512L << 20)	/* a multiple of any architecture's */
#define PAGES	4
#define RW	(PROT_READ | PROT_WRITE)

static size_t page;

static const char *name_of(long error)
{
	return error == -EBUSY ? "EBUSY" : error == -EOPNOTSUPP ? "EOPNOTSUPP" : error == -ENODEV ? "ENODEV" :
	       error == -ENOSPC ? "ENOSPC" : error_name(error);
}

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? name_of(result) : "done");
}

static void number(const char *what, long result)
{
	if (is_error(result))
		print("%s: %s\n", what, name_of(result));
	else
		print("%s: %lx\n", what, result);
}

static long create(const char *name, unsigned flags)
{
	return SC2(__NR_memfd_create, name, flags);
}

/* A file of PAGES pages that may be sealed. */
static int file(void)
{
	int fd = (int)create("memory-files", MFD_ALLOW_SEALING);

	if (is_error(fd) || is_error(sys_ftruncate(fd, PAGES * page)))
		die("memfd_create", fd);
	return fd;
}

static long map(int fd, int prot, int flags)
{
	return sys_mmap(NULL, PAGES * page, prot, flags, fd, 0);
}

static long seal(int fd, int seals) { return sys_fcntl(fd, F_ADD_SEALS, seals); }
static long seals(int fd) { return sys_fcntl(fd, F_GET_SEALS, 0); }

static long allocate(int fd, int mode, long from, long pages)
{
	return SC4(__NR_fallocate, fd, mode, from * (long)page, pages * (long)page);
}

static void creating(void)
{
	static char name[5001];
	char path[] = "/proc/self/fd/0", text[64];
	int fd, pipe[2];
	long length;

	memset(name, 'n', 5000);
	say("5000 letters", create(name, 0));
	name[250] = 0;
	say("250 letters", create(name, 0));
	name[249] = 0;
	say("249 letters", create(name, 0));
	say("no letters", create("", 0));
	say("no name", create(NULL, 0));
	say("unknown flag", create("x", 0x20));
	say("unknown flag, no name", create(NULL, 0x20));
	say("executable and not", create("x", MFD_EXEC | MFD_NOEXEC_SEAL));
	fd = (int)create("a name", MFD_CLOEXEC);
	number("close-on-exec", sys_fcntl(fd, F_GETFD, 0));
	number("access", sys_fcntl(fd, F_GETFL, 0) & O_ACCMODE);
	path[14] += fd % 10;
	length = fd < 10 ? SC4(__NR_readlinkat, AT_FDCWD, path, text, sizeof(text) - 1) : 0;
	text[length > 0 ? length : 0] = 0;
	print("link: %s\n", text);
	number("size", SC3(__NR_lseek, fd, 0, 2));
	number("seals of one not to be sealed", seals(fd));
	say("sealing it", seal(fd, F_SEAL_GROW));
	number("seals", seals((int)create("x", MFD_ALLOW_SEALING)));
	fd = (int)create("x", MFD_NOEXEC_SEAL);
	number("not executable", seals(fd));
	say("made so", SC2(__NR_fchmod, fd, 0700));
	say("a seal more", seal(fd, F_SEAL_GROW));
	sys_pipe2(pipe, 0);
	number("a pipe's", seals(pipe[1]));
	say("sealing it", seal(pipe[1], F_SEAL_GROW));
	say("its other end", seal(pipe[0], F_SEAL_GROW));
	number("no file's", seals(99));
	fd = (int)sys_open("/dev/shm/memory-files.tmp", O_RDWR | O_CREAT, 0600);
	sys_unlink("/dev/shm/memory-files.tmp");
	number("a file's of tmpfs", seals(fd));
	say("sealing it", seal(fd, F_SEAL_GROW));
	number("its directory's", seals((int)sys_open("/dev/shm", O_RDONLY, 0)));
}

static void sealing(void)
{
	char path[] = "/proc/self/fd/0";
	int fd = file(), other;
	char *shared;

	say("unknown seal", seal(fd, 0x40));
	say("none", seal(fd, 0));
	say("exec", seal(fd, F_SEAL_EXEC | F_SEAL_GROW));
	number("seals", seals(fd));
	fd = file();
	shared = (char *)map(fd, RW, MAP_SHARED);
	/* Implies F_SEAL_WRITE, which is refused, since 3b041514cb6e (Linux 6.12.93). */
	say("exec, with a writable mapping", seal(fd, F_SEAL_EXEC));
	number("seals", seals(fd));
	shared[0] = 's';
	print("the mapping stores %c\n", shared[0]);
	say("a new one", map(fd, RW, MAP_SHARED));
	fd = file();
	say("more than an int has", sys_fcntl(fd, F_ADD_SEALS, 1L << 32 | F_SEAL_GROW));
	number("seals", seals(fd));
	fd = file();
	path[14] += fd % 10;
	other = (int)sys_open(path, O_RDONLY, 0);
	if (fd < 10)
		say("through a descriptor to read", seal(other, F_SEAL_GROW));
	say("seal", seal(fd, F_SEAL_SEAL));
	say("another", seal(fd, F_SEAL_GROW));
	say("an unknown one", seal(fd, 0x40));
	say("it again", seal(fd, F_SEAL_SEAL));
	number("seals", seals(fd));
	say("it can be stored to", sys_pwrite(fd, "x", 1, 0));
}

static void sizes(void)
{
	int fd = file();

	seal(fd, F_SEAL_SHRINK);
	say("no less: smaller", sys_ftruncate(fd, page));
	say("the same", sys_ftruncate(fd, PAGES * page));
	say("larger", sys_ftruncate(fd, (PAGES + 1) * page));
	say("a hole", allocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
	seal(fd, F_SEAL_GROW);
	say("no more: larger", sys_ftruncate(fd, (PAGES + 2) * page));
	say("pwrite within", sys_pwrite(fd, "xx", 2, page));
	say("pwrite behind the end", sys_pwrite(fd, "xx", 2, (PAGES + 2) * page));
	number("over the end", sys_pwrite(fd, "xx", 2, (PAGES + 1) * page - 1));
	say("fallocate within", allocate(fd, 0, 0, 1));
	say("fallocate over the end", allocate(fd, 0, PAGES, 2));
	say("and keep the size", allocate(fd, FALLOC_FL_KEEP_SIZE, PAGES, 2));
	number("pages", SC3(__NR_lseek, fd, 0, 2) / (long)page);
}

static void writes(void)
{
	int fd = file();
	char *shared = (char *)map(fd, RW, MAP_SHARED), *own, *constant;

	say("a writable mapping", seal(fd, F_SEAL_WRITE));
	number("seals", seals(fd));
	sys_mprotect(shared, PAGES * page, PROT_READ);
	say("only to be read, for now", seal(fd, F_SEAL_WRITE));
	sys_munmap(shared, PAGES * page);
	own = (char *)map(fd, RW, MAP_PRIVATE);
	own[0] = 'o';
	say("a private one", seal(fd, F_SEAL_WRITE));
	say("pwrite", sys_pwrite(fd, "x", 1, 0));
	say("nothing", sys_pwrite(fd, "x", 0, 0));
	say("a hole", allocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
	say("fallocate", allocate(fd, 0, 0, 1));
	say("ftruncate to more", sys_ftruncate(fd, (PAGES + 1) * page));
	say("and to less", sys_ftruncate(fd, PAGES * page));
	say("shared and writable", map(fd, RW, MAP_SHARED));
	say("private", map(fd, RW, MAP_PRIVATE));
	own[page] = 'p';
	print("the private one has %c%c\n", own[0], own[page]);
	say("sealed once more", seal(fd, F_SEAL_WRITE));

	fd = file();
	shared = (char *)map(fd, RW, MAP_SHARED);
	say("no mappings from now on", seal(fd, F_SEAL_FUTURE_WRITE));
	shared[0] = 's';
	print("the old one stores %c\n", shared[0]);
	say("a new one", map(fd, RW, MAP_SHARED));
	constant = (char *)map(fd, PROT_READ, MAP_SHARED);
	say("one to read", is_map_failed(constant) ? (long)constant : 0);
	say("to be written", sys_mprotect(constant, page, RW));
	print("it reads %c\n", constant[0]);
	say("pwrite", sys_pwrite(fd, "x", 1, 0));
	say("MADV_REMOVE through the old one", sys_madvise(shared, page, MADV_REMOVE));
	say("for good", seal(fd, F_SEAL_WRITE));
	sys_munmap(shared, PAGES * page);
	say("without the old one", seal(fd, F_SEAL_WRITE));
	number("seals", seals(fd));
}

static void holes(void)
{
	int fd = file();
	char byte = 0;

	sys_pwrite(fd, "a", 1, 0);
	sys_pwrite(fd, "c", 1, 2 * page);
	number("data from the start", SC3(__NR_lseek, fd, 0, 3 /* SEEK_DATA */) / (long)page);
	number("the hole behind it", SC3(__NR_lseek, fd, 0, 4 /* SEEK_HOLE */) / (long)page);
	number("data from there", SC3(__NR_lseek, fd, page, 3) / (long)page);
	number("the hole behind it", SC3(__NR_lseek, fd, 2 * page, 4) / (long)page);
	say("punched without keeping the size", allocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 1));
	say("punched", allocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
	sys_pread(fd, &byte, 1, 0);
	print("it reads %d\n", byte);
	number("data from the start", SC3(__NR_lseek, fd, 0, 3) / (long)page);
	say("nothing", allocate(fd, 0, 0, 0));
	say("before the start", allocate(fd, 0, -1, 1));
	say("larger", allocate(fd, 0, PAGES, 1));
	number("pages", SC3(__NR_lseek, fd, 0, 2) / (long)page);
	say("and keep the size", allocate(fd, FALLOC_FL_KEEP_SIZE, PAGES + 1, 1));
	number("pages", SC3(__NR_lseek, fd, 0, 2) / (long)page);
}

/* A file of huge pages can be made, and have a size; what it cannot have is a page. */
static void huge_files(void)
{
	int fd = (int)create("huge", MFD_HUGETLB | MFD_ALLOW_SEALING);
	char byte = 1;

	say("of 32 bytes", create("huge", MFD_HUGETLB | 5U << MAP_HUGE_SHIFT));
	say("unknown flag", create("huge", MFD_HUGETLB | 0x20));
	say("a size of small pages only", create("small", 21U << MAP_HUGE_SHIFT));
	number("size", SC3(__NR_lseek, fd, 0, 2));
	say("a part of a page", sys_ftruncate(fd, page));
	say("two", sys_ftruncate(fd, 2 * HUGE));
	number("pages", SC3(__NR_lseek, fd, 0, 2) / HUGE);
	number("pread", sys_pread(fd, &byte, 1, HUGE));
	print("it reads %d\n", byte);
	say("pwrite", sys_pwrite(fd, &byte, 1, 0));
	say("fallocate", SC4(__NR_fallocate, fd, 0, 0L, HUGE));
	say("a hole", SC4(__NR_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0L, HUGE));
	say("shared", sys_mmap(NULL, HUGE, RW, MAP_SHARED, fd, 0));
	say("private, of huge pages", sys_mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_HUGETLB, fd, 0));
	say("from within a page", sys_mmap(NULL, HUGE, PROT_READ, MAP_SHARED, fd, page));
	say("no less, and no writes", seal(fd, F_SEAL_SHRINK | F_SEAL_WRITE));
	number("seals", seals(fd));
	say("smaller", sys_ftruncate(fd, HUGE));
	say("larger by a part of a page", sys_ftruncate(fd, 2 * HUGE + page));
	say("larger", sys_ftruncate(fd, 3 * HUGE));
	say("a hole", SC4(__NR_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0L, HUGE));
}

/* Nothing is set aside: whoever asks is refused when the memory is promised, not when it is touched. */
static void huge_pages(void)
{
	const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
	int fd = file(), pid;

	say("private", sys_mmap(NULL, page, RW, anonymous, -1, 0));
	say("shared", sys_mmap(NULL, page, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
	say("only to be read", sys_mmap(NULL, page, PROT_READ, anonymous, -1, 0));
	say("of 32 bytes", sys_mmap(NULL, page, RW, anonymous | 5 << MAP_HUGE_SHIFT, -1, 0));
	say("of a memfd", sys_mmap(NULL, page, RW, MAP_SHARED | MAP_HUGETLB, fd, 0));
	say("of a file", sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_HUGETLB,
				  (int)sys_open("/proc/self/exe", O_RDONLY, 0), 0));
	say("of no file", sys_mmap(NULL, page, RW, MAP_SHARED | MAP_HUGETLB, 99, 0));
	say("a segment", SC3(__NR_shmget, IPC_PRIVATE, page, SHM_HUGETLB | 0600));
	say("of 32 bytes", SC3(__NR_shmget, IPC_PRIVATE, page, SHM_HUGETLB | 5 << MAP_HUGE_SHIFT | 0600));
	pid = (int)fork_process();
	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		say("private, unprivileged", sys_mmap(NULL, page, RW, anonymous, -1, 0));
		say("a segment, unprivileged", SC3(__NR_shmget, IPC_PRIVATE, page, SHM_HUGETLB | 0600));
		exit_process(0);
	}
	wait_status(pid);
}

int main(int argc, char **argv)
{
	page = page_size();
	print("-- creating\n");
	creating();
	print("-- sealing\n");
	sealing();
	print("-- sizes\n");
	sizes();
	print("-- writes\n");
	writes();
	print("-- holes\n");
	holes();
	print("-- huge pages\n");
	huge_pages();
	print("-- huge files\n");
	huge_files();
	return 0;
}
