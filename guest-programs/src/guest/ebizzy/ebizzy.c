/*
 * ebizzy: a search engine's heap. Threads take a random chunk of records,
 * allocate memory of a random size for a copy, copy it, search the copy for a
 * random key, and free it. Chunks are large, so that an allocation is a
 * mapping, as malloc makes it, and every copy faults its pages in anew. With
 * HEAP 2 the memory comes from one heap under a lock, which gives pages back
 * with MADV_DONTNEED.
 *
 *   ebizzy [-q] [THREADS [CHUNKS [PAGES [RECORDS [HEAP]]]]]
 *
 * PAGES is the size of a chunk, RECORDS how many one thread finds.
 */
#define WORKLOAD "ebizzy"
#include "workload.h"

#define MAX_CHUNKS	256

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "CHUNKS", 8, MAX_CHUNKS }, { "PAGES", 8, 1 << 12 },
			       { "RECORDS", 64, 1 << 30 }, { "HEAP", 1, 2 } };
#define threads	sizes[0].value
#define chunks	sizes[1].value
#define pages	sizes[2].value
#define records	sizes[3].value
#define heap	(sizes[4].value == 2)

static unsigned long *chunk[MAX_CHUNKS];

/* The heap: slots of one chunk each, as many as there are threads. */
static struct mutex heap_lock;
static char *heap_base;
static int heap_taken[MAX_THREADS];

static char *heap_take(void)
{
	int slot = 0;

	mutex_lock(&heap_lock);
	while (heap_taken[slot])
		slot++;
	heap_taken[slot] = 1;
	mutex_unlock(&heap_lock);
	return heap_base + slot * pages * workload.page;
}

static void heap_give(char *at)
{
	must("madvise", sys_madvise(at, pages * workload.page, MADV_DONTNEED));
	mutex_lock(&heap_lock);
	heap_taken[(at - heap_base) / (pages * workload.page)] = 0;
	mutex_unlock(&heap_lock);
}

/* Keys rise from record to record, each chunk's are its own. */
static unsigned long key(long of_chunk, unsigned long record)
{
	return (unsigned long)of_chunk << 32 | record * 3;
}

/* Where a key stands among the first `count` records; -1 for nowhere. */
static long search(const unsigned long *in, unsigned long count, unsigned long wanted)
{
	unsigned long low = 0, high = count;

	while (low < high) {
		unsigned long middle = low + (high - low) / 2;

		if (in[middle] == wanted)
			return middle;
		if (in[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

static void copy(unsigned long *to, const unsigned long *from, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		to[i] = from[i];
}

static int run(void *number)
{
	unsigned long random = (unsigned long)number + 1, per_page = workload.page / sizeof(unsigned long);

	start_together();
	for (long n = 0; n < records; n++) {
		long of = next_random(&random) % chunks;
		unsigned long size = 1 + next_random(&random) % pages, count = size * per_page;
		unsigned long wanted = next_random(&random) % count;
		char *memory = heap ? heap_take() : map_pages(size, PROT_READ | PROT_WRITE);

		expect("fresh memory in chunk", of, *(unsigned long *)memory, 0);
		copy((unsigned long *)memory, chunk[of], count);
		expect("place of record", wanted, search((unsigned long *)memory, count, key(of, wanted)), wanted);
		expect("place of no record", wanted, search((unsigned long *)memory, count, key(of, wanted) + 1), -1UL);
		if (heap)
			heap_give(memory);
		else
			unmap_pages(memory, size);
	}
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	for (long i = 0; i < chunks; i++) {
		chunk[i] = map_pages(pages, PROT_READ | PROT_WRITE);
		for (unsigned long j = 0; j < pages * workload.page / sizeof(unsigned long); j++)
			chunk[i][j] = key(i, j);
	}
	if (heap)
		heap_base = map_pages(threads * pages, PROT_READ | PROT_WRITE);
	run_threads(threads, run);
	print("ebizzy threads=%ld chunks=%ld pages=%ld heap=%s", threads, chunks, chunks * pages, heap ? "yes" : "no");
	return finish_with("records", threads * records);
}
