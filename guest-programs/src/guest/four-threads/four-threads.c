/*
 * four-threads: four threads that meet at every turn: a futex mutex, an atomic
 * counter, a barrier, a pipe-like ring of semaphores, and page faults in one
 * address space. What it prints is the same in every order; the order in which
 * it happens is the schedule's, and `four-threads order` prints that too.
 *
 *   four-threads [order] [ROUNDS]     50 unless told
 */
#include "rt.h"

#define THREADS 4
#define SHARED_PAGES 16

static long rounds = 50;
static struct mutex lock;
static struct turnstile gate = { .parties = THREADS };
static int baton;		/* whose turn it is in the ring */
static long ring_steps;
static long counter;
static size_t page;
static char *shared;
static char order[2048];	/* under lock: who came when */
static size_t order_used;

static void pass_the_baton(int self)
{
	int now;

	while ((now = __atomic_load_n(&baton, __ATOMIC_ACQUIRE)) != self)
		sys_futex(&baton, FUTEX_WAIT_PRIVATE, now, NULL);
	ring_steps++;
	__atomic_store_n(&baton, (self + 1) % THREADS, __ATOMIC_RELEASE);
	sys_futex(&baton, FUTEX_WAKE_PRIVATE, THREADS, NULL);
}

static int run(void *arg)
{
	int self = (int)(long)arg;

	for (long r = 0; r < rounds; r++) {
		mutex_lock(&lock);
		if (order_used < sizeof(order) - 1)
			order[order_used++] = (char)('A' + self);
		((unsigned int *)(shared + counter % SHARED_PAGES * page))[self]++;
		counter++;
		mutex_unlock(&lock);
		if (r % 8 == self)
			sys_yield();
		if (r % 10 == 9)
			pass_the_baton(self);
		if (r % 25 == 24 && turnstile_wait(&gate)) {
			/* All threads fault these pages in again. */
			sys_madvise(shared + SHARED_PAGES * page, page, MADV_DONTNEED);
		}
		__atomic_add_fetch((int *)(shared + SHARED_PAGES * page + 64 * self), 1, __ATOMIC_RELAXED);
	}
	return self;
}

int main(int argc, char **argv)
{
	static struct thread t[THREADS];
	int show_order = argc > 1 && strcmp(argv[1], "order") == 0;
	long sum = 0, returned = 0, per_thread[THREADS] = { 0 };

	argc -= show_order;
	argv += show_order;
	if (argc > 1)
		rounds = parse_long(argv[1]);
	if (rounds < 1) {
		print("usage: four-threads [order] [ROUNDS]\n");
		return 2;
	}
	page = page_size();
	shared = map_anonymous((SHARED_PAGES + 1) * page, PROT_READ | PROT_WRITE);
	for (long i = 0; i < THREADS; i++)
		thread_start(&t[i], run, (void *)i);
	for (int i = 0; i < THREADS; i++)
		returned = returned * 10 + thread_join(&t[i]);
	for (int i = 0; i < SHARED_PAGES; i++)
		for (int j = 0; j < THREADS; j++)
			sum += ((unsigned int *)(shared + i * page))[j];
	for (size_t i = 0; i < order_used; i++)
		per_thread[order[i] - 'A']++;
	print("counter %ld, sum of the shared pages %ld, ring steps %ld, returned %04ld\n", counter, sum, ring_steps,
	      returned);
	print("turns: A %ld B %ld C %ld D %ld\n", per_thread[0], per_thread[1], per_thread[2], per_thread[3]);
	if (show_order)
		print("order: %s\n", order);
	return 0;
}
