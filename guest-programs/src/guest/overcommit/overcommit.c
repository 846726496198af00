/*
 * overcommit: how much memory is promised in each mode of
 * /proc/sys/vm/overcommit_memory. Needs the right to write there; what it
 * found it puts back. The limit of mode 2 is far beyond what a machine has, so
 * that nobody else is refused anything meanwhile.
 */
#include <linux/shm.h>

#include "text.h"

#define SETTINGS	"/proc/sys/vm/overcommit_"
#define RW		(PROT_READ | PROT_WRITE)
#define LARGE		(1UL << 44)		/* 16 TiB; the limit is one and a half of it */
#define LIMIT_KIB	"25769803776"
#define ANONYMOUS	(MAP_PRIVATE | MAP_ANONYMOUS)

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

static size_t page;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static long set(const char *path, const char *value)
{
	int fd = (int)sys_open(path, O_WRONLY, 0);
	long result = is_error(fd) ? fd : sys_write(fd, value, strlen(value));

	sys_close(fd);
	return result;
}

static void keep(char *old, const char *path)
{
	read_text(path);
	for (int i = 0; i < 23 && text[i] > ' '; i++)
		old[i] = text[i];
}

static long map(int prot, int flags)
{
	return sys_mmap(NULL, LARGE, prot, flags | MAP_ANONYMOUS, -1, 0);
}

static long tried(int prot, int flags)
{
	long at = map(prot, flags);

	if (!is_error(at))
		sys_munmap((void *)at, LARGE);
	return at;
}

static long segment(int flags)
{
	long id = SC3(__NR_shmget, IPC_PRIVATE, LARGE, flags | 0600);

	if (!is_error(id))
		SC3(__NR_shmctl, id, IPC_RMID, NULL);
	return id;
}

/* What needs a promise, with so much promised as there is in the mode. */
static void all(void)
{
	long grown;
	char *p;

	say("private", tried(RW, MAP_PRIVATE));
	say("without a reservation", tried(RW, MAP_PRIVATE | MAP_NORESERVE));
	say("shared", tried(RW, MAP_SHARED));
	say("shared, without a reservation", tried(RW, MAP_SHARED | MAP_NORESERVE));
	say("only to be read", tried(PROT_READ, MAP_PRIVATE));
	say("inaccessible", tried(PROT_NONE, MAP_PRIVATE));
	p = (char *)map(PROT_READ, MAP_PRIVATE);
	say("to be written", sys_mprotect(p, LARGE, RW));
	sys_munmap(p, LARGE);
	p = map_anonymous(page, RW);
	grown = sys_mremap(p, page, LARGE, MREMAP_MAYMOVE, NULL);
	say("grown", grown);
	if (!is_error(grown))
		sys_munmap((void *)grown, LARGE);
	say("a segment", segment(0));
	say("a segment without a reservation", segment(SHM_NORESERVE));
}

static void values(void)
{
	static const char *const bad[] = { "3", "-1", "x" };
	int pid;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		print("'%s' ", bad[i]);
		say("as mode", set(SETTINGS "memory", bad[i]));
	}
	pid = (int)fork_process();
	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		say("unprivileged", set(SETTINGS "memory", "1"));
		exit_process(0);
	}
	wait_status(pid);
	say("kilobytes", set(SETTINGS "kbytes", LIMIT_KIB));
	read_text(SETTINGS "ratio");
	print("the percentage then: %s", text);
	say("a percentage", set(SETTINGS "ratio", "60"));
	read_text(SETTINGS "kbytes");
	print("the kilobytes then: %s", text);
}

/* A number of /proc/meminfo. */
static long meminfo(const char *name)
{
	size_t length = strlen(name);

	read_text("/proc/meminfo");
	for (const char *at = text; at && *at; at = next_line(at))
		if (memcmp(at, name, length) == 0) {
			for (at += length; *at == ' '; at++)
				;
			return parse_long(at);
		}
	return -1;
}

static void never(void)
{
	char *p, *q;
	int pid;

	say("the first", (long)(p = (char *)map(RW, MAP_PRIVATE)));
	print("promised: %s\n", meminfo("Committed_AS:") >= (long)(LARGE >> 10) ? "it" : "less");
	all();
	say("in its own place", sys_mmap(p, LARGE, RW, ANONYMOUS | MAP_FIXED, -1, 0));
	q = (char *)map(PROT_NONE, MAP_PRIVATE);
	say("kept, and moved", sys_mremap(p, LARGE, LARGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	say("moved", sys_mremap(p, LARGE, LARGE, MREMAP_MAYMOVE | MREMAP_FIXED, q));
	p = q;
	pid = (int)fork_process();
	if (pid == 0)
		exit_process(0);
	say("fork", pid);
	say("protected", sys_mprotect(p, LARGE, PROT_READ));
	say("what was never touched counts no more", tried(RW, MAP_PRIVATE));
	say("half of it unmapped", sys_munmap(p, LARGE / 2));
	q = (char *)map(RW, MAP_PRIVATE);
	say("another", (long)q);
	sys_munmap(q, LARGE);
	sys_munmap(p + LARGE / 2, LARGE / 2);
	pid = (int)fork_process();
	if (pid == 0)
		exit_process(0);
	say("fork without it", pid > 0 ? wait_status(pid) : pid);
	say("all of it again", tried(RW, MAP_PRIVATE));
}

int main(int argc, char **argv)
{
	char mode[24] = "", ratio[24] = "", kilobytes[24] = "";

	page = page_size();
	keep(mode, SETTINGS "memory");
	keep(ratio, SETTINGS "ratio");
	keep(kilobytes, SETTINGS "kbytes");
	print("-- values\n");
	values();
	say("mode 0", set(SETTINGS "memory", "0"));
	all();
	say("mode 1", set(SETTINGS "memory", "1"));
	all();
	say("kilobytes", set(SETTINGS "kbytes", LIMIT_KIB));
	say("mode 2", set(SETTINGS "memory", "2"));
	never();
	set(SETTINGS "memory", mode);
	if (kilobytes[0] != '0')
		set(SETTINGS "kbytes", kilobytes);
	else
		set(SETTINGS "ratio", ratio);
	return 0;
}
