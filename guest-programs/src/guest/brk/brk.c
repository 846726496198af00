/*
 * brk: the heap grows and shrinks at any byte, fresh pages are zero, a page
 * given back comes back zeroed, a mapping in the way or RLIMIT_DATA stops it,
 * and a child has a heap of its own.
 */
#include "rt.h"

static size_t page;

int main(int argc, char **argv)
{
	char *start = sys_brk(NULL), *aligned;
	struct rlimit lim;
	unsigned int sum = 0;
	int pid;
	long at;

	page = page_size();
	print("start is stable: %s\n", sys_brk(NULL) == start ? "yes" : "no");
	print("below the start is refused: %s\n", sys_brk(start - page) == start ? "yes" : "no");
	print("grow by 100001 bytes: %s\n", sys_brk(start + 100001) == start + 100001 ? "yes" : "no");
	for (int i = 0; i < 100001; i++)
		sum += (unsigned char)start[i];
	memset(start, 0x5a, 100001);
	print("fresh memory sums to %u, last byte now 0x%x\n", sum, start[100000]);
	aligned = (char *)(((unsigned long)start + page - 1) & -page);
	sys_brk(aligned + page);
	sys_brk(aligned + 4 * page);
	print("given back and taken again: kept 0x%x, again %d\n", aligned[0], aligned[2 * page]);
	at = sys_mmap(aligned + 8 * page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	print("a mapping above: %s\n", at == (long)(aligned + 8 * page) ? "placed" : error_name(at));
	print("growing onto it is refused: %s\n",
	      sys_brk(aligned + 9 * page) == aligned + 4 * page ? "yes" : "no");
	print("growing beside it: %s\n", sys_brk(aligned + 5 * page) == aligned + 5 * page ? "yes" : "no");
	sys_munmap((void *)at, page);
	sys_getrlimit(RLIMIT_DATA, &lim);
	pid = fork_process();
	if (pid == 0) {
		lim.rlim_cur = 64 * page;
		sys_setrlimit(RLIMIT_DATA, &lim);
		start[0] = 1;
		exit_process(sys_brk(aligned + 100 * page) == aligned + 5 * page ? 42 : 1);
	}
	print("RLIMIT_DATA in a child: %d\n", wait_status(pid));
	print("the parent's heap is its own: 0x%x, and grows: %s\n", start[0],
	      sys_brk(aligned + 100 * page) == aligned + 100 * page ? "yes" : "no");
	sys_brk(start);
	print("back at the start: %s\n", sys_brk(NULL) == start ? "yes" : "no");
	return 0;
}
