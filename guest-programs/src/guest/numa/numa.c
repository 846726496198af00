/*
 * numa: memory policies and where pages are, on a machine with one memory
 * node: mbind, set_mempolicy, get_mempolicy, set_mempolicy_home_node,
 * migrate_pages, move_pages and numa_maps.
 */
#include <linux/mempolicy.h>

#include "rt.h"

/* What Debian 12's headers do not know yet. */
#define WEIGHTED	6
#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node	450
#endif

static size_t page;
static unsigned long one = 1, two = 2, both = 3, none;

static void say(const char *what, long result)
{
	if (is_error(result))
		print(" %s: %s", what,
		      result == -ENODEV ? "ENODEV" : result == -EOPNOTSUPP ? "EOPNOTSUPP" : error_name(result));
	else
		print(" %s: %ld", what, result);
}

static void end_line(void)
{
	print("\n");
}

static long bind(void *at, long pages, int mode, unsigned long *nodes, unsigned long max, unsigned flags)
{
	return SC6(__NR_mbind, at, pages * page, mode, nodes, max, flags);
}

static long set(int mode, unsigned long *nodes, unsigned long max)
{
	return SC3(__NR_set_mempolicy, mode, nodes, max);
}

/* Tells the policy of an address, or of the task: mode, flags and nodes. */
static void tell(const char *what, void *at)
{
	unsigned long nodes = 0x5555;
	int mode = -1;
	long result = SC5(__NR_get_mempolicy, &mode, &nodes, 64, at, at ? MPOL_F_ADDR : 0);

	say(what, result);
	if (result == 0)
		print(" (%d %x %lx)", mode & 0xfff, mode & 0xf000, nodes);
}

/* Prints what numa_maps has for the mapping at an address, up to what depends on the time and the size of pages. */
static void show(const char *what, const char *at)
{
	static char text[1 << 16];
	char start[20];
	long n = 0, got, end;
	int fd = (int)sys_open("/proc/self/numa_maps", O_RDONLY, 0), digits = 0;
	unsigned long value = (unsigned long)at;

	while ((got = sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	sys_close(fd);
	for (int shift = 60; shift >= 0; shift -= 4)
		if (digits || (value >> shift & 15) || shift < 32)
			start[digits++] = "0123456789abcdef"[value >> shift & 15];
	start[digits++] = ' ';
	for (long i = 0; i < n; i++) {
		if ((i != 0 && text[i - 1] != '\n') || memcmp(text + i, start, digits) != 0)
			continue;
		for (end = i; text[end] != '\n' && memcmp(text + end, " active=", 8) != 0 &&
		     memcmp(text + end, " N0=", 4) != 0; end++)
			;
		text[end] = 0;
		print(" %s: %s", what, text + i + digits);
		return;
	}
	print(" %s: not there", what);
}

static void task_policy(void)
{
	print("task:");
	tell("default", NULL);
	say("interleave", set(MPOL_INTERLEAVE, &one, 64));
	tell("is", NULL);
	say("node 1", set(MPOL_BIND, &two, 64));
	say("both", set(MPOL_BIND | MPOL_F_STATIC_NODES, &both, 64));
	tell("is", NULL);
	say("relative", set(MPOL_BIND | MPOL_F_RELATIVE_NODES, &two, 64));
	tell("is", NULL);
	say("preferred", set(MPOL_PREFERRED, &one, 64));
	tell("is", NULL);
	say("preferred none", set(MPOL_PREFERRED, NULL, 0));
	tell("is", NULL);
	say("many", set(MPOL_PREFERRED_MANY, &both, 64));
	tell("is", NULL);
	say("weighted", set(WEIGHTED, &one, 64));
	tell("is", NULL);
	say("balanced", set(MPOL_BIND | MPOL_F_NUMA_BALANCING, &one, 64));
	tell("is", NULL);
	say("local", set(MPOL_LOCAL, NULL, 0));
	tell("is", NULL);
	end_line();
	print("errors:");
	say("mode", set(7, &one, 64));
	say("negative", set(-1, &one, 64));
	say("two flags", set(MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES, &one, 64));
	say("balanced interleave", set(MPOL_INTERLEAVE | MPOL_F_NUMA_BALANCING, &one, 64));
	say("bind none", set(MPOL_BIND, &none, 64));
	say("bind no mask", set(MPOL_BIND, NULL, 0));
	say("local with nodes", set(MPOL_LOCAL, &one, 64));
	say("default with nodes", set(MPOL_DEFAULT, &one, 64));
	say("static preferred none", set(MPOL_PREFERRED | MPOL_F_STATIC_NODES, NULL, 0));
	say("nowhere", set(MPOL_BIND, (unsigned long *)8, 64));
	say("huge mask", set(MPOL_BIND, &one, page * 8 + 2));
	say("one bit", set(MPOL_BIND, &one, 1));
	say("default", set(MPOL_DEFAULT, NULL, 0));
	end_line();
}

static void queries(void)
{
	char *at = map_anonymous(2 * page, PROT_READ | PROT_WRITE);
	unsigned long nodes[2] = { 0x5555, 0x5555 };
	int mode = -1;

	print("queries:");
	say("allowed", SC5(__NR_get_mempolicy, NULL, nodes, 65, NULL, MPOL_F_MEMS_ALLOWED));
	print(" (%lx %lx)", nodes[0], nodes[1]);
	nodes[1] = 0x5555;
	say("allowed, more", SC5(__NR_get_mempolicy, NULL, nodes, 129, NULL, MPOL_F_MEMS_ALLOWED));
	print(" (%lx %lx)", nodes[0], nodes[1]);
	say("allowed, and node", SC5(__NR_get_mempolicy, NULL, nodes, 64, NULL, MPOL_F_MEMS_ALLOWED | MPOL_F_NODE));
	say("flags", SC5(__NR_get_mempolicy, &mode, NULL, 0, NULL, 8));
	say("address", SC5(__NR_get_mempolicy, &mode, NULL, 0, at, 0));
	say("nothing there", SC5(__NR_get_mempolicy, &mode, NULL, 0, 8, MPOL_F_ADDR));
	say("short mask", SC5(__NR_get_mempolicy, &mode, nodes, 0, NULL, 0));
	say("node of the task", SC5(__NR_get_mempolicy, &mode, NULL, 0, NULL, MPOL_F_NODE));
	say("node of a page", SC5(__NR_get_mempolicy, &mode, NULL, 0, at, MPOL_F_NODE | MPOL_F_ADDR));
	print(" (%d)", mode);
	set(MPOL_INTERLEAVE, &one, 64);
	mode = -1;
	say("next node", SC5(__NR_get_mempolicy, &mode, NULL, 0, NULL, MPOL_F_NODE));
	print(" (%d)", mode);
	set(MPOL_DEFAULT, NULL, 0);
	end_line();
}

static void ranges(void)
{
	char *room = map_anonymous(10 * page, PROT_READ | PROT_WRITE), *at = room + page;

	sys_madvise(room, 10 * page, MADV_NOHUGEPAGE);
	sys_munmap(room, page);
	sys_munmap(at + 8 * page, page);
	print("ranges:");
	for (int i = 0; i < 8; i++)
		at[i * page] = 1;
	show("before", at);
	say("bind", bind(at + 2 * page, 2, MPOL_BIND, &one, 64, 0));
	tell("in it", at + 2 * page);
	tell("behind it", at + 4 * page);
	show("before it", at);
	show("it", at + 2 * page);
	show("behind it", at + 4 * page);
	say("interleave", bind(at + 4 * page, 2, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, &both, 64, MPOL_MF_STRICT));
	show("it", at + 4 * page);
	say("the same", bind(at + 4 * page, 2, MPOL_BIND, &one, 64, MPOL_MF_MOVE));
	show("one mapping", at + 2 * page);
	say("default", bind(at, 8, MPOL_DEFAULT, NULL, 0, MPOL_MF_MOVE | MPOL_MF_STRICT));
	show("one mapping", at);
	end_line();
	print("home node:");
	say("no policy", SC4(__NR_set_mempolicy_home_node, at, page, 0, 0));
	bind(at, 1, MPOL_BIND, &one, 64, 0);
	bind(at + 2 * page, 1, MPOL_INTERLEAVE, &one, 64, 0);
	say("good", SC4(__NR_set_mempolicy_home_node, at, page, 0, 0));
	say("empty", SC4(__NR_set_mempolicy_home_node, at, 0, 0, 0));
	say("flags", SC4(__NR_set_mempolicy_home_node, at, page, 0, 1));
	say("no node", SC4(__NR_set_mempolicy_home_node, at, page, 1, 0));
	say("far node", SC4(__NR_set_mempolicy_home_node, at, page, -1, 0));
	say("odd", SC4(__NR_set_mempolicy_home_node, at + 1, page, 0, 0));
	say("interleaved", SC4(__NR_set_mempolicy_home_node, at, 4 * page, 0, 0));
	end_line();
	print("errors:");
	say("odd", bind(at + 1, 1, MPOL_BIND, &one, 64, 0));
	say("flags", bind(at, 1, MPOL_BIND, &one, 64, 8));
	say("node 1", bind(at, 1, MPOL_BIND, &two, 64, 0));
	say("none", bind(at, 1, MPOL_BIND, &none, 64, 0));
	say("empty", bind(at, 0, MPOL_BIND, &one, 64, 0));
	say("empty, none", bind(at, 0, MPOL_BIND, &none, 64, 0));
	say("wraps", SC6(__NR_mbind, at, -2 * page, MPOL_BIND, &one, 64, 0));
	say("into a hole", bind(at + 6 * page, 4, MPOL_BIND, &one, 64, 0));
	say("default into a hole", bind(at + 6 * page, 4, MPOL_DEFAULT, NULL, 0, 0));
	say("a hole", bind(at + 8 * page, 1, MPOL_BIND, &one, 64, 0));
	say("default, a hole", bind(at + 8 * page, 1, MPOL_DEFAULT, NULL, 0, 0));
	end_line();
}

static void moving(void)
{
	char *at = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	void *pages[4] = { at, at + page, at + 2 * page, (void *)8 };
	int nodes[4] = { 0, 0, 0, 0 }, bad[4] = { 0, 1, 0, 0 }, status[4], pid;

	sys_madvise(at, 4 * page, MADV_NOHUGEPAGE);
	at[0] = 1;
	print("pages:");
	say("zero page", *(volatile char *)(at + page));
	say("where", SC6(__NR_move_pages, 0, 4, pages, NULL, status, 0));
	for (int i = 0; i < 4; i++)
		say("page", status[i]);
	memset(status, 0x55, sizeof(status));
	say("move", SC6(__NR_move_pages, 0, 4, pages, nodes, status, MPOL_MF_MOVE));
	for (int i = 0; i < 4; i++)
		say("page", status[i]);
	say("no node", SC6(__NR_move_pages, 0, 4, pages, bad, status, MPOL_MF_MOVE));
	say("flags", SC6(__NR_move_pages, 0, 4, pages, nodes, status, 1));
	say("nobody", SC6(__NR_move_pages, 0x3ffffff, 4, pages, nodes, status, 0));
	say("nowhere", SC6(__NR_move_pages, 0, 1, 8, nodes, status, 0));
	say("none", SC6(__NR_move_pages, 0, 0, NULL, NULL, NULL, 0));
	say("status nowhere", SC6(__NR_move_pages, 0, 1, pages, nodes, 64, MPOL_MF_MOVE));
	end_line();
	print("migrate:");
	say("to itself", SC4(__NR_migrate_pages, 0, 64, &one, &one));
	say("to node 1", SC4(__NR_migrate_pages, 0, 64, &one, &two));
	say("to none", SC4(__NR_migrate_pages, 0, 64, &one, &none));
	say("nobody", SC4(__NR_migrate_pages, 0x3ffffff, 64, &one, &one));
	say("nowhere", SC4(__NR_migrate_pages, 0, 64, 8, &one));
	end_line();
	pid = fork_process();
	if (pid == 0) {
		print("unprivileged:");
		SC3(__NR_setresuid, 1000, 1000, 1000);
		say("move all", bind(at, 1, MPOL_BIND, &one, 64, MPOL_MF_MOVE_ALL));
		say("move", bind(at, 1, MPOL_BIND, &one, 64, MPOL_MF_MOVE));
		say("all pages", SC6(__NR_move_pages, 0, 1, pages, nodes, status, MPOL_MF_MOVE_ALL));
		say("to node 1", SC4(__NR_migrate_pages, 0, 64, &one, &two));
		say("another's", SC6(__NR_move_pages, sys_getppid(), 1, pages, NULL, status, 0));
		end_line();
		exit_process(0);
	}
	wait_status(pid);
	set(MPOL_INTERLEAVE, &one, 64);
	print("inherited:");
	pid = fork_process();
	if (pid == 0) {
		tell("task", NULL);
		exit_process(0);
	}
	wait_status(pid);
	end_line();
	set(MPOL_DEFAULT, NULL, 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	page = page_size();
	task_policy();
	queries();
	ranges();
	moving();
	return 0;
}
