/*
 * mprotect-storm: one thread takes the right to write from every second page
 * of its part of a mapping and gives it back, which splits VMAs and merges
 * them; the others fault in the pages of their parts of the same mapping, and
 * give them back. Between two storms it is all one VMA.
 *
 *   mprotect-storm [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one part
 */
#define WORKLOAD "mprotect-storm"
#include "workload-touch.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 64, 1 << 12 }, { "ROUNDS", 16, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static char *memory;
static unsigned long changes;
static int left;

static void protect(char *part, long page, int prot)
{
	must("mprotect", sys_mprotect(part + page * workload.page, workload.page, prot));
	changes++;
}

/* What the page holds must stay, and what must be read-only must refuse the kernel's store. */
static void storm(char *part, unsigned long round)
{
	for (long i = 0; i < pages; i += 2)
		protect(part, i, PROT_READ);
	expect("getrusage into a page that is read-only", 0,
	       -sys_getrusage(RUSAGE_SELF, (struct rusage *)part), EFAULT);
	for (long i = 0; i < pages; i += 2)
		protect(part, i, PROT_READ | PROT_WRITE);
	for (long i = 0; i < pages; i++) {
		if (round)
			expect("word of page in the storm", i, *last_word(part, i), stamp(round - 1, 0, i));
		*last_word(part, i) = stamp(round, 0, i);
	}
}

static int run(void *number)
{
	long self = (long)number;
	unsigned long round = 0;

	start_together();
	if (self) {
		touch_part(memory + self * pages * workload.page, self, pages, rounds);
		__atomic_sub_fetch(&left, 1, __ATOMIC_RELEASE);
		return 0;
	}
	do
		storm(memory, round++);
	while (__atomic_load_n(&left, __ATOMIC_ACQUIRE));
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	memory = map_pages(threads * pages, PROT_READ | PROT_WRITE);
	sys_madvise(memory, threads * pages * workload.page, MADV_NOHUGEPAGE);
	left = threads - 1;
	run_threads(threads, run);
	print("mprotect-storm threads=%ld pages=%ld rounds=%ld", threads, (threads - 1) * pages * rounds, rounds);
	return finish_with("mprotects", changes);
}
