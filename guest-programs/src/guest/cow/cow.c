/*
 * cow: copy-on-write after fork. Parent and child write the same pages and
 * must not see each other's writes; a grandchild shares what neither wrote;
 * a shared mapping is the counterexample; a write fault counts as one minor
 * fault per page; and a page whose other owner is gone is written again.
 */
#include "rt.h"

#define PAGES 16

static size_t page;
static int data_segment = 1;
static int bss_segment;

static unsigned int sum(const unsigned char *p)
{
	unsigned int s = 0;

	for (int i = 0; i < PAGES; i++)
		s = s * 31 + p[i * page] + p[i * page + page - 1];
	return s;
}

static void fill(unsigned char *p, int from, int to, int value)
{
	for (int i = from; i < to; i++)
		memset(p + i * page, value, page);
}

static long minor_faults(void)
{
	struct rusage ru;

	sys_getrusage(RUSAGE_SELF, &ru);
	return ru.ru_minflt;
}

static void child_and_parent_write(void)
{
	unsigned char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	unsigned int before;
	int stack_variable = 3, pid, status;

	fill(p, 0, PAGES, 1);
	before = sum(p);
	pid = fork_process();
	if (pid == 0) {
		if (sum(p) != before)
			exit_process(10);
		fill(p, 0, PAGES / 2, 2);
		data_segment = 20, bss_segment = 30, stack_variable = 40;
		barrier();
		exit_process(p[0] == 2 && p[PAGES / 2 * page] == 1 ? stack_variable + 2 : 11);
	}
	fill(p, PAGES / 4, PAGES, 3);
	status = wait_status(pid);
	print("child exit %d\n", status);
	print("parent sees: page 0 %d, page %d %d, page %d %d\n", p[0], PAGES / 4, p[PAGES / 4 * page],
	      PAGES - 1, p[(PAGES - 1) * page]);
	print("data %d bss %d stack %d\n", data_segment, bss_segment, stack_variable);
	sys_munmap(p, PAGES * page);
}

static void nested(void)
{
	unsigned char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	int pid, status;

	fill(p, 0, PAGES, 5);
	pid = fork_process();
	if (pid == 0) {
		int grandchild;

		p[0] = 6;
		grandchild = fork_process();
		if (grandchild == 0) {
			int seen = p[0] * 10 + p[page];

			p[page] = 7;
			p[0] = 8;
			exit_process(seen);
		}
		status = wait_status(grandchild);
		print("grandchild saw %d\n", status);
		print("child keeps %d %d\n", p[0], p[page]);
		exit_process(0);
	}
	wait_status(pid);
	print("parent keeps %d %d\n", p[0], p[page]);
	sys_munmap(p, PAGES * page);
}

static void shared_is_shared(void)
{
	long at = sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *p = (int *)at;
	int pid;

	if (is_error(at))
		die("mmap", at);
	*p = 1;
	pid = fork_process();
	if (pid == 0) {
		*p += 41;
		exit_process(0);
	}
	wait_status(pid);
	print("shared mapping holds %d\n", *p);
	sys_munmap((void *)at, page);
}

/* The parent's faults when it writes: one per page it shares with the child. */
static void faults_are_counted(void)
{
	unsigned char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);
	int go[2], pid, expected;
	long before, shared, alone;
	char c;

	sys_madvise(p, PAGES * page, MADV_NOHUGEPAGE);
	fill(p, 0, PAGES, 9);
	expected = sum(p) & 0x7f;
	sys_pipe2(go, 0);
	pid = fork_process();
	if (pid == 0) {
		sys_close(go[1]);
		sys_read(go[0], &c, 1);
		exit_process(sum(p) & 0x7f);
	}
	sys_close(go[0]);
	before = minor_faults();
	for (int i = 0; i < PAGES; i++)
		p[i * page] = 10;
	shared = minor_faults() - before;
	before = minor_faults();
	for (int i = 0; i < PAGES; i++)
		p[i * page] = 11;
	alone = minor_faults() - before;
	sys_close(go[1]);
	print("child's sum unchanged: %s\n", wait_status(pid) == expected ? "yes" : "no");
	print("first writes faulted once per page: %s, second writes %ld times\n", shared >= PAGES ? "yes" : "no", alone);
	sys_munmap(p, PAGES * page);
}

int main(int argc, char **argv)
{
	page = page_size();
	child_and_parent_write();
	nested();
	shared_is_shared();
	faults_are_counted();
	return 0;
}
