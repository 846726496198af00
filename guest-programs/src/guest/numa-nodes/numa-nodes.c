/*
 * numa-nodes: pages on a machine with several memory nodes: where policies put
 * them, how mbind, migrate_pages and move_pages get them elsewhere, what
 * numa_maps and sysfs tell, and that pages follow who uses them.
 *
 * With one node it says so and ends well.
 */
#include <linux/mempolicy.h>

#include "rt.h"

#define PAGES	16

static size_t page;

static long bind(void *at, int mode, unsigned long nodes, unsigned flags)
{
	return SC6(__NR_mbind, at, PAGES * page, mode, nodes ? &nodes : NULL, nodes ? 64 : 0, flags);
}

static long set(int mode, unsigned long nodes)
{
	return SC3(__NR_set_mempolicy, mode, nodes ? &nodes : NULL, nodes ? 64 : 0);
}

/* The node of a page, by move_pages. */
static int node_of(char *at)
{
	void *pages[1] = { at };
	int status[1] = { -1000 };

	SC6(__NR_move_pages, 0, 1, pages, NULL, status, 0);
	return status[0];
}

/* The same by get_mempolicy, which maps the page if need be. */
static int node_by_policy(char *at)
{
	int node = -1;

	if (SC5(__NR_get_mempolicy, &node, NULL, 0, at, MPOL_F_NODE | MPOL_F_ADDR) != 0)
		return -1;
	return node;
}

static void fill(char *at)
{
	for (int i = 0; i < PAGES; i++)
		at[i * page] = (char)(i + 1);
}

static int intact(char *at)
{
	for (int i = 0; i < PAGES; i++)
		if (at[i * page] != (char)(i + 1))
			return 0;
	return 1;
}

/* How many of the pages are on each of the first two nodes. */
static void tell(const char *what, char *at)
{
	int on[2] = { 0, 0 }, elsewhere = 0;

	for (int i = 0; i < PAGES; i++) {
		int node = node_of(at + i * page);

		if (node == 0 || node == 1)
			on[node]++;
		else
			elsewhere++;
	}
	print(" %s: %d+%d", what, on[0], on[1]);
	if (elsewhere)
		print(" (%d elsewhere)", elsewhere);
}

static char *fresh(int flags)
{
	char *at = (char *)sys_mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	sys_madvise(at, PAGES * page, MADV_NOHUGEPAGE);
	return at;
}

static void drop(char *at)
{
	sys_munmap(at, PAGES * page);
}

static void placed(const char *what, int mode, unsigned long nodes)
{
	char *at = fresh(MAP_PRIVATE);
	long result = bind(at, mode, nodes, 0);

	if (result != 0)
		print(" %s: %s", what, error_name(result));
	fill(at);
	tell(what, at);
	drop(at);
}

static void mappings(void)
{
	char *at;

	print("mappings:");
	placed("bind 0", MPOL_BIND, 1);
	placed("bind 1", MPOL_BIND, 2);
	placed("preferred 1", MPOL_PREFERRED, 2);
	placed("many", MPOL_PREFERRED_MANY, 2);
	placed("interleave", MPOL_INTERLEAVE, 3);
	placed("static", MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, 2);
	placed("relative", MPOL_BIND | MPOL_F_RELATIVE_NODES, 2);
	at = fresh(MAP_PRIVATE);
	bind(at, MPOL_BIND, 2, 0);
	print(" the zero page: %d\n", node_by_policy(at + 2 * page));
	drop(at);
}

static void tasks(void)
{
	char *at = fresh(MAP_PRIVATE);
	int first = -1, second = -1;

	print("task:");
	set(MPOL_BIND, 2);
	fill(at);
	tell("bind 1", at);
	drop(at);
	at = fresh(MAP_PRIVATE);
	set(MPOL_INTERLEAVE, 3);
	SC5(__NR_get_mempolicy, &first, NULL, 0, NULL, MPOL_F_NODE);
	fill(at);
	tell("interleave", at);
	SC5(__NR_get_mempolicy, &second, NULL, 0, NULL, MPOL_F_NODE);
	print(" next is a node: %d\n", first >= 0 && first <= 1 && second >= 0 && second <= 1);
	set(MPOL_DEFAULT, 0);
	drop(at);
}

static void moves(const char *what, int flags)
{
	char *at = fresh(flags);
	unsigned long from = 1, to = 2;
	void *pages[4];
	int nodes[4] = { 0, 1, 0, 1 }, status[4] = { -1, -1, -1, -1 };

	print("%s:", what);
	bind(at, MPOL_BIND, 1, 0);
	fill(at);
	tell("made", at);
	print(" strict: %s", error_name(bind(at, MPOL_BIND, 2, MPOL_MF_STRICT)));
	print(" mbind: %d", (int)bind(at, MPOL_BIND, 2, MPOL_MF_STRICT | MPOL_MF_MOVE));
	tell("are", at);
	bind(at, MPOL_DEFAULT, 0, 0);
	/* The pages of the program and its stack go along. */
	print(" migrate: %d", SC4(__NR_migrate_pages, 0, 64, &to, &from) >= 0);
	tell("are", at);
	for (int i = 0; i < 4; i++)
		pages[i] = at + i * page;
	print(" move: %d", (int)SC6(__NR_move_pages, 0, 4, pages, nodes, status, MPOL_MF_MOVE));
	print(" (%d %d %d %d)", status[0], status[1], status[2], status[3]);
	tell("are", at);
	print(" intact: %d\n", intact(at));
	drop(at);
}

/* Pages are moved that stand before one whose status cannot be stored. */
static void without_status(void)
{
	char *at = fresh(MAP_PRIVATE);
	void *pages[2] = { at, (void *)8 };
	int nodes[2] = { 1, 1 };

	bind(at, MPOL_BIND, 1, 0);
	fill(at);
	print("without status:");
	print(" move: %s", error_name(SC6(__NR_move_pages, 0, 2, pages, nodes, 64, MPOL_MF_MOVE)));
	tell("are", at);
	print(" intact: %d\n", intact(at));
	drop(at);
}

static void shared_with_child(void)
{
	char *at = fresh(MAP_PRIVATE);
	void *pages[1] = { at };
	int nodes[1] = { 1 }, status[1] = { -1 }, pid;
	char stop;
	int to_child[2];

	bind(at, MPOL_BIND, 1, 0);
	fill(at);
	sys_pipe2(to_child, 0);
	pid = fork_process();
	if (pid == 0) {
		sys_close(to_child[1]);
		sys_read(to_child[0], &stop, 1);
		exit_process(0);
	}
	sys_close(to_child[0]);
	print("shared with a child:");
	print(" move: %d", (int)SC6(__NR_move_pages, 0, 1, pages, nodes, status, MPOL_MF_MOVE));
	print(" (%s)", error_name(status[0]));
	sys_close(to_child[1]);
	wait_status(pid);
	print(" intact: %d\n", intact(at));
	drop(at);
}

static long text_of(const char *name, char *text, long most)
{
	int fd = (int)sys_open(name, O_RDONLY, 0);
	long n = 0, got;

	if (fd < 0)
		return -1;
	while ((got = sys_read(fd, text + n, most - 1 - n)) > 0)
		n += got;
	sys_close(fd);
	text[n] = 0;
	return n;
}

/* Whether a file has a word. */
static int has(const char *name, const char *word)
{
	static char text[1 << 16];
	long n = text_of(name, text, sizeof(text)), length = (long)strlen(word);

	for (long i = 0; i + length <= n; i++)
		if (memcmp(text + i, word, length) == 0)
			return 1;
	return 0;
}

static void reports(void)
{
	char *at = fresh(MAP_PRIVATE);
	unsigned cpu = 99, node = 99;

	bind(at, MPOL_INTERLEAVE, 3, 0);
	fill(at);
	print("reports: numa_maps: %d %d %d", has("/proc/self/numa_maps", "interleave:0-1"),
	      has("/proc/self/numa_maps", " N0=8"), has("/proc/self/numa_maps", " N1=8"));
	drop(at);
	print(" online: %d", has("/sys/devices/system/node/online", "0-1\n"));
	print(" distance: %d %d", has("/sys/devices/system/node/node0/distance", "10 20\n"),
	      has("/sys/devices/system/node/node1/distance", "20 10\n"));
	print(" meminfo: %d", has("/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:"));
	print(" numastat: %d", has("/sys/devices/system/node/node1/numastat", "interleave_hit "));
	SC3(__NR_getcpu, &cpu, &node, NULL);
	print(" getcpu: %d\n", node <= 1);
}

/* Waits for pages to come to the node where they are used. */
static void follows(void)
{
	char *at = fresh(MAP_PRIVATE);
	unsigned cpu, node;
	unsigned long mask = 1;
	int came = 0;
	const char *scan = "/sys/kernel/debug/sched/numa_balancing/scan_period_min_ms";
	int fd = (int)sys_open(scan, O_WRONLY, 0);

	if (fd >= 0) {
		sys_write(fd, "1", 1);
		sys_close(fd);
	}
	SC3(__NR_sched_setaffinity, 0, sizeof(mask), &mask);
	SC3(__NR_getcpu, &cpu, &node, NULL);
	bind(at, MPOL_BIND, 2, 0);
	fill(at);
	bind(at, MPOL_DEFAULT, 0, 0);
	print("follows:");
	tell("made", at);
	for (int round = 0; round < 20000 && came < PAGES; round++) {
		struct timespec pause = { 0, 1000000 };

		sys_nanosleep(&pause, NULL);
		came = 0;
		for (int i = 0; i < PAGES; i++) {
			(void)*(volatile char *)(at + i * page);
			came += node_of(at + i * page) == (int)node;
		}
	}
	tell("are", at);
	print(" intact: %d\n", intact(at));
	drop(at);
}

int main(int argc, char **argv)
{
	page = page_size();
	if (!has("/sys/devices/system/node/online", "0-")) {
		print("one node\n");
		return 0;
	}
	mappings();
	tasks();
	moves("anonymous", MAP_PRIVATE);
	moves("shared memory", MAP_SHARED);
	without_status();
	shared_with_child();
	reports();
	if (argc > 1 && argv[1][0] == 'f')
		follows();
	return 0;
}
