/*
 * direct-io: reads and writes past the page cache (O_DIRECT): what must be
 * aligned, what ends at the end of the file, partial results where a buffer
 * ends, and that mappings and buffered reads see the same file.
 */
#include "rt.h"

#define PAGES	6
#define SECTOR	512

static size_t page;
static char *buffer;

static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what, error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

/* Byte i of the file is this. */
static char byte_of(long at)
{
	return (char)(at / SECTOR * 7 + at % 61);
}

static int is_good(const char *what, long at, long n)
{
	for (long i = 0; i < n; i++)
		if (what[i] != byte_of(at + i))
			return 0;
	return 1;
}

static int open_file(int flags)
{
	int fd = (int)sys_open("direct-io.tmp", flags, 0600);

	if (fd < 0)
		die("open", fd);
	return fd;
}

static void make(long size)
{
	int fd = open_file(O_RDWR | O_CREAT | O_TRUNC);

	for (long at = 0; at < size; at++)
		buffer[at] = byte_of(at);
	if (sys_write(fd, buffer, size) != size)
		die("write", 0);
	sys_close(fd);
	memset(buffer, 0x55, PAGES * page);
}

static void reading(void)
{
	long size = 4 * 4096 + 3 * SECTOR + 100;
	int fd;

	make(size);
	fd = open_file(O_RDONLY | O_DIRECT);
	print("reading:");
	say("a sector", sys_pread(fd, buffer, SECTOR, SECTOR));
	say("good", is_good(buffer, SECTOR, SECTOR));
	say("behind it", buffer[SECTOR]);
	say("across pages", sys_pread(fd, buffer + SECTOR, 8192, 3 * SECTOR));
	say("good", is_good(buffer + SECTOR, 3 * SECTOR, 8192));
	say("to the end", sys_pread(fd, buffer, 8192, 4 * 4096));
	say("good", is_good(buffer, 4 * 4096, 3 * SECTOR + 100));
	say("at the end", sys_pread(fd, buffer, 4096, 6 * 4096));
	say("odd, at the end", sys_pread(fd, buffer + 1, 77, 6 * 4096 + 1));
	say("nothing", sys_pread(fd, buffer + 1, 0, 1));
	end_line();
	print("alignment:");
	say("offset", sys_pread(fd, buffer, SECTOR, 100));
	say("length", sys_pread(fd, buffer, 100, 0));
	say("nowhere", sys_pread(fd, (void *)8192, SECTOR, 0));
	end_line();
	print("position:");
	say("first", sys_read(fd, buffer, SECTOR));
	say("second", sys_read(fd, buffer, SECTOR));
	say("good", is_good(buffer, SECTOR, SECTOR));
	say("position", SC3(__NR_lseek, fd, 0, 1));
	say("rest", sys_read(fd, buffer, PAGES * page));
	say("position", SC3(__NR_lseek, fd, 0, 1));
	say("end", sys_read(fd, buffer, SECTOR));
	end_line();
	sys_close(fd);
}

static void buffers(void)
{
	struct iovec { void *base; size_t bytes; } parts[2];
	char *hole = map_anonymous(2 * page, PROT_READ | PROT_WRITE);
	char *readable = map_anonymous(page, PROT_READ);
	int fd = open_file(O_RDONLY | O_DIRECT), null;

	sys_munmap(hole + page, page);
	print("buffers:");
	parts[0].base = buffer + page;
	parts[0].bytes = 2 * SECTOR;
	parts[1].base = buffer;
	parts[1].bytes = 3 * SECTOR;
	memset(buffer, 0, 2 * page);
	say("two", SC5(__NR_preadv, fd, parts, 2, SECTOR, 0));
	say("good", is_good(buffer + page, SECTOR, 2 * SECTOR) && is_good(buffer, 3 * SECTOR, 3 * SECTOR));
	say("read-only", sys_pread(fd, readable, SECTOR, 0));
	say("never touched", sys_pread(fd, hole, SECTOR, 0));
	say("good", is_good(hole, 0, SECTOR));
	parts[0].base = hole;
	parts[0].bytes = 2 * SECTOR;
	parts[1].base = buffer;
	parts[1].bytes = 100;
	say("second is odd", SC5(__NR_preadv, fd, parts, 2, 0, 0));
	end_line();
	sys_close(fd);
	print("who can:");
	null = (int)sys_open("/dev/null", O_RDONLY | O_DIRECT, 0);
	say("a device", null);
	say("proc", sys_open("/proc/self/stat", O_RDONLY | O_DIRECT, 0));
	null = (int)sys_open("/dev/null", O_RDONLY, 0);
	say("later", sys_fcntl(null, F_SETFL, O_DIRECT));
	sys_close(null);
	fd = open_file(O_RDONLY);
	say("a file later", sys_fcntl(fd, F_SETFL, O_DIRECT));
	say("odd", sys_pread(fd, buffer, 100, 0));
	say("buffered again", sys_fcntl(fd, F_SETFL, 0));
	say("odd", sys_pread(fd, buffer, 100, 0));
	sys_close(fd);
	end_line();
}

static void writing(void)
{
	int fd, other;
	char *mapped;
	long before, got;

	make(4 * 4096);
	fd = open_file(O_RDWR | O_DIRECT);
	other = open_file(O_RDWR);
	mapped = (char *)sys_mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
	print("writing:");
	/* A store through a mapping is read past the cache. */
	mapped[4096] = 77;
	say("read", sys_pread(fd, buffer, SECTOR, 4096));
	say("stored", buffer[0]);
	/* A write past the cache is seen by those who use it. */
	memset(buffer, 33, 2 * SECTOR);
	say("write", sys_pwrite(fd, buffer, 2 * SECTOR, 4096));
	say("mapped", mapped[4096]);
	say("buffered", sys_pread(other, buffer + page, SECTOR, 4096 + SECTOR));
	say("is", buffer[page]);
	say("next", sys_pread(other, buffer + page, SECTOR, 4096 + 2 * SECTOR));
	say("good", is_good(buffer + page, 4096 + 2 * SECTOR, SECTOR));
	end_line();
	print("growing:");
	say("append", sys_pwrite(fd, buffer, SECTOR, 4 * 4096 + SECTOR));
	say("size", SC3(__NR_lseek, fd, 0, 2));
	before = sys_pread(other, buffer + page, 2 * SECTOR, 4 * 4096);
	say("read", before);
	say("hole", buffer[page]);
	say("then", buffer[page + SECTOR]);
	say("odd offset", sys_pwrite(fd, buffer, SECTOR, 1));
	say("odd length", sys_pwrite(fd, buffer, 1, 0));
	say("nowhere", sys_pwrite(fd, (void *)8192, SECTOR, 0));
	say("nothing", sys_pwrite(fd, buffer + 1, 0, 1));
	end_line();
	print("one file as the buffer of the other:");
	got = sys_pread(fd, mapped + 2 * 4096, SECTOR, 0);
	say("read", got);
	say("good", is_good(mapped + 2 * 4096, 0, SECTOR));
	say("synced", sys_msync(mapped, 4 * 4096, MS_SYNC));
	say("read again", sys_pread(fd, buffer, SECTOR, 2 * 4096));
	say("good", is_good(buffer, 0, SECTOR));
	end_line();
	sys_close(fd);
	sys_close(other);
}

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	page = page_size();
	buffer = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	reading();
	buffers();
	writing();
	sys_unlink("direct-io.tmp");
	return 0;
}
