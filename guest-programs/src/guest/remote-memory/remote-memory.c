/*
 * remote-memory: another process's memory: process_vm_readv and
 * process_vm_writev with their partial results, copies made on the way, who
 * may and who may not; process_madvise by descriptor.
 */
#include "rt.h"

#include <linux/uio.h>

#ifndef __NR_process_madvise
#define __NR_process_madvise	440
#endif

#define PAGES	8
#define NOBODY	65534

struct range {
	void *base;
	size_t length;
};

static size_t page;
static char *area;		/* PAGES pages at the same place in parent and child */

static long sys_process_vm_readv(int pid, const void *local, size_t locals, const void *remote, size_t remotes,
				 unsigned long flags)
{
	return SC6(__NR_process_vm_readv, pid, local, locals, remote, remotes, flags);
}

static long sys_process_vm_writev(int pid, const void *local, size_t locals, const void *remote, size_t remotes,
				  unsigned long flags)
{
	return SC6(__NR_process_vm_writev, pid, local, locals, remote, remotes, flags);
}

static long sys_process_madvise(int fd, const void *vec, size_t n, int advice, unsigned int flags)
{
	return SC5(__NR_process_madvise, fd, vec, n, advice, flags);
}

/* A byte count, in whole pages and what is over. */
static void say(const char *what, long result)
{
	if (is_error(result))
		print("%s: %s\n", what, error_name(result));
	else if (result >= (long)page)
		print("%s: %ld pages %ld\n", what, result / (long)page, result % (long)page);
	else
		print("%s: %ld\n", what, result);
}

static void tell(int fd)
{
	sys_write(fd, "x", 1);
}

static void hear(int fd)
{
	char byte;

	if (sys_read(fd, &byte, 1) != 1)
		die("read", 0);
}

struct child {
	int pid, to[2], from[2];
};

/* Forks a child that does its work and then waits; returns when the work is done. */
static struct child start_child(void (*work)(void))
{
	struct child c;

	sys_pipe2(c.to, 0);
	sys_pipe2(c.from, 0);
	c.pid = (int)fork_process();
	if (c.pid != 0) {
		hear(c.from[0]);
		return c;
	}
	if (work)
		work();
	tell(c.from[1]);
	hear(c.to[0]);
	exit_process(area[0]);
}

static int end_child(const struct child *c)
{
	int status;

	tell(c->to[1]);
	status = wait_status(c->pid);
	for (int i = 0; i < 2; i++) {
		sys_close(c->to[i]);
		sys_close(c->from[i]);
	}
	return status;
}

/* The child's pages: 0 written, 1 shared with the parent still, 2 read-only, 3 inaccessible, 4 gone, 5 a file's. */
static void arrange(void)
{
	area[0] = 'c';
	sys_mprotect(area + 2 * page, page, PROT_READ);
	sys_mprotect(area + 3 * page, page, PROT_NONE);
	sys_munmap(area + 4 * page, page);
}

static void reading(void)
{
	static char buffer[4 * 65536];
	struct range local = { buffer, 16 }, remote = { area, 16 };
	struct range locals[3], remotes[4];
	struct child c = start_child(arrange);
	int pid = c.pid;

	say("16 bytes", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	print("the child's own: %c, still shared: ", buffer[0]);
	remote.base = area + page;
	sys_process_vm_readv(pid, &local, 1, &remote, 1, 0);
	print("%c\n", buffer[0]);
	remote.base = area + 2 * page;
	say("read-only", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	say("write to it", sys_process_vm_writev(pid, &local, 1, &remote, 1, 0));
	remote.base = area + 3 * page;
	say("inaccessible", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	remote.base = area + 4 * page;
	say("not mapped there", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	remote.base = NULL;
	say("null", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	remote.base = (void *)-page;
	say("the kernel's", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));

	/* Into what cannot be read: what lies before it counts. */
	local.length = sizeof(buffer);
	remote = (struct range){ area + page + 100, 4 * page };
	if (local.length > 3 * page) {
		local.length = 3 * page;
		remote.length = 3 * page;
	}
	say("up to the inaccessible page", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0) - 2 * (long)page + 100);
	remotes[0] = (struct range){ area, 10 };
	remotes[1] = (struct range){ NULL, 0 };
	remotes[2] = (struct range){ area + page, 20 };
	remotes[3] = (struct range){ area + 3 * page, 5 };
	say("ranges, the last one bad", sys_process_vm_readv(pid, &local, 1, remotes, 4, 0));
	locals[0] = (struct range){ buffer, 7 };
	locals[1] = (struct range){ NULL, 0 };
	locals[2] = (struct range){ buffer + 100, 9 };
	say("less room than ranges", sys_process_vm_readv(pid, locals, 3, remotes, 4, 0));
	locals[1] = (struct range){ (void *)64, 9 };
	say("a local buffer that is bad", sys_process_vm_readv(pid, locals, 3, remotes, 4, 0));
	locals[0] = (struct range){ (void *)64, 9 };
	say("the first one", sys_process_vm_readv(pid, locals, 3, remotes, 4, 0));
	/* A local buffer may end within a page. */
	locals[0] = (struct range){ area + PAGES * page - 5, 10 };
	say("a local buffer that ends", sys_process_vm_readv(pid, locals, 1, remotes, 1, 0));
	print("child: %c\n", end_child(&c));
}

static void writing(void)
{
	struct range local = { (char *)"parent's words", 14 }, remote = { area, 14 };
	struct range locals[2], remotes[2];
	char seen = area[page];
	struct child c = start_child(arrange);
	int pid = c.pid;

	say("14 bytes", sys_process_vm_writev(pid, &local, 1, &remote, 1, 0));
	remote.base = area + page;
	say("to a page that is shared", sys_process_vm_writev(pid, &local, 1, &remote, 1, 0));
	print("which the parent keeps: %s\n", area[page] == seen ? "yes" : "no");
	remote = (struct range){ area + 2 * page - 4, 14 };
	say("into a read-only page", sys_process_vm_writev(pid, &local, 1, &remote, 1, 0));
	locals[0] = (struct range){ (char *)"abc", 3 };
	locals[1] = (struct range){ (char *)"defgh", 5 };
	remotes[0] = (struct range){ area, 2 };
	remotes[1] = (struct range){ area + 5 * page, 100 };
	say("gathered and scattered", sys_process_vm_writev(pid, locals, 2, remotes, 2, 0));
	local = (struct range){ locals, 6 };
	remote = (struct range){ area + 5 * page, 6 };
	sys_process_vm_readv(pid, &local, 1, &remote, 1, 0);
	print("there: %c%c%c\n", ((char *)locals)[0], ((char *)locals)[1], ((char *)locals)[5]);
	locals[0] = (struct range){ (char *)64, 3 };
	say("from what cannot be read", sys_process_vm_writev(pid, locals, 1, remotes, 1, 0));
	print("child: %c\n", end_child(&c));
}

static void arguments(void)
{
	static struct range many[1025];
	struct range local = { area, 8 }, remote = { area + page, 8 }, nothing = { area, 0 };
	int self = sys_getpid(), pid;

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct range){ area, 1 };
	say("itself", sys_process_vm_readv(self, &local, 1, &remote, 1, 0));
	say("flags", sys_process_vm_readv(self, &local, 1, &remote, 1, 1));
	say("flags and a bad vector", sys_process_vm_readv(self, (void *)64, 1, &remote, 1, 1));
	say("a bad vector", sys_process_vm_readv(self, (void *)64, 1, &remote, 1, 0));
	say("a bad remote vector", sys_process_vm_readv(self, &local, 1, (void *)64, 1, 0));
	say("no buffers", sys_process_vm_readv(self, &local, 0, &remote, 1, 0));
	say("no buffers, a bad remote vector", sys_process_vm_readv(self, &local, 0, (void *)64, 1, 0));
	say("an empty buffer", sys_process_vm_readv(self, &nothing, 1, (void *)64, 1, 0));
	say("no ranges", sys_process_vm_readv(self, &local, 1, &remote, 0, 0));
	say("empty ranges of nobody", sys_process_vm_readv(0x3fffff, &local, 1, &nothing, 1, 0));
	say("nobody", sys_process_vm_readv(0x3fffff, &local, 1, &remote, 1, 0));
	say("process -1", sys_process_vm_readv(-1, &local, 1, &remote, 1, 0));
	say("1024 ranges", sys_process_vm_readv(self, &local, 1, many, 1024, 0));
	say("1025 ranges", sys_process_vm_readv(self, &local, 1, many, 1025, 0));
	say("1025 buffers", sys_process_vm_readv(self, many, 1025, &remote, 1, 0));
	say("-1 buffers", sys_process_vm_readv(self, many, -1, &remote, 1, 0));
	local.length = -1;
	say("a negative length", sys_process_vm_readv(self, &local, 1, &remote, 1, 0));
	local.length = 8;
	remote.length = -1;
	say("a negative remote length", sys_process_vm_readv(self, &local, 1, &remote, 1, 0));
	remote.length = 8;
	local.base = (void *)(-1UL << 63);
	say("a buffer of the kernel's", sys_process_vm_readv(self, &local, 1, &remote, 1, 0));
	local.base = area;
	pid = (int)fork_process();
	if (pid == 0)
		exit_process(0);
	SC5(__NR_waitid, 1 /* P_PID */, pid, NULL, WEXITED | 0x01000000 /* WNOWAIT */, NULL);
	say("a zombie", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
	wait_status(pid);
	say("one that is gone", sys_process_vm_readv(pid, &local, 1, &remote, 1, 0));
}

static void become(int user)
{
	SC3(__NR_setresgid, user, user, user);
	SC3(__NR_setresuid, user, user, user);
}

static void hide(void)
{
	SC5(__NR_prctl, 4 /* PR_SET_DUMPABLE */, 0, 0, 0, 0);
}

static void show(void)
{
	SC5(__NR_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

/* Nobody, or whoever is not root, looks into children of the same user. */
static int look(void)
{
	static const struct {
		const char *what;
		void (*work)(void);
	} others[] = {
		{ "one that shows itself", show },
		{ "one that hides", hide },
	};
	struct range local = { area, 1 }, remote = { area + page, 1 };

	become(NOBODY);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct child c = start_child(others[i].work);
		int fd = (int)SC2(__NR_pidfd_open, c.pid, 0);

		remote.length = 1;
		say(others[i].what, sys_process_vm_readv(c.pid, &local, 1, &remote, 1, 0));
		remote.length = page;
		say("advice", sys_process_madvise(fd, &remote, 1, MADV_WILLNEED, 0));
		say("worse advice", sys_process_madvise(fd, &remote, 1, MADV_DONTNEED, 0));
		end_child(&c);
	}
	return 0;
}

static void permissions(void)
{
	int pid = (int)fork_process();

	if (pid == 0)
		exit_process(look());
	wait_status(pid);
}

static const struct {
	const char *name;
	int advice;
} advices[] = {
	{ "NORMAL", 0 }, { "FREE", 8 }, { "REMOVE", 9 }, { "DONTFORK", 10 }, { "DOFORK", 11 }, { "COLD", 20 },
	{ "PAGEOUT", 21 }, { "POPULATE_READ", 22 }, { "POPULATE_WRITE", 23 }, { "COLLAPSE", 25 },
};

/* A process may give itself any advice. */
static void own_advice(int self)
{
	struct range vec = { area + 6 * page, page };

	for (size_t i = 0; i < ARRAY_SIZE(advices); i++) {
		print("for itself, ");
		say(advices[i].name, sys_process_madvise(self, &vec, 1, advices[i].advice, 0));
	}
}

/* To others what throws nothing away. */
static void others_advice(int fd)
{
	struct range vec[2] = { { area + 5 * page, page }, { area + 6 * page, page } };

	for (size_t i = 0; i < ARRAY_SIZE(advices); i++) {
		print("a child, ");
		say(advices[i].name, sys_process_madvise(fd, vec, 2, advices[i].advice, 0));
	}
	vec[0].length = 0;
	say("a child, nothing and a page", sys_process_madvise(fd, vec, 2, 20, 0));
	vec[1].base = area + PAGES * page;
	say("a child, what is not mapped", sys_process_madvise(fd, vec + 1, 1, 20, 0));
	say("a child, 1025 ranges", sys_process_madvise(fd, vec, 1025, 20, 0));
}

static void advising(void)
{
	struct range vec[3] = { { area, page }, { area + 2 * page, page }, { area + 5 * page, page } };
	int self = (int)SC2(__NR_pidfd_open, sys_getpid(), 0), fd;
	struct child c;

	for (int i = 0; i < PAGES; i++)
		area[i * page] = 'a' + i;
	say("flags", sys_process_madvise(self, vec, 3, MADV_WILLNEED, 1));
	say("no ranges", sys_process_madvise(self, vec, 0, MADV_WILLNEED, 0));
	say("no pidfd", sys_process_madvise(1, vec, 1, MADV_WILLNEED, 0));
	say("no descriptor", sys_process_madvise(99, vec, 1, MADV_WILLNEED, 0));
	say("a bad vector", sys_process_madvise(99, (void *)64, 1, MADV_WILLNEED, 0));
	say("WILLNEED", sys_process_madvise(self, vec, 3, MADV_WILLNEED, 0));
	say("DONTNEED for itself", sys_process_madvise(self, vec, 2, MADV_DONTNEED, 0));
	print("left: %d %c %d %c\n", area[0], area[page], area[2 * page], area[5 * page]);
	say("unknown advice", sys_process_madvise(self, vec, 1, 77, 0));
	vec[1].base = area + 1;
	say("the second one not aligned", sys_process_madvise(self, vec, 3, MADV_WILLNEED, 0));
	sys_munmap(area + 2 * page, page);
	vec[1].base = area + 2 * page;
	say("the second one not mapped", sys_process_madvise(self, vec, 3, MADV_WILLNEED, 0));
	vec[0] = vec[1];
	say("the first one", sys_process_madvise(self, vec, 3, MADV_WILLNEED, 0));
	sys_mmap(area + 2 * page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	own_advice(self);
	vec[0] = (struct range){ area + 5 * page, page };
	c = start_child(NULL);
	fd = (int)SC2(__NR_pidfd_open, c.pid, 0);
	others_advice(fd);
	say("a child, DONTNEED", sys_process_madvise(fd, vec, 1, MADV_DONTNEED, 0));
	end_child(&c);
	say("a child that is gone", sys_process_madvise(fd, vec, 1, MADV_WILLNEED, 0));
}

int main(int argc, char **argv)
{
	page = page_size();
	area = map_anonymous(PAGES * page + 65536, PROT_READ | PROT_WRITE);
	sys_munmap(area + PAGES * page, 65536);
	for (int i = 0; i < PAGES; i++)
		area[i * page] = 'p';
	print("-- reading\n");
	reading();
	print("-- writing\n");
	writing();
	print("-- arguments\n");
	arguments();
	print("-- permissions\n");
	permissions();
	print("-- process_madvise\n");
	advising();
	return 0;
}
