/*
 * file-busy: a lock on a file that only a mapping keeps open. It goes with the
 * last mapping: munmap returns when the file has been released. A kernel that
 * releases the files of mappings later, because page faults may be looking at
 * them without a lock, still has it locked then. There must be a second
 * thread, for alone no fault would do so.
 *
 *   file-busy
 */
#include "rt.h"

#define LOCK_EX	2
#define LOCK_NB	4
#define LOCK_UN	8

static struct turnstile over = { .parties = 2 };

static int wait_for_the_end(void *unused)
{
	turnstile_wait(&over);
	return 0;
}

static int open_file(const char *name)
{
	long fd = sys_open(name, O_RDWR | O_CREAT, 0600);

	if (is_error(fd))
		die(name, fd);
	return (int)fd;
}

/* Says whether the file could be locked through this descriptor now. */
static void look(const char *when, int fd)
{
	long got = SC2(__NR_flock, fd, LOCK_EX | LOCK_NB);

	print("%s: %s\n", when, is_error(got) ? error_name(got) : "free");
	SC2(__NR_flock, fd, LOCK_UN);
}

int main(int argc, char **argv)
{
	static const char name[] = "file-busy.tmp";
	static struct thread second;
	size_t page = page_size();
	int locked = open_file(name), other = open_file(name);
	long memory;

	thread_start(&second, wait_for_the_end, NULL);
	sys_unlink(name);
	sys_ftruncate(locked, page);
	memory = sys_mmap(NULL, page, PROT_READ, MAP_SHARED, locked, 0);
	if (is_error(memory))
		die("mmap", memory);
	look("unlocked", other);
	SC2(__NR_flock, locked, LOCK_EX);
	look("locked", other);
	sys_close(locked);
	look("closed, still mapped", other);
	sys_munmap((void *)memory, page);
	look("unmapped", other);
	sleep_ms(100);
	look("100 ms later", other);
	turnstile_wait(&over);
	thread_join(&second);
	return 0;
}
