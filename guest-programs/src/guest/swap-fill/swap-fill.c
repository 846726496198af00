/*
 * swap-fill: threads fill memory with what can be checked, and read it all
 * back: with more pages than there is memory, through swap. In every round each
 * thread writes to its pages and asks for them to be taken out; when all have,
 * each checks its neighbour's, and a child checks everything, and writes to it,
 * while the threads write the next round.
 *
 *   swap-fill [-q] [THREADS [PAGES [ROUNDS]]]		PAGES: of one thread
 */
#define WORKLOAD "swap-fill"
#include "workload.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 512, 1 << 20 }, { "ROUNDS", 2, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static struct turnstile filled, checked;
static char *memory;
static long child;

static char *part_of(long thread)
{
	return memory + thread * pages * workload.page;
}

static void fill(long round, long thread)
{
	for (long i = 0; i < pages; i++) {
		*first_word(part_of(thread), i) = stamp(round, thread, i);
		*last_word(part_of(thread), i) = ~stamp(round, thread, i);
	}
}

static void check(long round, long thread)
{
	for (long i = 0; i < pages; i++) {
		expect("first word of page", thread * pages + i, *first_word(part_of(thread), i),
		       stamp(round, thread, i));
		expect("last word of page", thread * pages + i, *last_word(part_of(thread), i),
		       ~stamp(round, thread, i));
	}
}

/* What the threads write meanwhile must not be seen here, nor what is written here there. */
NORETURN static void check_copy(long round)
{
	for (long i = 0; i < threads; i++)
		check(round, i);
	for (long i = 0; i < threads; i++)
		fill(rounds + 1, i);
	for (long i = 0; i < threads; i++)
		check(rounds + 1, i);
	exit_process(0);
}

static int run(void *number)
{
	long self = (long)number;

	start_together();
	for (long round = 0; round < rounds; round++) {
		fill(round, self);
		/* Without swap it is refused or does nothing; an old kernel does not know it. */
		sys_madvise(part_of(self), pages * workload.page, MADV_PAGEOUT);
		turnstile_wait(&filled);
		check(round, (self + 1) % threads);
		if (turnstile_wait(&checked)) {
			if (child)
				expect("status of child", round - 1, wait_status(child), 0);
			child = must("clone", fork_process());
			if (child == 0)
				check_copy(round);
		}
		turnstile_wait(&filled);
	}
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	filled.parties = checked.parties = threads;
	memory = map_pages(threads * pages, PROT_READ | PROT_WRITE);
	sys_madvise(memory, threads * pages * workload.page, MADV_NOHUGEPAGE);
	run_threads(threads, run);
	expect("status of child", rounds - 1, wait_status(child), 0);
	for (long i = 0; i < threads; i++)
		check(rounds - 1, i);
	print("swap-fill threads=%ld pages=%ld rounds=%ld", threads, threads * pages * rounds, rounds);
	return finish();
}
