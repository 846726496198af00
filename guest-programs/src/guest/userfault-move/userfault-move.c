/*
 * userfault-move: pages that are moved to where faults wait for them, by
 * UFFDIO_MOVE, and userfaultfds from /dev/userfaultfd.
 */
#include <linux/ioctl.h>
#include <linux/userfaultfd.h>

#include "rt.h"

/* What Debian 12's headers do not know yet. */
struct move {
	uint64_t to, from, length, mode;
	int64_t moved;
};

#define MOVE		_IOWR(UFFDIO, 5, struct move)
#define IOC_NEW		_IO(UFFDIO, 0)
#define FEATURE_MOVE	(1 << 16)
#define DONTWAKE	1
#define ALLOW_HOLES	2
#define PAGES		8
#define FAR		(64UL << 20)	/* of more tables than one, whatever the size of a page */
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

static size_t page;
static char *from, *to;
static int handler;

static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what,
		      result == -EBUSY ? "EBUSY" : result == -ENOTTY ? "ENOTTY" : error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

static int shaken(int fd, unsigned long features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	long result = is_error(fd) ? fd : SC3(__NR_ioctl, fd, UFFDIO_API, &api);

	if (is_error(result))
		die("userfaultfd", result);
	return fd;
}

static long try_register(void *at, long pages, unsigned long *ioctls)
{
	struct uffdio_register arg = { .range = { (unsigned long)at, pages * page },
		.mode = UFFDIO_REGISTER_MODE_MISSING };
	long result = SC3(__NR_ioctl, handler, UFFDIO_REGISTER, &arg);

	if (ioctls)
		*ioctls = arg.ioctls;
	return result;
}

/* Fresh mappings, apart from each other; the source's first pages hold their numbers. */
static void lay_out(int filled)
{
	char *room = map_anonymous((2 * PAGES + 4) * page, PROT_READ | PROT_WRITE);

	sys_madvise(room, (2 * PAGES + 4) * page, MADV_NOHUGEPAGE);
	from = room + page;
	to = room + (PAGES + 3) * page;
	sys_munmap(room, page);
	sys_munmap(from + PAGES * page, 2 * page);
	for (int i = 0; i < filled; i++)
		from[i * page] = (char)(i + 1);
	if (is_error(try_register(to, PAGES, NULL)))
		die("UFFDIO_REGISTER", 0);
}

static long moved;

static long move(long target, long source, long pages, uint64_t mode)
{
	struct move arg = { (uint64_t)to + target * page, (uint64_t)from + source * page, pages * page, mode, 0x5555 };
	long result = SC3(__NR_ioctl, handler, MOVE, &arg);

	moved = arg.moved;
	return result;
}

static void tell(const char *what, long result)
{
	say(what, result);
	if (moved < 0)
		print(" (%s)", moved == -EBUSY ? "EBUSY" : error_name(moved));
	else if (moved == 0x5555)
		print(" (-)");
	else
		print(" (%ld)", moved / (long)page);
}

static int is_there(const char *at)
{
	uint64_t entry = 0;
	int fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);

	sys_pread(fd, &entry, 8, (long)((unsigned long)at / page * 8));
	sys_close(fd);
	return (int)(entry >> 63);
}

static void moving(void)
{
	lay_out(4);
	print("moving:");
	tell("one", move(0, 0, 1, 0));
	say("is", to[0]);
	say("source", is_there(from));
	to[0] = 9;
	say("stored", to[0]);
	tell("three", move(1, 1, 3, 0));
	say("are", to[page] * 100 + to[2 * page] * 10 + to[3 * page]);
	tell("from a hole", move(4, 4, 1, 0));
	tell("allowed", move(4, 4, 1, ALLOW_HOLES));
	say("target", is_there(to + 4 * page));
	tell("onto a page", move(0, 5, 1, ALLOW_HOLES));
	from[5 * page] = 6;
	tell("onto a page", move(0, 5, 1, 0));
	tell("two, the second a hole", move(5, 5, 2, 0));
	say("is", to[5 * page]);
	say("zero page", *(volatile char *)(from + 7 * page));
	tell("moved", move(7, 7, 1, 0));
	say("is", to[7 * page]);
	to[7 * page] = 7;
	say("stored", to[7 * page]);
	end_line();
}

/* Where nothing ever was there is no table of PTEs either: the target is looked at all the same. */
static void far_holes(void)
{
	lay_out(1);
	print("far holes:");
	tell("one", move(0, 0, 1, 0));
	from = map_anonymous(FAR, PROT_READ | PROT_WRITE) + FAR / 2;
	tell("not allowed", move(1, 0, 1, 0));
	tell("allowed", move(1, 0, 1, ALLOW_HOLES));
	say("target", is_there(to + page));
	tell("onto a page", move(0, 0, 1, ALLOW_HOLES));
	say("is", to[0]);
	end_line();
}

static void shared_pages(void)
{
	int pid, pipe[2];
	char c = 0;

	lay_out(3);
	print("shared:");
	sys_pipe2(pipe, 0);
	pid = (int)fork_process();
	if (pid == 0) {
		sys_read(pipe[0], &c, 1);
		exit_process(0);
	}
	tell("with a child", move(0, 0, 1, 0));
	tell("and others", move(0, 0, 3, 0));
	from[0] = 5;
	tell("copied by a store", move(0, 0, 2, 0));
	say("is", to[0]);
	sys_write(pipe[1], &c, 1);
	wait_status(pid);
	end_line();
}

static int waits(void *arg)
{
	return *(volatile char *)arg;
}

static void waking(void)
{
	struct thread t;
	struct uffd_msg message;
	struct uffdio_range range;

	lay_out(2);
	print("waking:");
	thread_start(&t, waits, to);
	say("read", sys_read(handler, &message, sizeof(message)));
	say("event", message.event == UFFD_EVENT_PAGEFAULT);
	tell("move", move(0, 0, 1, 0));
	say("saw", thread_join(&t));
	thread_start(&t, waits, to + page);
	say("read", sys_read(handler, &message, sizeof(message)));
	tell("not woken", move(1, 1, 1, DONTWAKE));
	range.start = (unsigned long)to + page;
	range.len = page;
	say("wake", SC3(__NR_ioctl, handler, UFFDIO_WAKE, &range));
	say("saw", thread_join(&t));
	end_line();
}

static void errors(void)
{
	struct move arg;
	char *shared;
	int pid;

	lay_out(4);
	print("errors:");
	tell("mode", move(0, 0, 1, 4));
	tell("nothing", move(0, 0, 0, 0));
	arg = (struct move) { (uint64_t)to + 1, (uint64_t)from, page, 0, 0 };
	say("odd target", SC3(__NR_ioctl, handler, MOVE, &arg));
	arg = (struct move) { (uint64_t)to, (uint64_t)from + 1, page, 0, 0 };
	say("odd source", SC3(__NR_ioctl, handler, MOVE, &arg));
	arg = (struct move) { (uint64_t)to, (uint64_t)from, page + 1, 0, 0 };
	say("odd length", SC3(__NR_ioctl, handler, MOVE, &arg));
	say("no argument", SC3(__NR_ioctl, handler, MOVE, 8));
	tell("behind the source", move(0, PAGES - 1, 2, ALLOW_HOLES));
	tell("behind the target", move(PAGES - 1, 0, 2, 0));
	tell("no source", move(0, PAGES, 1, 0));
	tell("no target", move(PAGES, 0, 1, 0));
	arg = (struct move) { (uint64_t)from + 4 * page, (uint64_t)from, page, 0, 0 };
	say("not handled", SC3(__NR_ioctl, handler, MOVE, &arg));
	sys_mprotect(from, page, PROT_READ);
	tell("other rights", move(0, 0, 1, 0));
	sys_mprotect(from, page, PROT_READ | PROT_WRITE);
	SC2(__NR_mlock, from, page);
	tell("locked", move(0, 0, 1, 0));
	SC2(__NR_munlock, from, page);
	shared = (char *)sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared[0] = 1;
	arg = (struct move) { (uint64_t)to, (uint64_t)shared, page, 0, 0 };
	say("shared memory", SC3(__NR_ioctl, handler, MOVE, &arg));
	pid = (int)fork_process();
	if (pid == 0) {
		tell("another's", move(0, 0, 1, 0));
		exit_process(0);
	}
	wait_status(pid);
	end_line();
}

static void device(void)
{
	int dev = (int)sys_open("/dev/userfaultfd", O_RDWR | O_CLOEXEC, 0), fd, pid;
	struct uffdio_api api = { .api = UFFD_API };

	print("device:");
	say("opened", dev >= 0);
	fd = (int)SC3(__NR_ioctl, dev, IOC_NEW, O_NONBLOCK | O_CLOEXEC);
	say("new", fd >= 0);
	say("close on exec", sys_fcntl(fd, F_GETFD, 0));
	say("non-blocking", (sys_fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0);
	say("api", SC3(__NR_ioctl, fd, UFFDIO_API, &api));
	say("moves", (api.features & FEATURE_MOVE) != 0);
	say("user mode only", SC3(__NR_ioctl, dev, IOC_NEW, 1) >= 0);
	say("flags", SC3(__NR_ioctl, dev, IOC_NEW, 2));
	say("another command", SC3(__NR_ioctl, dev, IOC_NEW + 1, 0));
	say("a userfaultfd's", SC3(__NR_ioctl, dev, UFFDIO_API, &api));
	pid = (int)fork_process();
	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		say("unprivileged", SC1(__NR_userfaultfd, 0));
		say("by an open device", SC3(__NR_ioctl, dev, IOC_NEW, 0) >= 0);
		say("opening it", sys_open("/dev/userfaultfd", O_RDWR, 0));
		exit_process(0);
	}
	wait_status(pid);
	end_line();
}

int main(int argc, char **argv)
{
	unsigned long ioctls = 0;

	(void)argc;
	(void)argv;
	page = page_size();
	handler = shaken((int)SC1(__NR_userfaultfd, 0), FEATURE_MOVE);
	to = map_anonymous(page, PROT_READ | PROT_WRITE);
	say("offered", try_register(to, 1, &ioctls) == 0 && (ioctls >> 5 & 1));
	end_line();
	moving();
	far_holes();
	shared_pages();
	waking();
	errors();
	device();
	return 0;
}
