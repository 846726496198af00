/*
 * fork-threads: threads count in memory while the process forks again and
 * again. Each has a word of its own in every page, so that a page is copied
 * on the write of one thread while others store to it. A thread that does not
 * find what it stored last has lost a store. The child looks at the copy: no
 * word may be older than what the parent saw before the fork, and no word may
 * run behind the next by more than one, as they are written in that order.
 * Then it writes over its copy, which the parent must not see.
 *
 *   fork-threads [-q] [THREADS [PAGES [FORKS]]]
 */
#define WORKLOAD "fork-threads"
#include "workload.h"

static struct size sizes[] = { { "THREADS", 3, 64 }, { "PAGES", 8, 1 << 12 }, { "FORKS", 24, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define forks	sizes[2].value

static char *memory;
static int over;
static unsigned long stores[64][8];	/* a cache line each */

static volatile unsigned long *word_of(long thread, long page)
{
	return first_word(memory, page) + thread;
}

static void count(long self)
{
	unsigned long turn = 0;

	do {
		for (long i = 0; i < pages; i++) {
			expect("word of page, lost store", i, *word_of(self, i), turn);
			*word_of(self, i) = turn + 1;
		}
		turn++;
	} while (!__atomic_load_n(&over, __ATOMIC_RELAXED));
	stores[self][0] = turn * pages;
}

/* In the child: 0 for a good copy. `seen` is what the parent read before the fork, page by page. */
static int copy_is_wrong(const unsigned long *seen)
{
	for (long thread = 0; thread < threads; thread++) {
		for (long i = 0; i < pages; i++) {
			unsigned long here = *word_of(thread, i), next = *word_of(thread, (i + 1) % pages);

			if (here < seen[thread * pages + i])
				return 1;
			/* Page by page the copy is of one moment, and later pages are copied later. */
			if (i + 1 < pages && here > next + 1)
				return 2;
			*word_of(thread, i) = -1UL;
		}
	}
	return 0;
}

static void fork_once(unsigned long *seen)
{
	long pid;

	for (long thread = 0; thread < threads; thread++)
		for (long i = 0; i < pages; i++)
			seen[thread * pages + i] = *word_of(thread, i);
	pid = must("clone", fork_process());
	if (pid == 0)
		exit_process(copy_is_wrong(seen));
	expect("exit status of child", pid, wait_status((int)pid), 0);
}

static int run(void *number)
{
	long self = (long)number;
	unsigned long *seen;

	if (self < threads) {
		start_together();
		count(self);
		return 0;
	}
	seen = map_pages((threads * pages * sizeof(long) + workload.page - 1) / workload.page, PROT_READ | PROT_WRITE);
	start_together();
	for (long i = 0; i < forks; i++)
		fork_once(seen);
	__atomic_store_n(&over, 1, __ATOMIC_RELAXED);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long sum = 0;

	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	memory = map_pages(pages, PROT_READ | PROT_WRITE);
	sys_madvise(memory, pages * workload.page, MADV_NOHUGEPAGE);
	run_threads(threads + 1, run);
	for (long i = 0; i < threads; i++)
		sum += stores[i][0];
	print("fork-threads threads=%ld pages=%ld forks=%ld", threads, pages, forks);
	if (!workload.quiet) {
		print_measured();
		print(" forks_per_s=%lu stores=%lu stores_per_s=%lu", per_second(forks), sum, per_second(sum));
	}
	print("\n");
	return 0;
}
