/*
 * map-storm: one thread maps pages, stores to the first and the last, and
 * unmaps them, as fast as it can; the others fault in the pages of mappings
 * of their own, and give them back. No two threads have anything to do with
 * the same VMA.
 *
 *   map-storm [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one mapping
 */
#define WORKLOAD "map-storm"
#include "workload-touch.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 64, 1 << 12 }, { "ROUNDS", 16, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static char *parts[MAX_THREADS];
static unsigned long mappings;
static int left;

static void storm(unsigned long round)
{
	char *memory = map_pages(pages, PROT_READ | PROT_WRITE);

	for (long i = 0; i < pages; i += pages - 1) {
		expect("fresh word of mapped page", i, *last_word(memory, i), 0);
		*first_word(memory, i) = stamp(round, 0, i);
		expect("first word of mapped page", i, *first_word(memory, i), stamp(round, 0, i));
		if (pages == 1)
			break;
	}
	unmap_pages(memory, pages);
	mappings++;
}

static int run(void *number)
{
	long self = (long)number;
	unsigned long round = 0;

	start_together();
	if (self) {
		touch_part(parts[self], self, pages, rounds);
		__atomic_sub_fetch(&left, 1, __ATOMIC_RELEASE);
		return 0;
	}
	do
		storm(round++);
	while (__atomic_load_n(&left, __ATOMIC_ACQUIRE));
	return 0;
}

/* Mappings of one kind side by side would be one VMA: a page without rights lies between. */
static char *map_apart(void)
{
	char *memory = map_pages(pages + 1, PROT_READ | PROT_WRITE);

	must("mprotect", sys_mprotect(memory + pages * workload.page, workload.page, PROT_NONE));
	sys_madvise(memory, pages * workload.page, MADV_NOHUGEPAGE);
	return memory;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	for (long i = 1; i < threads; i++)
		parts[i] = map_apart();
	left = threads - 1;
	run_threads(threads, run);
	print("map-storm threads=%ld pages=%ld rounds=%ld", threads, (threads - 1) * pages * rounds, rounds);
	return finish_with("mappings", mappings);
}
