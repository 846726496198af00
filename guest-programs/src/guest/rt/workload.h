/*
 * workload.h: what the fault workloads have in common: sizes from the command
 * line, threads that start together, time and page faults, one line of result.
 *
 * The line is the workload's name and words key=value. Those before nanos= are
 * the same in every run; nanos= and what follows is measured, and -q leaves it
 * out. A workload checks its own data: what is wrong is said in one line, and
 * the exit status is 1.
 *
 * Define WORKLOAD, the name, before this is included.
 */
#ifndef GUEST_WORKLOAD_H
#define GUEST_WORKLOAD_H

#include "rt.h"

#define MAX_THREADS	256

/* A number on the command line: from 1 to most, value unless told. */
struct size {
	const char *name;
	long value;
	long most;
};

static struct {
	int quiet;
	size_t page;
	struct turnstile start;
	uint64_t started;
	uint64_t nanos;
	unsigned long minor, major;	/* faults between the start and the last join */
} workload;

NORETURN static inline void usage(const struct size *sizes, int count)
{
	print("usage: %s [-q]", WORKLOAD);
	for (int i = 0; i < count; i++)
		print(" [%s", sizes[i].name);
	for (int i = 0; i < count; i++)
		print("]");
	print("\n");
	for (int i = 0; i < count; i++)
		print("%s: 1 to %ld, %ld unless told\n", sizes[i].name, sizes[i].most, sizes[i].value);
	exit_process(2);
}

/* Reads the command line; what is wrong with it ends the program. */
static inline void read_sizes(int argc, char **argv, struct size *sizes, int count)
{
	struct size given[8];
	int at = 1, n = 0;

	for (int i = 0; i < count; i++)
		given[i] = sizes[i];
	if (at < argc && strcmp(argv[at], "-q") == 0) {
		workload.quiet = 1;
		at++;
	}
	for (; at < argc; at++, n++) {
		if (n == count)
			usage(sizes, count);
		given[n].value = parse_long(argv[at]);
		if (given[n].value < 1 || given[n].value > given[n].most)
			usage(sizes, count);
	}
	for (int i = 0; i < count; i++)
		sizes[i] = given[i];
	workload.page = page_size();
}

/* A number is not what it must be. */
NORETURN static inline void fail(const char *what, unsigned long where, unsigned long found, unsigned long expected)
{
	print("%s: %s %lu: found 0x%lx, expected 0x%lx\n", WORKLOAD, what, where, found, expected);
	exit_process(1);
}

static inline void expect(const char *what, unsigned long where, unsigned long found, unsigned long expected)
{
	if (found != expected)
		fail(what, where, found, expected);
}

/* Passes on what a system call returned, unless that is an error. */
static inline long must(const char *call, long result)
{
	if (is_error(result)) {
		print("%s: %s: %s (%ld)\n", WORKLOAD, call, error_name(result), result);
		exit_process(1);
	}
	return result;
}

static inline void *map_pages(unsigned long pages, int prot)
{
	return (void *)must("mmap", sys_mmap(NULL, pages * workload.page, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static inline void unmap_pages(void *at, unsigned long pages)
{
	must("munmap", sys_munmap(at, pages * workload.page));
}

/* The first and the last word of a page. */
static inline volatile unsigned long *first_word(char *base, unsigned long page)
{
	return (unsigned long *)(base + page * workload.page);
}

static inline volatile unsigned long *last_word(char *base, unsigned long page)
{
	return first_word(base, page + 1) - 1;
}

/* What is stored where: never 0, and not the same in two places or rounds. */
static inline unsigned long stamp(unsigned long round, unsigned long thread, unsigned long page)
{
	return round << 40 | thread << 28 | (page + 1);
}

static inline unsigned long next_random(unsigned long *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state >> 33;
}

/* The threads begin here, all at a time. */
static inline void start_together(void)
{
	/* Everybody writes it before the last can go on: what stays is the time of the last. */
	__atomic_store_n(&workload.started, now_ns(), __ATOMIC_RELAXED);
	turnstile_wait(&workload.start);
}

/* Runs threads 0 to count - 1, which get their number and call start_together. */
static inline void run_threads(int count, int (*run)(void *number))
{
	static struct thread threads[MAX_THREADS];
	struct rusage before, after;

	workload.start.parties = count;
	must("getrusage", sys_getrusage(RUSAGE_SELF, &before));
	for (long i = 0; i < count; i++)
		thread_start(&threads[i], run, (void *)i);
	for (int i = 0; i < count; i++)
		thread_join(&threads[i]);
	workload.nanos = now_ns() - workload.started;
	must("getrusage", sys_getrusage(RUSAGE_SELF, &after));
	workload.minor = after.ru_minflt - before.ru_minflt;
	workload.major = after.ru_majflt - before.ru_majflt;
}

static inline unsigned long per_second(unsigned long count)
{
	return (unsigned long)(count * 1e9 / (workload.nanos ? workload.nanos : 1));
}

/* The measured words that all have: behind the stable ones and before those of one workload. */
static inline void print_measured(void)
{
	unsigned long faults = workload.minor + workload.major;

	print(" nanos=%lu faults=%lu major=%lu faults_per_s=%lu", (unsigned long)workload.nanos, faults, workload.major,
	      per_second(faults));
}

/* Ends the line of a workload that has nothing to add. */
static inline int finish(void)
{
	if (!workload.quiet)
		print_measured();
	print("\n");
	return 0;
}

/* Ends it with how much of its own unit was done: UNIT=... UNIT_per_s=... */
static inline int finish_with(const char *unit, unsigned long count)
{
	if (!workload.quiet) {
		print_measured();
		print(" %s=%lu %s_per_s=%lu", unit, count, unit, per_second(count));
	}
	print("\n");
	return 0;
}

#endif
