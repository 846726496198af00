/*
 * pft: the page fault test. In every round one thread maps anonymous memory,
 * every thread touches the first word of each page of its own part, and when
 * all are done each checks its neighbour's part. Only the touching is timed.
 *
 *   pft [-q] [THREADS [PAGES [ROUNDS]]]		PAGES: of one thread, in one round
 */
#define WORKLOAD "pft"
#include "workload.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 512, 1 << 20 }, { "ROUNDS", 4, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static struct turnstile mapped, touched, checked;
static char *memory;
static uint64_t touching, began;

static void check(long round, long thread)
{
	char *part = memory + thread * pages * workload.page;

	for (long i = 0; i < pages; i++) {
		expect("first word of page", thread * pages + i, *first_word(part, i), stamp(round, thread, i));
		expect("last word of page", thread * pages + i, *last_word(part, i), 0);
	}
}

static int run(void *number)
{
	long self = (long)number;

	start_together();
	for (long round = 0; round < rounds; round++) {
		if (turnstile_wait(&checked)) {
			if (memory)
				unmap_pages(memory, threads * pages);
			memory = map_pages(threads * pages, PROT_READ | PROT_WRITE);
			sys_madvise(memory, threads * pages * workload.page, MADV_NOHUGEPAGE);
			began = now_ns();
		}
		turnstile_wait(&mapped);
		for (long i = 0; i < pages; i++)
			*first_word(memory + self * pages * workload.page, i) = stamp(round, self, i);
		if (turnstile_wait(&touched))
			touching += now_ns() - began;
		check(round, (self + 1) % threads);
	}
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	mapped.parties = touched.parties = checked.parties = threads;
	run_threads(threads, run);
	workload.nanos = touching;
	print("pft threads=%ld pages=%ld rounds=%ld", threads, threads * pages * rounds, rounds);
	return finish();
}
