/*
 * userfault: faults that the program itself handles, through userfaultfd.
 *
 *   userfault TOPIC...	what is to be shown; see the table at the end
 *
 * Addresses are told as pages behind the beginning of the mapping, sizes in
 * pages. What is read is told by the thread that reads, so that the order is
 * the same in every run.
 */
#include <linux/ioctl.h>
#include <linux/memfd.h>
#include <linux/userfaultfd.h>

#include "rt.h"

/* What Debian 12's headers do not know yet. */
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED	(1 << 13)
#endif
#ifndef UFFD_FEATURE_POISON
#define UFFD_FEATURE_POISON		(1 << 14)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC		(1 << 15)
#endif
#define POISON_NUMBER	8

struct poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#define POISON_COMMAND	_IOWR(UFFDIO, POISON_NUMBER, struct poison)

/* Features that are offered on every architecture. */
#define EVERYWHERE	0x49feUL & ~0x600UL

static size_t page;
static char *source;	/* two pages: one of 'a', one of 'b' */

/* " what: 5" or " what: EINVAL". */
static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what, result == -EBUSY ? "EBUSY" : error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

static long command(int fd, unsigned long number, void *argument)
{
	return SC3(__NR_ioctl, fd, number, argument);
}

static int bare(int flags)
{
	long fd = SC1(__NR_userfaultfd, flags);

	if (is_error(fd))
		die("userfaultfd", fd);
	return (int)fd;
}

static int opened(int flags, unsigned long features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = bare(flags);
	long result = command(fd, UFFDIO_API, &api);

	if (is_error(result))
		die("UFFDIO_API", result);
	return fd;
}

static long try_register(int fd, void *at, size_t length, unsigned long mode, unsigned long *ioctls)
{
	struct uffdio_register arg = { .range = { (unsigned long)at, length }, .mode = mode };
	long result = command(fd, UFFDIO_REGISTER, &arg);

	if (ioctls)
		*ioctls = arg.ioctls;
	return result;
}

static void handled(int fd, void *at, long pages, unsigned long mode)
{
	long result = try_register(fd, at, pages * page, mode, NULL);

	if (is_error(result))
		die("UFFDIO_REGISTER", result);
}

static long unregister(int fd, void *at, size_t length)
{
	struct uffdio_range range = { (unsigned long)at, length };

	return command(fd, UFFDIO_UNREGISTER, &range);
}

static long wake(int fd, void *at, size_t length)
{
	struct uffdio_range range = { (unsigned long)at, length };

	return command(fd, UFFDIO_WAKE, &range);
}

/* How far the last one of these came, in pages, or as an error. */
static long far;

static void note(long done)
{
	far = is_error(done) ? done : done / (long)page;
}

static long copy(int fd, void *to, const void *from, size_t length, unsigned long mode)
{
	struct uffdio_copy arg = {
		.dst = (unsigned long)to, .src = (unsigned long)from, .len = length, .mode = mode, .copy = 77 * page
	};
	long result = command(fd, UFFDIO_COPY, &arg);

	note(arg.copy);
	return result;
}

static long zero(int fd, void *at, size_t length, unsigned long mode)
{
	struct uffdio_zeropage arg = { .range = { (unsigned long)at, length }, .mode = mode, .zeropage = 77 * page };
	long result = command(fd, UFFDIO_ZEROPAGE, &arg);

	note(arg.zeropage);
	return result;
}

static long go_on(int fd, void *at, size_t length, unsigned long mode)
{
	struct uffdio_continue arg = { .range = { (unsigned long)at, length }, .mode = mode, .mapped = 77 * page };
	long result = command(fd, UFFDIO_CONTINUE, &arg);

	note(arg.mapped);
	return result;
}

static long poison(int fd, void *at, size_t length, unsigned long mode)
{
	struct poison arg = { .range = { (unsigned long)at, length }, .mode = mode, .updated = 77 * page };
	long result = command(fd, POISON_COMMAND, &arg);

	note(arg.updated);
	return result;
}

static long protect(int fd, void *at, size_t length, unsigned long mode)
{
	struct uffdio_writeprotect arg = { .range = { (unsigned long)at, length }, .mode = mode };

	return command(fd, UFFDIO_WRITEPROTECT, &arg);
}

static char *anonymous(long pages)
{
	char *at = map_anonymous(pages * page, PROT_READ | PROT_WRITE);

	sys_madvise(at, pages * page, MADV_NOHUGEPAGE);
	return at;
}

static int memory_file(long pages)
{
	long fd = SC2(__NR_memfd_create, "userfault", 0);

	if (is_error(fd) || is_error(sys_ftruncate((int)fd, pages * page)))
		die("memfd", fd);
	return (int)fd;
}

static char *map_file(int fd, long pages, int flags)
{
	char *at = (char *)sys_mmap(NULL, pages * page, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (is_map_failed(at))
		die("mmap", (long)at);
	return at;
}

/* Reads one message and tells it; addresses are relative to base. */
static char *hear(int fd, char *base)
{
	struct uffd_msg msg;
	long got = sys_read(fd, &msg, sizeof(msg));
	unsigned long flags = msg.arg.pagefault.flags;

	if (got != sizeof(msg)) {
		say("read", got);
		return NULL;
	}
	switch (msg.event) {
	case UFFD_EVENT_PAGEFAULT:
		print(" fault%s%s%s at %ld", flags & UFFD_PAGEFAULT_FLAG_WRITE ? " write" : "",
		      flags & UFFD_PAGEFAULT_FLAG_WP ? " wp" : "",
		      flags & 4 ? " minor" : "",
		      (long)(msg.arg.pagefault.address - (unsigned long)base) / (long)page);
		return (char *)msg.arg.pagefault.address;
	case UFFD_EVENT_FORK:
		print(" fork");
		return (char *)(long)msg.arg.fork.ufd;
	case UFFD_EVENT_REMAP:
		print(" remap of %ld", (long)(msg.arg.remap.len / page));
		return (char *)msg.arg.remap.to;
	case UFFD_EVENT_REMOVE:
		print(" remove %ld to %ld", (long)(msg.arg.remove.start - (unsigned long)base) / (long)page,
		      (long)(msg.arg.remove.end - (unsigned long)base) / (long)page);
		return (char *)msg.arg.remove.start;
	case UFFD_EVENT_UNMAP:
		print(" unmap %ld to %ld", (long)(msg.arg.remove.start - (unsigned long)base) / (long)page,
		      (long)(msg.arg.remove.end - (unsigned long)base) / (long)page);
		return (char *)msg.arg.remove.start;
	default:
		print(" event %x", msg.event);
		return NULL;
	}
}

/* What a thread does while the main thread handles its faults. */
struct job {
	struct thread thread;
	long (*what)(struct job *);
	char *at;
	long value;
	int fd;
	volatile int tid;
	volatile long result;
};

static int run(void *arg)
{
	struct job *job = arg;

	job->tid = sys_gettid();
	job->result = job->what(job);
	return 0;
}

static void start(struct job *job, long (*what)(struct job *), void *at, long value)
{
	job->what = what;
	job->at = at;
	job->value = value;
	thread_start(&job->thread, run, job);
}

static long finish(struct job *job)
{
	thread_join(&job->thread);
	return job->result;
}

static long load(struct job *job)
{
	return *(volatile char *)job->at;
}

static long store(struct job *job)
{
	*(volatile char *)job->at = (char)job->value;
	return *(volatile char *)job->at;
}

static long write_out(struct job *job)
{
	return sys_write(job->fd, job->at, job->value);
}

static long forget(struct job *job)
{
	return sys_madvise(job->at, job->value * page, MADV_DONTNEED);
}

static long punch(struct job *job)
{
	return sys_madvise(job->at, job->value * page, MADV_REMOVE);
}

static long unmap(struct job *job)
{
	return sys_munmap(job->at, job->value * page);
}

static long move(struct job *job)
{
	char *to = (char *)sys_mremap(job->at, job->value * page, job->value * page, MREMAP_MAYMOVE | MREMAP_FIXED,
				     job->at - job->value * page);

	return is_map_failed(to) ? (long)to : to == job->at - job->value * page;
}

static long fork_and_load(struct job *job)
{
	int pid = (int)fork_process();

	if (pid == 0)
		exit_process(*(volatile char *)job->at);
	return wait_status(pid);
}

/* Topics. */

static long polled(int fd)
{
	struct pollfd poll = { .fd = fd, .events = POLLIN };
	struct timespec none = { 0, 0 };
	long n = SC5(__NR_ppoll, &poll, 1, &none, NULL, 0);

	return is_error(n) ? n : poll.revents;
}

static void say_api(const char *what, int fd, unsigned long api, unsigned long features)
{
	struct uffdio_api arg = { .api = api, .features = features, .ioctls = 5 };

	say(what, command(fd, UFFDIO_API, &arg));
	print(" (%lx %lx %lx)", (unsigned long)arg.api, (unsigned long)arg.features & (EVERYWHERE),
	      (unsigned long)arg.ioctls);
}

static void api(void)
{
	struct uffd_msg msg;
	int fd, pid;

	print("api:");
	say("flags", SC1(__NR_userfaultfd, 8));
	fd = bare(O_CLOEXEC);
	say("cloexec", sys_fcntl(fd, F_GETFD, 0));
	say("mode", sys_fcntl(fd, F_GETFL, 0) & (O_ACCMODE | O_NONBLOCK));
	say("early read", sys_read(fd, &msg, sizeof(msg)));
	say("early poll", polled(fd));
	say("early register", try_register(fd, source, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("write", sys_write(fd, &msg, sizeof(msg)));
	end_line();
	print("handshake:");
	say_api("version", fd, UFFD_API + 1, 0);
	say_api("unknown", fd, UFFD_API, 1UL << 40);
	say("nowhere", command(fd, UFFDIO_API, NULL));
	say_api("good", fd, UFFD_API, 0);
	say_api("again", fd, UFFD_API, 0);
	say("unknown command", command(fd, _IO(UFFDIO, 0x30), NULL));
	end_line();
	print("reading:");
	say("short", sys_read(fd, &msg, sizeof(msg) - 1));
	say("poll", polled(fd));
	sys_close(fd);
	fd = opened(O_NONBLOCK, 0);
	say("nothing", sys_read(fd, &msg, sizeof(msg)));
	say("poll", polled(fd));
	sys_close(fd);
	end_line();
	print("unprivileged:");
	pid = fork_process();
	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		say("all", SC1(__NR_userfaultfd, 0));
		say("all, flags", SC1(__NR_userfaultfd, 8));
		fd = bare(UFFD_USER_MODE_ONLY);
		say_api("forks", fd, UFFD_API, UFFD_FEATURE_EVENT_FORK);
		say_api("plain", fd, UFFD_API, 0);
		end_line();
		exit_process(0);
	}
	wait_status(pid);
}

/* Whether the VmFlags of the mapping at an address have a word. */
static int has_flag(const char *at, const char *word)
{
	static char text[1 << 17];
	char start[20];
	long n = 0, got;
	int fd = (int)sys_open("/proc/self/smaps", O_RDONLY, 0), digits = 0;
	unsigned long value = (unsigned long)at;

	while ((got = sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	sys_close(fd);
	for (int shift = 60; shift >= 0; shift -= 4)
		if (digits || (value >> shift & 15) || shift < 32)
			start[digits++] = "0123456789abcdef"[value >> shift & 15];
	start[digits++] = '-';
	for (long i = 0; i < n; i++) {
		if ((i != 0 && text[i - 1] != '\n') || memcmp(text + i, start, digits) != 0)
			continue;
		while (memcmp(text + i, "VmFlags:", 8) != 0)
			i++;
		for (; text[i] != '\n'; i++)
			if (text[i] == ' ' && text[i + 1] == word[0] && text[i + 2] == word[1] && text[i + 3] == ' ')
				return 1;
		return 0;
	}
	return -1;
}

static void ranges(void)
{
	int fd = opened(O_NONBLOCK, 0), other = opened(O_NONBLOCK, 0);
	char *at = anonymous(8);
	unsigned long ioctls;

	print("register:");
	say("odd", try_register(fd, at + 1, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("odd length", try_register(fd, at, page + 1, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("empty", try_register(fd, at, 0, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("no mode", try_register(fd, at, page, 0, NULL));
	say("bad mode", try_register(fd, at, page, 8, NULL));
	say("too far", try_register(fd, (void *)(1UL << 62), page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("wraps", try_register(fd, at, -page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("null", try_register(fd, NULL, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	sys_munmap(at + 7 * page, page);
	sys_munmap(at + 5 * page, page);
	say("nothing there", try_register(fd, at + 5 * page, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	end_line();
	print("registered:");
	say("good", try_register(fd, at + page, 3 * page, UFFDIO_REGISTER_MODE_MISSING, &ioctls));
	print(" (%lx)", ioctls & 0x1dc & ~0xc0UL);
	say("over a hole", try_register(fd, at + 4 * page, 3 * page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("again", try_register(fd, at, 5 * page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("a part", try_register(fd, at + page, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("another's", try_register(other, at, page, UFFDIO_REGISTER_MODE_MISSING, NULL));
	say("um", has_flag(at, "um"));
	say("uw", has_flag(at, "uw"));
	end_line();
	print("unregister:");
	say("odd", unregister(fd, at + 1, page));
	say("hole", unregister(fd, at + 5 * page, page));
	say("good", unregister(fd, at + 4 * page, page));
	say("again", unregister(fd, at + 4 * page, page));
	say("um", has_flag(at, "um"));
	say("of the rest", has_flag(at + 4 * page, "um"));
	say("a part of none", unregister(fd, source, page));
	at[4 * page] = 5;
	say("stored", at[4 * page]);
	say("wake", wake(fd, at, page));
	say("wake odd", wake(fd, at, page - 1));
	say("wake empty", wake(fd, at, 0));
	end_line();
	sys_close(other);
	sys_close(fd);
	print("closed:");
	say("um", has_flag(at, "um"));
	say("loaded", at[0]);
	end_line();
}

static void filling(void)
{
	int fd = opened(O_NONBLOCK, 0);
	char *at = anonymous(8), *none = anonymous(1);

	handled(fd, at, 6, UFFDIO_REGISTER_MODE_MISSING);
	sys_munmap(none, page);
	print("copy:");
	say("good", copy(fd, at, source, page, 0));
	say("pages", far);
	say("there", copy(fd, at, source, page, 0));
	say("pages", far);
	say("nothing to copy", copy(fd, at + page, none, page, 0));
	say("pages", far);
	say("not registered", copy(fd, at + 6 * page, source, page, 0));
	say("pages", far);
	say("past the end", copy(fd, at + 5 * page, source, 2 * page, 0));
	say("both", copy(fd, at + 7 * page, none, page, 0));
	say("odd", copy(fd, at + 1, source, page, 0));
	say("pages", far);
	say("odd length", copy(fd, at, source, page + 1, 0));
	say("odd source", copy(fd, at + 5 * page, source + 1, page, 0));
	say("mode", copy(fd, at, source, page, 4));
	say("wp", copy(fd, at + page, source, page, UFFDIO_COPY_MODE_WP));
	end_line();
	print("parts:");
	say("zero", zero(fd, at + 3 * page, page, 0));
	say("pages", far);
	say("up to it", copy(fd, at + 2 * page, source, 2 * page, UFFDIO_COPY_MODE_DONTWAKE));
	say("pages", far);
	say("zero there", zero(fd, at + 3 * page, page, 0));
	say("pages", far);
	say("zero up to it", zero(fd, at + page, 2 * page, 0));
	say("pages", far);
	say("zero mode", zero(fd, at + page, page, 2));
	say("contents", at[0] * 1000000L + at[page] * 10000L + at[2 * page] * 100L + at[3 * page]);
	say("odd contents", at[6 * page - 1]);
	at[3 * page] = 'z';
	say("stored", at[3 * page]);
	end_line();
	sys_close(fd);
}

static void missing(void)
{
	int fd = opened(0, UFFD_FEATURE_THREAD_ID), pipe[2];
	char *at = anonymous(8), byte;
	struct job job;
	struct uffd_msg msg;

	handled(fd, at, 8, UFFDIO_REGISTER_MODE_MISSING);
	print("missing:");
	start(&job, load, at, 0);
	hear(fd, at);
	copy(fd, at, source, page, 0);
	say("loaded", finish(&job));
	start(&job, store, at + page + 5, 'x');
	hear(fd, at);
	zero(fd, at + page, page, 0);
	say("stored", finish(&job));
	start(&job, load, at + 2 * page, 0);
	hear(fd, at);
	copy(fd, at + 2 * page, source + page, page, UFFDIO_COPY_MODE_DONTWAKE);
	say("wake", wake(fd, at + 2 * page, page));
	say("loaded", finish(&job));
	end_line();
	print("thread:");
	start(&job, load, at + 3 * page + 9, 0);
	sys_read(fd, &msg, sizeof(msg));
	say("its number", (int)msg.arg.pagefault.feat.ptid == job.tid);
	say("page", msg.arg.pagefault.address == (unsigned long)at + 3 * page);
	/* Not resolved: it comes again. */
	wake(fd, at + 3 * page, page);
	hear(fd, at);
	copy(fd, at + 3 * page, source, page, 0);
	say("loaded", finish(&job));
	end_line();
	print("kernel:");
	sys_pipe2(pipe, 0);
	job.fd = pipe[1];
	start(&job, write_out, at + 4 * page, 1);
	hear(fd, at);
	copy(fd, at + 4 * page, source + page, page, 0);
	say("wrote", finish(&job));
	sys_read(pipe[0], &byte, 1);
	say("read", byte);
	end_line();
	print("closed:");
	start(&job, store, at + 5 * page, 'c');
	hear(fd, at);
	sys_close(fd);
	say("stored", finish(&job));
	end_line();
	fd = opened(UFFD_USER_MODE_ONLY, UFFD_FEATURE_EXACT_ADDRESS);
	at = anonymous(2);
	handled(fd, at, 2, UFFDIO_REGISTER_MODE_MISSING);
	print("user mode only:");
	say("write", sys_write(pipe[1], at, 1));
	start(&job, load, at + 7, 0);
	sys_read(fd, &msg, sizeof(msg));
	say("exact", (long)(msg.arg.pagefault.address - (unsigned long)at));
	zero(fd, at, page, 0);
	say("loaded", finish(&job));
	say("write", sys_write(pipe[1], at, 1));
	end_line();
	sys_close(fd);
}

/* Faults of four threads, handled by another one. */

#define FAULTING	4
#define EACH		64

static char *many;
static int many_fd, stop[2];

static int serve(void *unused)
{
	char *data = anonymous(1);
	int served = 0;

	(void)unused;
	for (;;) {
		struct pollfd polls[2] = { { .fd = many_fd, .events = POLLIN }, { .fd = stop[0], .events = POLLIN } };
		struct uffd_msg msgs[3];
		long got;

		SC5(__NR_ppoll, polls, 2, NULL, NULL, 0);
		if (polls[1].revents)
			return served;
		got = sys_read(many_fd, msgs, sizeof(msgs));
		for (long i = 0; i < got / (long)sizeof(msgs[0]); i++) {
			char *to = (char *)msgs[i].arg.pagefault.address;

			*(long *)data = (to - many) / page + 1;
			if (copy(many_fd, to, data, page, 0) == 0)
				served++;
		}
	}
}

static int touch_many(void *arg)
{
	char *part = many + (long)arg * EACH * page;
	int right = 0;

	for (long i = 0; i < EACH; i++) {
		volatile long *at = (long *)(part + i * page);

		if (i & 1)
			at[1] = 1;
		right += at[0] == (long)arg * EACH + i + 1 && at[1] == (i & 1);
	}
	return right;
}

static void threads(void)
{
	struct thread server, touching[FAULTING];
	long right = 0, served = 0;

	for (int round = 0; round < 3; round++) {
		many = anonymous(FAULTING * EACH);
		many_fd = opened(O_NONBLOCK, 0);
		sys_pipe2(stop, 0);
		handled(many_fd, many, FAULTING * EACH, UFFDIO_REGISTER_MODE_MISSING);
		thread_start(&server, serve, NULL);
		for (long i = 0; i < FAULTING; i++)
			thread_start(&touching[i], touch_many, (void *)i);
		for (long i = 0; i < FAULTING; i++)
			right += thread_join(&touching[i]);
		sys_write(stop[1], "", 1);
		served += thread_join(&server);
		sys_close(many_fd);
		sys_close(stop[0]);
		sys_close(stop[1]);
		sys_munmap(many, FAULTING * EACH * page);
	}
	print("threads: served: %ld right: %ld\n", served, right);
}

static void events(void)
{
	int fd = opened(0, UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP), quiet, file;
	char *room = anonymous(32), *at = room + 16 * page, *to, *in_file;
	struct job job;

	handled(fd, at, 8, UFFDIO_REGISTER_MODE_MISSING);
	copy(fd, at, source, 2 * page, 0);
	print("remove:");
	start(&job, forget, at, 2);
	/* Until it is read of, nobody resolves faults. */
	while (copy(fd, at + 2 * page, source, page, 0) != -EAGAIN)
		sys_yield();
	hear(fd, at);
	say("madvise", finish(&job));
	start(&job, load, at, 0);
	hear(fd, at);
	say("copy", copy(fd, at, source + page, page, 0));
	say("loaded", finish(&job));
	end_line();
	file = memory_file(4);
	in_file = map_file(file, 4, MAP_SHARED);
	in_file[0] = 'r';
	to = map_file(file, 4, MAP_SHARED);
	handled(fd, to, 4, UFFDIO_REGISTER_MODE_MISSING);
	print("remove from a file:");
	start(&job, punch, to, 2);
	while (copy(fd, to + 2 * page, source, page, 0) != -EAGAIN)
		sys_yield();
	say("not yet", in_file[0]);
	hear(fd, to);
	say("madvise", finish(&job));
	say("gone", in_file[0]);
	sys_close(file);
	end_line();
	print("unmap:");
	start(&job, unmap, at + 6 * page, 2);
	hear(fd, at);
	say("munmap", finish(&job));
	end_line();
	print("remap:");
	start(&job, move, at, 4);
	to = hear(fd, at);
	say("to", (to - room) / (long)page);
	hear(fd, at);
	say("mremap", finish(&job));
	say("contents", to[0]);
	start(&job, load, to + 3 * page, 0);
	hear(fd, to);
	say("copy", copy(fd, to + 3 * page, source, page, 0));
	say("loaded", finish(&job));
	say("um", has_flag(to, "um"));
	end_line();
	sys_close(fd);
	quiet = opened(0, 0);
	handled(quiet, room, 4, UFFDIO_REGISTER_MODE_MISSING);
	print("not asked for:");
	copy(quiet, room, source, page, 0);
	to = (char *)sys_mremap(room, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, room + 8 * page);
	say("moved", to == room + 8 * page);
	say("contents", to[0]);
	say("hole", to[page]);
	say("um", has_flag(room + 2 * page, "um"));
	say("madvise", sys_madvise(room + 2 * page, page, MADV_DONTNEED));
	say("munmap", sys_munmap(room + 2 * page, 2 * page));
	end_line();
	sys_close(quiet);
}

static void forks(void)
{
	int fd = opened(0, UFFD_FEATURE_EVENT_FORK), childs, pid;
	char *at = anonymous(4);
	struct job job;

	handled(fd, at, 4, UFFDIO_REGISTER_MODE_MISSING);
	copy(fd, at, source, page, 0);
	print("fork:");
	start(&job, fork_and_load, at + page, 0);
	childs = (int)(long)hear(fd, at);
	say("descriptor", childs > fd);
	hear(childs, at);
	say("copy", copy(childs, at + page, source + page, page, 0));
	say("child", finish(&job));
	say("copy to none", copy(childs, at + 2 * page, source, page, 0));
	sys_close(childs);
	start(&job, load, at + page, 0);
	hear(fd, at);
	copy(fd, at + page, source, page, 0);
	say("parent", finish(&job));
	end_line();
	sys_close(fd);
	fd = opened(0, 0);
	at = anonymous(4);
	handled(fd, at, 4, UFFDIO_REGISTER_MODE_MISSING);
	print("not asked for:");
	pid = fork_process();
	if (pid == 0)
		exit_process(at[page]);
	say("child", wait_status(pid));
	say("um", has_flag(at, "um"));
	end_line();
	sys_close(fd);
}

static struct jump recovery;
static volatile int bus_code;
static volatile char *bus_address;

static void on_bus(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	bus_code = info->si_code;
	bus_address = info->si_addr;
	rt_longjmp(&recovery, 1);
}

static void say_bus(const char *what, char *at, char *base)
{
	if (rt_setjmp(&recovery) == 0)
		say(what, *(volatile char *)at);
	else
		print(" %s: SIGBUS %d at %ld", what, bus_code,
		      (long)(bus_address - base) / (long)page);
}

static void bus(void)
{
	int fd = opened(O_NONBLOCK, UFFD_FEATURE_SIGBUS), pipe[2], pid;
	char *at = anonymous(4);
	struct uffd_msg msg;

	signal_handle(SIGBUS, on_bus, SA_NODEFER, 0);
	sys_pipe2(pipe, 0);
	handled(fd, at, 4, UFFDIO_REGISTER_MODE_MISSING);
	print("sigbus:");
	say_bus("load", at + page, at);
	say("kernel", sys_write(pipe[1], at, 1));
	say("read", sys_read(fd, &msg, sizeof(msg)));
	zero(fd, at + page, page, 0);
	say_bus("load", at + page, at);
	end_line();
	sys_close(fd);
	fd = opened(O_NONBLOCK, 0);
	handled(fd, at, 4, UFFDIO_REGISTER_MODE_MISSING);
	print("poison:");
	say("there", poison(fd, at + page, page, 0));
	say("pages", far);
	say("good", poison(fd, at + 2 * page, 2 * page, 0));
	say("pages", far);
	say("mode", poison(fd, at, page, 2));
	say_bus("load", at + 3 * page, at);
	say("kernel", sys_write(pipe[1], at + 2 * page, 1));
	say("copy", copy(fd, at + 2 * page, source, page, 0));
	pid = fork_process();
	if (pid == 0) {
		say_bus("in a child", at + 3 * page, at);
		exit_process(0);
	}
	wait_status(pid);
	say("forgotten", sys_madvise(at + 2 * page, page, MADV_DONTNEED));
	say("copy", copy(fd, at + 2 * page, source, page, 0));
	say_bus("load", at + 2 * page, at);
	sys_close(fd);
	say_bus("closed", at + 3 * page, at);
	end_line();
}

static void shared(void)
{
	int fd = opened(0, UFFD_FEATURE_MISSING_SHMEM), file = memory_file(6);
	char *at = map_file(file, 8, MAP_SHARED), *other = map_file(file, 6, MAP_SHARED), *own;
	struct job job;

	other[page] = 'o';
	handled(fd, at, 8, UFFDIO_REGISTER_MODE_MISSING);
	print("shared memory:");
	start(&job, load, at, 0);
	hear(fd, at);
	say("copy", copy(fd, at, source, page, 0));
	say("loaded", finish(&job));
	say("other", other[0]);
	say("in the file", at[page]);
	say("there", copy(fd, at + page, source, page, 0));
	say("past the end", copy(fd, at + 6 * page, source, page, 0));
	start(&job, store, at + 2 * page, 'w');
	hear(fd, at);
	say("zero", zero(fd, at + 2 * page, page, 0));
	say("stored", finish(&job));
	say("other", other[2 * page]);
	end_line();
	own = map_file(file, 6, MAP_PRIVATE);
	handled(fd, own, 6, UFFDIO_REGISTER_MODE_MISSING);
	print("private:");
	say("in the file", own[page]);
	start(&job, store, own + 3 * page, 'p');
	hear(fd, own);
	say("copy", copy(fd, own + 3 * page, source, page, 0));
	say("stored", finish(&job));
	say("other", other[3 * page]);
	end_line();
	sys_close(fd);
	sys_close(file);
	at = (char *)sys_mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fd = opened(0, 0);
	handled(fd, at, 2, UFFDIO_REGISTER_MODE_MISSING);
	print("anonymous:");
	start(&job, load, at + page, 0);
	hear(fd, at);
	say("copy", copy(fd, at + page, source, page, 0));
	say("loaded", finish(&job));
	end_line();
	sys_close(fd);
}

static volatile int signalled;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	signalled++;
}

static void signals(void)
{
	int fd = opened(0, 0), pid;
	char *at = anonymous(2);
	struct job job;

	signal_handle(SIGUSR1, on_signal, SA_RESTART, 0);
	handled(fd, at, 2, UFFDIO_REGISTER_MODE_MISSING);
	print("signal:");
	start(&job, load, at, 0);
	hear(fd, at);
	sys_tgkill(sys_getpid(), job.tid, SIGUSR1);
	hear(fd, at);
	say("handled", signalled);
	copy(fd, at, source, page, 0);
	say("loaded", finish(&job));
	end_line();
	print("killed:");
	pid = fork_process();
	if (pid == 0) {
		sys_close(fd);
		fd = opened(0, 0);
		at = anonymous(2);
		handled(fd, at, 2, UFFDIO_REGISTER_MODE_MISSING);
		start(&job, load, at, 0);
		hear(fd, at);
		sys_kill(sys_getpid(), SIGKILL);
	}
	say("status", wait_status(pid));
	end_line();
	sys_close(fd);
}

#define WP	UFFDIO_REGISTER_MODE_WP
#define ON	UFFDIO_WRITEPROTECT_MODE_WP

static void wp_errors(void)
{
	int fd = opened(0, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	char *at = anonymous(4);
	unsigned long ioctls;

	print("write protection:");
	say("register", try_register(fd, at, 2 * page, WP, &ioctls));
	print(" (%lx)", ioctls & 0x1dc);
	say("uw", has_flag(at, "uw"));
	say("um", has_flag(at, "um"));
	say("good", protect(fd, at, 2 * page, ON));
	say("not registered", protect(fd, at + 2 * page, page, ON));
	say("partly", protect(fd, at, 4 * page, ON));
	say("odd", protect(fd, at + 1, page, ON));
	say("mode", protect(fd, at, page, 4));
	say("quiet", protect(fd, at, page, ON | UFFDIO_WRITEPROTECT_MODE_DONTWAKE));
	say("off", protect(fd, at, page, UFFDIO_WRITEPROTECT_MODE_DONTWAKE));
	end_line();
	sys_close(fd);
}

static void wp(void)
{
	int fd = opened(0, UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_UNPOPULATED), file = memory_file(4), pid;
	char *at = anonymous(8), *mapped = map_file(file, 4, MAP_SHARED);
	struct job job;

	wp_errors();
	handled(fd, at, 8, WP | UFFDIO_REGISTER_MODE_MISSING);
	handled(fd, mapped, 4, WP);
	copy(fd, at, source, 2 * page, 0);
	print("present:");
	say("on", protect(fd, at, page, ON));
	say("loaded", at[0]);
	start(&job, store, at, 'w');
	hear(fd, at);
	say("off", protect(fd, at, page, 0));
	say("stored", finish(&job));
	at[page] = 'n';
	say("next", at[page]);
	say("on", protect(fd, at, page, ON));
	sys_mprotect(at, 2 * page, PROT_READ);
	sys_mprotect(at, 2 * page, PROT_READ | PROT_WRITE);
	start(&job, store, at, 'm');
	hear(fd, at);
	protect(fd, at, page, 0);
	say("after mprotect", finish(&job));
	end_line();
	print("copied:");
	start(&job, store, at + 2 * page, 'c');
	hear(fd, at);
	say("copy", copy(fd, at + 2 * page, source, page, UFFDIO_COPY_MODE_WP));
	hear(fd, at);
	protect(fd, at + 2 * page, page, 0);
	say("stored", finish(&job));
	end_line();
	print("unpopulated:");
	say("on", protect(fd, at + 3 * page, page, ON));
	say("zero", zero(fd, at + 3 * page, page, 0));
	start(&job, store, at + 3 * page, 'u');
	hear(fd, at);
	say("copy", copy(fd, at + 3 * page, source, page, 0));
	say("stored", finish(&job));
	end_line();
	print("file:");
	say("on", protect(fd, mapped, 2 * page, ON));
	say("loaded", mapped[0]);
	start(&job, store, mapped, 'f');
	hear(fd, mapped);
	protect(fd, mapped, page, 0);
	say("stored", finish(&job));
	say("on", protect(fd, mapped, page, ON));
	say("forgotten", sys_madvise(mapped, page, MADV_DONTNEED));
	say("loaded", mapped[0]);
	start(&job, store, mapped, 'g');
	hear(fd, mapped);
	protect(fd, mapped, page, 0);
	say("stored", finish(&job));
	end_line();
	print("child:");
	protect(fd, at, page, ON);
	pid = fork_process();
	if (pid == 0) {
		at[0] = 'k';
		exit_process(at[0]);
	}
	say("stored", wait_status(pid));
	end_line();
	print("released:");
	protect(fd, mapped, 4 * page, ON);
	say("unregister", unregister(fd, mapped, 4 * page));
	mapped[0] = 'r';
	mapped[3 * page] = 's';
	say("stored", mapped[0] + mapped[3 * page]);
	sys_close(fd);
	at[0] = 'e';
	at[4 * page] = 'f';
	say("closed", at[0] + at[4 * page]);
	end_line();
	fd = opened(O_NONBLOCK, UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_ASYNC);
	handled(fd, at, 8, WP);
	print("async:");
	say("on", protect(fd, at, 8 * page, ON));
	at[0] = '1';
	at[7 * page] = '2';
	say("stored", at[0] + at[7 * page]);
	end_line();
	sys_close(fd);
	sys_close(file);
}

static void minor(void)
{
	int fd = opened(0, UFFD_FEATURE_MINOR_SHMEM), file = memory_file(4);
	char *at = map_file(file, 4, MAP_SHARED), *other = map_file(file, 4, MAP_SHARED), *plain = anonymous(1);
	unsigned long ioctls;
	struct job job;

	print("minor:");
	say("anonymous", try_register(fd, plain, page, UFFDIO_REGISTER_MODE_MINOR, NULL));
	say("register", try_register(fd, at, 4 * page, UFFDIO_REGISTER_MODE_MINOR | UFFDIO_REGISTER_MODE_MISSING, &ioctls));
	print(" (%lx)", ioctls & 0x1dc);
	say("ui", has_flag(at, "ui"));
	end_line();
	other[0] = 'm';
	print("continue:");
	start(&job, load, at, 0);
	hear(fd, at);
	other[1] = 'n';
	say("hole", go_on(fd, at + page, page, 0));
	say("pages", far);
	say("good", go_on(fd, at, page, 0));
	say("pages", far);
	say("loaded", finish(&job));
	say("there", go_on(fd, at, page, 0));
	say("up to a hole", go_on(fd, at, 2 * page, 0));
	say("mode", go_on(fd, at, page, 4));
	start(&job, store, at + page, 'h');
	hear(fd, at);
	say("copy", copy(fd, at + page, source, page, 0));
	say("stored", finish(&job));
	other[2 * page] = 'p';
	start(&job, store, at + 2 * page, 'q');
	hear(fd, at);
	say("good", go_on(fd, at + 2 * page, page, 0));
	say("stored", finish(&job));
	say("other", other[2 * page]);
	end_line();
	sys_close(fd);
	sys_close(file);
}

/* Where the architecture has neither. */
static void neither(void)
{
	struct uffdio_api arg = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	int fd = bare(0);
	char *at = anonymous(1);

	print("neither:");
	say("asked for", command(fd, UFFDIO_API, &arg));
	say_api("good", fd, UFFD_API, 0);
	say("wp", try_register(fd, at, page, WP, NULL));
	say("minor", try_register(fd, at, page, UFFDIO_REGISTER_MODE_MINOR, NULL));
	end_line();
	sys_close(fd);
}

static const struct {
	const char *name;
	void (*show)(void);
} topics[] = {
	{ "api", api }, { "ranges", ranges }, { "filling", filling }, { "missing", missing }, { "threads", threads },
	{ "events", events }, { "forks", forks }, { "bus", bus }, { "shared", shared }, { "signals", signals },
	{ "wp", wp }, { "minor", minor }, { "neither", neither },
};

int main(int argc, char **argv)
{
	page = page_size();
	source = anonymous(2);
	memset(source, 'a', page);
	memset(source + page, 'b', page);
	for (int i = 1; i < argc; i++) {
		for (size_t topic = 0; topic < ARRAY_SIZE(topics); topic++)
			if (strcmp(argv[i], topics[topic].name) == 0)
				topics[topic].show();
	}
	return 0;
}
