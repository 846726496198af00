/*
 * spf-test: every thread maps VMAs of its own, then touches their pages; what
 * counts is the mean time a thread takes for it all. Neighbours differ in a
 * flag, so that they stay VMAs of their own.
 *
 *   spf-test [-q] [THREADS [VMAS [PAGES]]]		PAGES: of one VMA
 */
#define WORKLOAD "spf-test"
#include "workload.h"

#define MAX_VMAS	1024

static struct size sizes[] = { { "THREADS", 16, MAX_THREADS }, { "VMAS", 10, MAX_VMAS }, { "PAGES", 10, 1 << 20 } };
#define threads	sizes[0].value
#define vmas	sizes[1].value
#define pages	sizes[2].value

static unsigned long times[MAX_THREADS];

static char *map_vma(long number)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (number % 2 ? MAP_NORESERVE : 0);

	return (char *)must("mmap", sys_mmap(NULL, pages * workload.page, PROT_READ | PROT_WRITE, flags, -1, 0));
}

static int run(void *number)
{
	long self = (long)number;
	char **at = map_pages((vmas * sizeof(char *) + workload.page - 1) / workload.page, PROT_READ | PROT_WRITE);
	uint64_t began;

	at[0] = NULL;
	start_together();
	began = now_ns();
	for (long v = 0; v < vmas; v++)
		at[v] = map_vma(v);
	for (long v = 0; v < vmas; v++)
		for (long i = 0; i < pages; i++)
			*first_word(at[v], i) = stamp(v, self, i);
	times[self] = now_ns() - began;
	for (long v = 0; v < vmas; v++) {
		for (long i = 0; i < pages; i++) {
			expect("first word of page", i, *first_word(at[v], i), stamp(v, self, i));
			expect("last word of page", i, *last_word(at[v], i), 0);
		}
		unmap_pages(at[v], pages);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long sum = 0;

	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	run_threads(threads, run);
	for (long i = 0; i < threads; i++)
		sum += times[i];
	print("spf-test threads=%ld vmas=%ld pages=%ld", threads, threads * vmas, threads * vmas * pages);
	if (!workload.quiet) {
		print_measured();
		print(" mean_ns=%lu", sum / threads);
	}
	print("\n");
	return 0;
}
