/*
 * touch: how many page faults per second. Every thread maps its own memory,
 * writes one byte to every page, and unmaps it, ROUNDS times; nothing is
 * shared but the address space.
 *
 *   touch [-q] [MIB [THREADS [ROUNDS]]]     64 1 8 unless told; MIB is the sum over the threads
 *
 * -q leaves out what differs from run to run.
 */
#include "rt.h"

#define MAX_THREADS 64

static size_t page, bytes_per_thread;
static long rounds = 8;
static struct turnstile start_line;
static uint64_t started;	/* written by the last to arrive, read after the joins */

static int touch(void *arg)
{
	unsigned long *pages = arg;

	if (turnstile_wait(&start_line))
		__atomic_store_n(&started, now_ns(), __ATOMIC_RELAXED);
	for (long r = 0; r < rounds; r++) {
		char *p = map_anonymous(bytes_per_thread, PROT_READ | PROT_WRITE);

		/* One fault per page is what is measured; without huge pages in the kernel this is an error. */
		sys_madvise(p, bytes_per_thread, MADV_NOHUGEPAGE);
		for (size_t at = 0; at < bytes_per_thread; at += page)
			*(volatile char *)(p + at) = 1;
		*pages += bytes_per_thread / page;
		sys_munmap(p, bytes_per_thread);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct thread t[MAX_THREADS];
	static unsigned long touched[MAX_THREADS][8];	/* a cache line each */
	int quiet = argc > 1 && strcmp(argv[1], "-q") == 0, threads = 1;
	struct rusage before, after;
	unsigned long pages = 0, faults;
	long mib = 64;
	uint64_t ns;

	argc -= quiet;
	argv += quiet;
	if (argc > 1)
		mib = parse_long(argv[1]);
	if (argc > 2)
		threads = (int)parse_long(argv[2]);
	if (argc > 3)
		rounds = parse_long(argv[3]);
	page = page_size();
	if (threads < 1 || threads > MAX_THREADS || rounds < 1 || mib < 1 ||
	    (bytes_per_thread = ((unsigned long)mib << 20) / threads & -page) == 0) {
		print("usage: touch [-q] [MIB [THREADS [ROUNDS]]]: MIB and ROUNDS from 1, THREADS 1-%d\n", MAX_THREADS);
		return 2;
	}
	start_line.parties = threads;
	sys_getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < threads; i++)
		thread_start(&t[i], touch, touched[i]);
	for (int i = 0; i < threads; i++) {
		thread_join(&t[i]);
		pages += touched[i][0];
	}
	ns = now_ns() - started;
	sys_getrusage(RUSAGE_SELF, &after);
	faults = after.ru_minflt - before.ru_minflt;
	print("touched %lu pages: %ld MiB by %d thread%s, %ld rounds\n", pages, mib, threads, threads == 1 ? "" : "s",
	      rounds);
	print("every one was counted as a fault: %s\n", faults >= pages ? "yes" : "no");
	if (!quiet)
		print("touch mib=%ld threads=%d rounds=%ld pages=%lu faults=%lu nanos=%lu faults_per_second=%lu\n", mib,
		      threads, rounds, pages, faults, (unsigned long)ns, (unsigned long)(pages * 1000000000.0 / ns));
	return 0;
}
