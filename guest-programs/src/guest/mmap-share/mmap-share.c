/*
 * mmap-share: file mappings. MAP_SHARED between processes and against read
 * and write, MAP_PRIVATE isolation, /dev/zero, SIGBUS after truncation,
 * msync, mremap (grow, refuse, move, fixed), MAP_FIXED_NOREPLACE, mincore,
 * and the errors of bad arguments.
 */
#include "text.h"

#define PAGES 4

static size_t page;
static struct jump recovery;
static siginfo_t seen;

static long new_file(size_t size)
{
	static const char name[] = "mmap-share.tmp";
	long fd = sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (is_error(fd))
		die(name, fd);
	sys_unlink(name);
	sys_ftruncate(fd, size);
	return fd;
}

static char *map_file(int fd, int prot, int flags, size_t len, long offset)
{
	long at = sys_mmap(NULL, len, prot, flags, fd, offset);

	if (is_error(at))
		die("mmap", at);
	return (char *)at;
}

static const char *place(long got, const void *wanted)
{
	return is_error(got) ? error_name(got) : got == (long)wanted ? "there" : "elsewhere";
}

static void between_processes(void)
{
	int fd = (int)new_file(PAGES * page), pid;
	volatile char *p = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, PAGES * page, 0);
	char byte = 0;

	p[0] = 'a';
	pid = fork_process();
	if (pid == 0) {
		volatile char *own = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, page, page);

		p[1] = p[0] + 1;
		own[0] = 'x';
		exit_process(0);
	}
	wait_status(pid);
	print("child's store seen: %c, through another mapping: %c\n", p[1], p[page]);
	sys_pread(fd, &byte, 1, page);
	print("read sees the store: %c\n", byte);
	sys_pwrite(fd, "w", 1, 2 * page + 7);
	print("the mapping sees write: %c\n", p[2 * page + 7]);
	print("msync: %s\n", error_name(sys_msync((void *)p, PAGES * page, MS_SYNC)));
	sys_munmap((void *)p, PAGES * page);
	sys_pread(fd, &byte, 1, 1);
	print("after munmap the file holds: %c\n", byte);
	sys_close(fd);
}

static void private_is_private(void)
{
	int fd = (int)new_file(2 * page);
	volatile char *priv = map_file(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE, 2 * page, 0);
	volatile char *shared = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * page, 0);

	shared[0] = '1';
	print("private before its own store: %c\n", priv[0]);
	priv[0] = '2';
	shared[0] = '3';
	shared[page] = '4';
	print("private after it: %c, its other page: %c, shared: %c\n", priv[0], priv[page], shared[0]);
	sys_madvise((void *)priv, page, MADV_DONTNEED);
	print("after MADV_DONTNEED: %c\n", priv[0]);
	sys_close(fd);
	sys_munmap((void *)priv, 2 * page);
	sys_munmap((void *)shared, 2 * page);
}

static void on_bus_error(int sig, siginfo_t *info, void *context)
{
	seen = *info;
	rt_longjmp(&recovery, 1);
}

static void touch_beyond(volatile char *p)
{
	if (rt_setjmp(&recovery) == 0) {
		*p = 1;
		print("no fault\n");
	} else {
		print("%s code %d at the address: %s\n", signal_name(seen.si_signo), seen.si_code,
		      seen.si_addr == (void *)p ? "yes" : "no");
	}
}

/* What /proc/self/maps calls the mapping at an address. */
static void called(const char *what, const volatile void *address)
{
	read_text("/proc/self/maps");
	for (const char *at = text; at && *at; at = next_line(at)) {
		const char *end = at;

		if (hex(&end) != (unsigned long)address)
			continue;
		while (*end && *end != '\n' && *end != '/')
			end++;
		print("%s: ", what);
		for (; *end && *end != '\n'; end++)
			print("%c", *end);
		print("\n");
	}
}

/* A mapping of /dev/zero is memory without a file: what two share is not the device. */
static void zeros(void)
{
	int fd = (int)sys_open("/dev/zero", O_RDWR, 0), pid;
	volatile char *one = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * page, 0);
	volatile char *other = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * page, page);
	volatile char *own = map_file(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE, 2 * page, 0);
	char byte = 9;

	sys_close(fd);
	called("shared", one);
	called("private", own);
	sys_mprotect((void *)own, page, PROT_READ);
	called("its other half", own + page);
	sys_mprotect((void *)own, page, PROT_READ | PROT_WRITE);
	print("zeros: %d %d %d\n", one[page], other[0], own[page]);
	print("behind the end that the offset leaves: ");
	touch_beyond(other + page);
	pid = fork_process();
	if (pid == 0) {
		one[0] = one[page] = '1';
		own[0] = '2';
		exit_process(0);
	}
	wait_status(pid);
	print("child's stores to a shared mapping: %c%c, to another: %d, to a private one: %d\n", one[0], one[page],
	      other[0], own[0]);
	own[page] = '3';
	sys_madvise((void *)one, page, MADV_DONTNEED);
	sys_madvise((void *)own, 2 * page, MADV_DONTNEED);
	print("given back, the shared one has %c, the private one %d\n", one[0], own[page]);
	fd = (int)sys_open("/dev/zero", O_RDONLY, 0);
	sys_read(fd, &byte, 1);
	print("read: %d, shared and writable without the right: %s\n", byte,
	      error_name(sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)));
	sys_close(fd);
	sys_munmap((void *)one, 2 * page);
	sys_munmap((void *)other, 2 * page);
	sys_munmap((void *)own, 2 * page);
}

static void truncation(void)
{
	int fd = (int)new_file(3 * page);
	volatile char *p = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 3 * page, 0);
	char byte = 'b';

	p[0] = p[page / 2 + 1] = p[2 * page] = 'z';
	sys_ftruncate(fd, page / 2);
	print("truncated to half a page: ");
	touch_beyond(p + 2 * page);
	print("within the last page: ");
	touch_beyond(p + page - 1);
	print("the tail was cleared: %d, the head kept: %c\n", p[page / 2 + 1], p[0]);
	sys_ftruncate(fd, 3 * page);
	print("grown again, the page reads %d: ", p[2 * page]);
	touch_beyond(p + 2 * page);
	sys_pread(fd, &byte, 1, page - 1);
	print("the byte stored past the end: %d\n", byte);
	sys_munmap((void *)p, 3 * page);
	sys_close(fd);
}

static void moving(void)
{
	char *block = map_anonymous(8 * page, PROT_NONE);
	char *p;
	long got;

	sys_munmap(block, 8 * page);
	p = (char *)sys_mmap(block, 2 * page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	print("fixed into the hole: %s\n", place((long)p, block));
	print("fixed over it, no replace: %s\n",
	      place(sys_mmap(block + page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
		    block + page));
	p[0] = 'p', p[page] = 'q';
	print("grow in place: %s\n", place(sys_mremap(p, 2 * page, 4 * page, 0, NULL), p));
	p[3 * page] = 'r';
	sys_mmap(block + 4 * page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	print("grow against a neighbour: %s\n", place(sys_mremap(p, 4 * page, 5 * page, 0, NULL), p));
	got = sys_mremap(p, 4 * page, 6 * page, MREMAP_MAYMOVE, NULL);
	print("grow with leave to move: %s\n", place(got, p));
	p = (char *)got;
	print("contents moved: %c%c%c, new page %d\n", p[0], p[page], p[3 * page], p[5 * page]);
	print("shrink: %s\n", place(sys_mremap(p, 6 * page, 2 * page, 0, NULL), p));
	got = sys_mremap(p, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, block);
	print("move to a fixed place: %s, contents %c%c\n", place(got, block), block[0], block[page]);
	print("old place is gone: %s\n", error_name(sys_msync(p, page, MS_ASYNC)));
	print("remap what is not mapped: %s\n", place(sys_mremap(p, page, 2 * page, MREMAP_MAYMOVE, NULL), p));
	print("remap onto itself: %s\n",
	      place(sys_mremap(block, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, block + page), p));
	sys_munmap(block, 8 * page);
}

static void residence(void)
{
	char *p = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	unsigned char vec[4] = { 9, 9, 9, 9 };
	long error;

	sys_madvise(p, 4 * page, MADV_NOHUGEPAGE);
	p[page] = 1;
	p[3 * page] = 1;
	error = sys_mincore(p, 4 * page, vec);
	print("mincore %s: %d %d %d %d\n", error_name(error), vec[0] & 1, vec[1] & 1, vec[2] & 1, vec[3] & 1);
	sys_munmap(p + 2 * page, page);
	print("mincore over a hole: %s\n", error_name(sys_mincore(p, 4 * page, vec)));
	print("mincore misaligned: %s\n", error_name(sys_mincore(p + 1, page, vec)));
	sys_munmap(p, 4 * page);
}

static void bad_arguments(void)
{
	char *p = map_anonymous(2 * page, PROT_READ);
	long fd = sys_open("/proc/self/exe", O_RDONLY, 0);

	print("length 0: %s\n", error_name(sys_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	print("misaligned offset: %s\n", error_name(sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE, (int)fd, 1)));
	print("misaligned fixed address: %s\n",
	      error_name(sys_mmap(p + 1, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	print("neither shared nor private: %s\n", error_name(sys_mmap(NULL, page, PROT_READ, MAP_ANONYMOUS, -1, 0)));
	print("closed descriptor: %s\n", error_name(sys_mmap(NULL, page, PROT_READ, MAP_PRIVATE, 99, 0)));
	print("shared and writable from a read-only file: %s\n",
	      error_name(sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0)));
	print("more than the address space: %s\n",
	      error_name(sys_mmap(NULL, 1UL << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	print("mprotect of a hole: %s\n", (sys_munmap(p + page, page), error_name(sys_mprotect(p, 2 * page, PROT_NONE))));
	print("munmap of a hole: %s, misaligned: %s, length 0: %s\n", error_name(sys_munmap(p + page, page)),
	      error_name(sys_munmap(p + 1, page)), error_name(sys_munmap(p, 0)));
	sys_munmap(p, page);
	sys_close((int)fd);
}

static long remap(void *at, size_t size, unsigned long prot, size_t pgoff, unsigned long flags)
{
	return SC5(__NR_remap_file_pages, at, size, prot, pgoff, flags);
}

/* remap_file_pages: emulated by mapping other pages of the file in their place. */
static void nonlinear(void)
{
	int fd = (int)new_file(PAGES * page);
	char *p = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED, PAGES * page, 0);
	char *own = map_file(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE, PAGES * page, 0);
	char *constant = map_file(fd, PROT_READ, MAP_SHARED, PAGES * page, 0);
	char *memory = (char *)sys_mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < PAGES; i++)
		p[i * page] = memory[i * page] = '0' + i;
	print("remapped: %s\n", error_name(remap(p, page, 0, 3, 0)));
	print("%c%c%c%c\n", p[0], p[page], p[2 * page], p[3 * page]);
	p[0] = 'x';
	print("the same page: %c\n", p[3 * page]);
	print("two pages, across mappings: %s\n", error_name(remap(p, 2 * page, 0, 1, 0)));
	print("swapped: %s %s\n", error_name(remap(p, page, 0, 2, 0)), error_name(remap(p + 2 * page, page, 0, 0, 0)));
	print("%c%c%c%c\n", p[0], p[page], p[2 * page], p[3 * page]);
	print("beyond the file: %s\n", error_name(remap(p + page, page, 0, 77, MAP_NONBLOCK)));
	touch_beyond(p + page);
	print("protection: %s\n", error_name(remap(p, page, PROT_READ, 0, 0)));
	print("nothing: %s, half a page: %s, a hole: %s\n", error_name(remap(p, 0, 0, 0, 0)),
	      error_name(remap(p, page / 2, 0, 0, 0)), error_name(remap((void *)page, page, 0, 0, 0)));
	print("not aligned: %s\n", error_name(remap(p + 5, page + 5, 0, 1, 0)));
	print("%c\n", p[0]);
	print("round the end: %s %s\n", error_name(remap(p, -page, 0, 0, 0)), error_name(remap(p, page, 0, -1, 0)));
	print("private: %s, read-only: %s\n", error_name(remap(own, page, 0, 1, 0)),
	      error_name(remap(constant, page, 0, 1, 0)));
	print("%c\n", constant[0]);
	print("without a file: %s, ", error_name(remap(memory, page, 0, 2, 0)));
	print("%c%c%c\n", memory[0], memory[page], memory[2 * page]);
	sys_munmap(p, PAGES * page);
	sys_close(fd);
}

int main(int argc, char **argv)
{
	page = page_size();
	signal_handle(SIGBUS, on_bus_error, SA_NODEFER, 0);
	between_processes();
	private_is_private();
	zeros();
	truncation();
	moving();
	residence();
	bad_arguments();
	nonlinear();
	return 0;
}
