/*
 * map-loop: the test of VM_FAULT_RETRY, 2010. One thread reads random pages of
 * a mapped file whose cached pages are dropped again and again, another maps
 * and unmaps memory. Where a fault holds mmap_lock while it waits for the
 * disk, the second is as slow as the first.
 *
 *   map-loop [-q] [MILLISECONDS [PAGES]]	PAGES: of the file
 */
#define WORKLOAD "map-loop"
#include "workload-file.h"

static struct size sizes[] = { { "MILLISECONDS", 300, 1 << 20 }, { "PAGES", 64, 1 << 20 } };
#define milliseconds	sizes[0].value
#define pages		sizes[1].value

static int file, over;
static unsigned long reads, maps;

static int is_over(void)
{
	return __atomic_load_n(&over, __ATOMIC_RELAXED);
}

/* One round: every page once, in an order of its own, from the disk as far as the cache can be dropped. */
static void read_round(unsigned long *random)
{
	char *memory = map_file(file, pages, PROT_READ, MAP_SHARED);
	unsigned long step = next_random(random) | 1, page = next_random(random) % pages;

	sys_madvise(memory, pages * workload.page, MADV_RANDOM);
	for (long i = 0; i < pages && (i == 0 || !is_over()); i++) {
		expect("first word of page", page, *first_word(memory, page), content(page));
		page = (page + step) % pages;
		reads++;
	}
	unmap_pages(memory, pages);
	drop_cache(file);
}

static int run(void *number)
{
	unsigned long random = 1;

	start_together();
	if (number == NULL) {
		do
			read_round(&random);
		while (!is_over());
		return 0;
	}
	do {
		char *memory = map_pages(1, PROT_READ | PROT_WRITE);

		if (maps % 64 == 0) {
			expect("word of fresh page", 0, *first_word(memory, 0), 0);
			*first_word(memory, 0) = maps;
			if (now_ns() - workload.started > milliseconds * 1000000UL)
				__atomic_store_n(&over, 1, __ATOMIC_RELAXED);
		}
		unmap_pages(memory, 1);
		maps++;
	} while (!is_over());
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	file = make_file(0, pages);
	drop_cache(file);
	run_threads(2, run);
	print("map-loop threads=2 milliseconds=%ld pages=%ld", milliseconds, pages);
	if (!workload.quiet) {
		print_measured();
		print(" reads=%lu reads_per_s=%lu maps=%lu maps_per_s=%lu", reads, per_second(reads), maps, per_second(maps));
	}
	print("\n");
	return 0;
}
