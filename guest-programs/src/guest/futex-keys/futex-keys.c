/*
 * futex-keys: what waiters and wakers of a futex agree on. A private word is
 * known by its address; one that may be shared by its page: by the file, if
 * it is a file's, else by the address again, and the two kinds never meet.
 * The page is looked up for a store first, so that a private one is copied.
 */
#include "rt.h"

static size_t page;

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

struct waiter {
	int *word;
	int op;
	long millis;
	volatile int over;
};

static int waits(void *arg)
{
	struct waiter *w = arg;
	struct timespec limit = { w->millis / 1000, w->millis % 1000 * 1000000 };

	sys_futex(w->word, w->op, *w->word, &limit);
	w->over = 1;
	return 0;
}

/*
 * One thread waits by one name of a word, for so long, another wakes it by another until it has woken it or the first
 * has given up: was it woken?
 */
static void meet_for(long millis, const char *what, int *word, int op, int *other, int other_op)
{
	struct waiter w = { word, op, millis, 0 };
	struct thread t;
	long woken = 0;

	thread_start(&t, waits, &w);
	while (woken == 0 && !w.over) {
		sleep_ms(10);
		woken = sys_futex(other, other_op, 1, NULL);
	}
	thread_join(&t);
	print(" %s: %s", what, is_error(woken) ? error_name(woken) : woken == 1 ? "woken" : "missed");
}

/* On a machine that has much else to do, it takes its time. */
static void meet(const char *what, int *word, int op, int *other, int other_op)
{
	meet_for(20000, what, word, op, other, other_op);
}

static void miss(const char *what, int *word, int op, int *other, int other_op)
{
	meet_for(300, what, word, op, other, other_op);
}

static int file_of(const char *name)
{
	int fd = (int)sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || sys_ftruncate(fd, 2 * page) < 0)
		die("file", fd);
	return fd;
}

static int *map_file(int fd, int prot, int flags)
{
	void *at = (void *)sys_mmap(NULL, 2 * page, prot, flags, fd, 0);

	if (is_map_failed(at))
		die("mmap", (long)at);
	return at;
}

int main(int argc, char **argv)
{
	int *word, *one, *two, *private, *read_only, *zero;
	int fd, pid;

	(void)argc;
	(void)argv;
	page = page_size();
	word = map_anonymous(page, PROT_READ | PROT_WRITE);
	zero = map_anonymous(page, PROT_READ);
	fd = file_of("futex-keys.tmp");
	one = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
	two = map_file(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
	private = map_file(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	read_only = map_file(fd, PROT_READ, MAP_PRIVATE);

	print("anonymous:");
	meet("private", word, FUTEX_WAIT_PRIVATE, word, FUTEX_WAKE_PRIVATE);
	meet("shared", word, FUTEX_WAIT, word, FUTEX_WAKE);
	miss("private, shared", word, FUTEX_WAIT_PRIVATE, word, FUTEX_WAKE);
	miss("shared, private", word, FUTEX_WAIT, word, FUTEX_WAKE_PRIVATE);
	end_line();
	print("file:");
	meet("two mappings", one, FUTEX_WAIT, two, FUTEX_WAKE);
	miss("two mappings, private", one, FUTEX_WAIT_PRIVATE, two, FUTEX_WAKE_PRIVATE);
	miss("another word", one, FUTEX_WAIT, two + 1, FUTEX_WAKE);
	miss("another page", one, FUTEX_WAIT, two + page / sizeof(int), FUTEX_WAKE);
	end_line();
	print("private mappings of it:");
	meet("read-only", one, FUTEX_WAIT, read_only, FUTEX_WAKE);
	meet("waits read-only", read_only, FUTEX_WAIT, one, FUTEX_WAKE);
	miss("writable", one, FUTEX_WAIT, private, FUTEX_WAKE);
	*one = 5;
	say("copied by it", *private);
	end_line();
	print("errors:");
	say("odd", sys_futex((int *)((char *)word + 1), FUTEX_WAKE, 1, NULL));
	say("odd, private", sys_futex((int *)((char *)word + 1), FUTEX_WAKE_PRIVATE, 1, NULL));
	say("nothing there", sys_futex((int *)4096, FUTEX_WAKE, 1, NULL));
	say("nothing there, private", sys_futex((int *)4096, FUTEX_WAKE_PRIVATE, 1, NULL));
	say("kernel", sys_futex((int *)-4096L, FUTEX_WAKE, 1, NULL));
	say("kernel, private", sys_futex((int *)-4096L, FUTEX_WAKE_PRIVATE, 1, NULL));
	say("never written", sys_futex(zero, FUTEX_WAKE, 1, NULL));
	say("never written, private", sys_futex(zero, FUTEX_WAKE_PRIVATE, 1, NULL));
	sys_mprotect(word, page, PROT_READ);
	say("read-only", sys_futex(word, FUTEX_WAKE, 1, NULL));
	sys_mprotect(word, page, PROT_NONE);
	say("forbidden", sys_futex(word, FUTEX_WAKE, 1, NULL));
	sys_mprotect(word, page, PROT_READ | PROT_WRITE);
	say("second read-only", SC6(__NR_futex, word, FUTEX_WAKE_OP, 1, 1, read_only, 0));
	sys_ftruncate(fd, page);
	say("cut off", sys_futex(one + page / sizeof(int), FUTEX_WAKE, 1, NULL));
	say("cut off, read-only", sys_futex(read_only + page / sizeof(int), FUTEX_WAKE, 1, NULL));
	end_line();
	print("processes:");
	*one = 0;
	pid = (int)fork_process();
	if (pid == 0) {
		struct timespec limit = { 5, 0 };

		exit_process(sys_futex(two, FUTEX_WAIT, 0, &limit) == 0 ? 0 : 1);
	}
	while (sys_futex(one, FUTEX_WAKE, 1, NULL) == 0)
		sleep_ms(1);
	say("woken", wait_status(pid));
	end_line();
	sys_close(fd);
	sys_unlink("futex-keys.tmp");
	return 0;
}
