/*
 * reverse-file: the test of NOPAGE_RETRY, 2006. A file is written, its cached
 * pages are dropped, and many threads fault its pages in from the last to the
 * first, which no read-ahead expects. All go over all pages, so most of them
 * wait for a page that another is reading.
 *
 *   reverse-file [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of the file
 */
#define WORKLOAD "reverse-file"
#include "workload-file.h"

static struct size sizes[] = { { "THREADS", 64, MAX_THREADS }, { "PAGES", 64, 1 << 20 }, { "ROUNDS", 2, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static struct turnstile ready, done;
static char *memory;
static int file;
static uint64_t reading, began;

static int run(void *number)
{
	start_together();
	for (long round = 0; round < rounds; round++) {
		if (turnstile_wait(&done)) {
			if (memory)
				unmap_pages(memory, pages);
			drop_cache(file);
			memory = map_file(file, pages, PROT_READ, MAP_SHARED);
			began = now_ns();
		}
		turnstile_wait(&ready);
		for (long i = pages - 1; i >= 0; i--)
			expect("first word of page", i, *first_word(memory, i), content(i));
		if (turnstile_wait(&done))
			reading += now_ns() - began;
	}
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	file = make_file(0, pages);
	ready.parties = done.parties = threads;
	run_threads(threads, run);
	workload.nanos = reading;
	print("reverse-file threads=%ld pages=%ld rounds=%ld", threads, pages, rounds);
	return finish_with("reads", threads * pages * rounds);
}
