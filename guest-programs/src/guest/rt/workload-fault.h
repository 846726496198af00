/*
 * What page-fault2 and page-fault3 share: every thread maps a file of its own, writes to each page and
 * unmaps it, again and again. WORKLOAD is the program's name; SHARING is MAP_PRIVATE or MAP_SHARED, by
 * which the file must stay as it is or hold what was written last.
 */
#pragma once
#include "workload-file.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 128, 1 << 20 }, { "ROUNDS", 16, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static int files[MAX_THREADS];

static int run(void *number)
{
	long self = (long)number;

	start_together();
	for (long round = 0; round < rounds; round++) {
		char *memory = map_file(files[self], pages, PROT_READ | PROT_WRITE, SHARING);

		for (long i = 0; i < pages; i++)
			*first_word(memory, i) = stamp(round, self, i);
		for (long i = 0; i < pages; i++) {
			expect("first word of page", i, *first_word(memory, i), stamp(round, self, i));
			expect("last word of page", i, *last_word(memory, i), content(i));
		}
		unmap_pages(memory, pages);
	}
	return 0;
}

static void check_file(int fd, long thread)
{
	unsigned long word, wanted;

	for (long i = 0; i < pages; i++) {
		wanted = SHARING == MAP_SHARED ? stamp(rounds - 1, thread, i) : content(i);
		must("pread", sys_pread(fd, &word, sizeof(word), i * workload.page));
		expect("word of the file at page", i, word, wanted);
	}
	sys_close(fd);
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	for (long i = 0; i < threads; i++)
		files[i] = make_file(i, pages);
	run_threads(threads, run);
	for (long i = 0; i < threads; i++)
		check_file(files[i], i);
	print(WORKLOAD " threads=%ld pages=%ld rounds=%ld", threads, threads * pages * rounds, rounds);
	return finish_with("mappings", threads * rounds);
}
