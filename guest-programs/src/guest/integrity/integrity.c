/*
 * integrity: threads and their children fill memory of every kind with what can
 * be checked, and read it all back: private memory, memory shared by mapping and
 * by memfd, a mapped file. With more pages than the machine has memory all but
 * the file goes through swap.
 *
 * In every round each thread fills its parts. When all have, each checks its
 * neighbour's, by mapping and, where there is a descriptor, by pread; then it
 * forks. The child checks its parent's parts and another's private memory, writes
 * to its own copies of that and reads them back, and stores into the shared parts
 * of its parent, who writes new private memory meanwhile and finds what his child
 * has stored when it has ended.
 *
 *   integrity [-q] [THREADS [PRIVATE [SHARED [FILE [ROUNDS]]]]]	pages of one thread
 */
#define WORKLOAD "integrity"
#include "workload-file.h"

enum kind { PRIVATE, MAPPED, MEMFD, MAPPED_FILE, KINDS };

static struct size sizes[] = {
	{ "THREADS", 8, MAX_THREADS }, { "PRIVATE", 64, 1 << 20 }, { "SHARED", 64, 1 << 20 },
	{ "FILE", 16, 1 << 20 },       { "ROUNDS", 2, 1 << 20 },
};
#define threads	sizes[0].value
#define rounds	sizes[4].value

static const char *const names[KINDS] = { "private page", "shared page", "page of memfd", "page of file" };
static char *memory[KINDS];
static int descriptors[KINDS] = { -1, -1, -1, -1 };
static struct turnstile filled, checked;

static long pages_of(enum kind kind)
{
	switch (kind) {
	case PRIVATE:
		return sizes[1].value;
	case MAPPED_FILE:
		return sizes[3].value;
	default:
		return (sizes[2].value + 1) / 2;
	}
}

/* Where in a page something is stored: its ends, and 512 bytes apart. */
static long words_of_page(void)
{
	return workload.page / 512;
}

static volatile unsigned long *word_of(enum kind kind, long thread, long page, long word)
{
	char *at = memory[kind] + (thread * pages_of(kind) + page) * workload.page;

	return word ? (unsigned long *)(at + (word + 1) * 512) - 1 : (unsigned long *)at;
}

/* What is in a word: never the same in two rounds, places or kinds, nor in a child and its parent. */
static unsigned long pattern(enum kind kind, long round, long thread, long page, long word)
{
	return stamp(round, thread, page) ^ (unsigned long)(kind + 1) << 60 ^ word * 0x0101010101UL << 12;
}

static void fill(enum kind kind, long round, long thread)
{
	for (long page = 0; page < pages_of(kind); page++)
		for (long word = 0; word < words_of_page(); word++)
			*word_of(kind, thread, page, word) = pattern(kind, round, thread, page, word);
}

static void check(enum kind kind, long round, long thread)
{
	for (long page = 0; page < pages_of(kind); page++)
		for (long word = 0; word < words_of_page(); word++)
			expect(names[kind], thread * pages_of(kind) + page, *word_of(kind, thread, page, word),
			       pattern(kind, round, thread, page, word));
}

/* The same by system call: the kernel finds what was stored by mapping. */
static void check_read(enum kind kind, long round, long thread)
{
	unsigned long found[2];

	for (long page = 0; page < pages_of(kind); page += 3) {
		long at = thread * pages_of(kind) + page;

		must("pread", sys_pread(descriptors[kind], &found[0], sizeof(long), at * workload.page));
		must("pread", sys_pread(descriptors[kind], &found[1], sizeof(long), (at + 1) * workload.page - sizeof(long)));
		expect(names[kind], at, found[0], pattern(kind, round, thread, page, 0));
		expect(names[kind], at, found[1], pattern(kind, round, thread, page, words_of_page() - 1));
	}
}

static void check_all(long round, long thread)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		check(kind, round, thread);
		if (descriptors[kind] >= 0)
			check_read(kind, round, thread);
	}
}

/* Rounds of children and of what parents write meanwhile. */
static long child_round(long round)
{
	return rounds + 2 * round + 1;
}

NORETURN static void run_child(long round, long self)
{
	/* Of what is shared only this child stores into the part: others' children do into theirs. */
	check(PRIVATE, round, (self + 2) % threads);
	check_all(round, self);
	fill(PRIVATE, child_round(round), self);
	for (enum kind kind = MAPPED; kind < KINDS; kind++)
		fill(kind, child_round(round), self);
	check_all(child_round(round), self);
	exit_process(0);
}

static int run(void *number)
{
	long self = (long)number, child;

	start_together();
	for (long round = 1; round <= rounds; round++) {
		for (enum kind kind = 0; kind < KINDS; kind++)
			fill(kind, round, self);
		turnstile_wait(&filled);
		check_all(round, (self + 1) % threads);
		turnstile_wait(&checked);
		child = must("clone", fork_process());
		if (child == 0)
			run_child(round, self);
		/* Every child has its copy by now: none may see this. */
		turnstile_wait(&filled);
		fill(PRIVATE, child_round(round) + 1, self);
		check(PRIVATE, child_round(round) + 1, self);
		expect("status of child of thread", self, wait_status(child), 0);
		check(PRIVATE, child_round(round) + 1, self);
		for (enum kind kind = MAPPED; kind < KINDS; kind++)
			check(kind, child_round(round), self);
		turnstile_wait(&checked);
	}
	return 0;
}

static void make(enum kind kind, int fd)
{
	int flags = kind == PRIVATE ? MAP_PRIVATE | MAP_ANONYMOUS : fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	long bytes = threads * pages_of(kind) * workload.page;

	if (fd >= 0)
		must("ftruncate", sys_ftruncate(fd, bytes));
	descriptors[kind] = fd;
	memory[kind] = (char *)must("mmap", sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0));
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	filled.parties = checked.parties = threads;
	make(PRIVATE, -1);
	make(MAPPED, -1);
	make(MEMFD, (int)must("memfd_create", SC2(__NR_memfd_create, WORKLOAD, 0)));
	make(MAPPED_FILE, make_file(0, 0));
	run_threads(threads, run);
	print("integrity threads=%ld pages=%ld rounds=%ld", threads,
	      threads * (pages_of(PRIVATE) + pages_of(MAPPED) + pages_of(MEMFD) + pages_of(MAPPED_FILE)), rounds);
	return finish();
}
