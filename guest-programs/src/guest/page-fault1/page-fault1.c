/*
 * page-fault1: every thread maps anonymous memory, touches each page and
 * unmaps it, again and again.
 *
 *   page-fault1 [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one mapping
 */
#define WORKLOAD "page-fault1"
#include "workload.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 128, 1 << 20 }, { "ROUNDS", 16, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static int run(void *number)
{
	long self = (long)number;

	start_together();
	for (long round = 0; round < rounds; round++) {
		char *memory = map_pages(pages, PROT_READ | PROT_WRITE);

		sys_madvise(memory, pages * workload.page, MADV_NOHUGEPAGE);
		for (long i = 0; i < pages; i++)
			*first_word(memory, i) = stamp(round, self, i);
		for (long i = 0; i < pages; i++) {
			expect("first word of page", i, *first_word(memory, i), stamp(round, self, i));
			expect("last word of page", i, *last_word(memory, i), 0);
		}
		unmap_pages(memory, pages);
	}
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	run_threads(threads, run);
	print("page-fault1 threads=%ld pages=%ld rounds=%ld", threads, threads * pages * rounds, rounds);
	return finish_with("mappings", threads * rounds);
}
