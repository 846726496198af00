/*
 * threads: clone(CLONE_THREAD), a futex mutex, an atomic counter, a barrier
 * and a join through CLONE_CHILD_CLEARTID; a futex that times out; a wait on
 * a changed value; FUTEX_REQUEUE; and joins where the kernel has to fault the
 * id in while others change the address space.
 *
 *   threads [THREADS [ROUNDS]]     4 and 2000 unless told
 */
#include "rt.h"

#define MAX_THREADS 64
#define STACK (64 * 1024)

static int threads = 4;
static long rounds = 2000;

static struct mutex lock;
static long guarded;		/* under lock: a plain add, lost if the lock does not exclude */
static long atomic_counter;
static struct turnstile gate;
static int phase_sums[3];
static int last_arrivals;

static int work(void *arg)
{
	long index = (long)arg;

	for (long i = 0; i < rounds; i++) {
		mutex_lock(&lock);
		guarded = guarded + index + 1;
		mutex_unlock(&lock);
		__atomic_add_fetch(&atomic_counter, 1, __ATOMIC_RELAXED);
	}
	for (int phase = 0; phase < 3; phase++) {
		__atomic_add_fetch(&phase_sums[phase], (int)index, __ATOMIC_RELAXED);
		if (turnstile_wait(&gate))
			__atomic_add_fetch(&last_arrivals, 1, __ATOMIC_RELAXED);
		/* Nobody passes the gate before all have added. */
		if (__atomic_load_n(&phase_sums[phase], __ATOMIC_RELAXED) != threads * (threads - 1) / 2)
			return -1;
	}
	return 100 + (int)index;
}

static void counters(void)
{
	static struct thread t[MAX_THREADS];
	int pid = sys_getpid(), distinct = 1;

	gate.parties = threads;
	for (long i = 0; i < threads; i++)
		thread_start(&t[i], work, (void *)i);
	for (int i = 0; i < threads; i++)
		distinct &= t[i].tid != pid;
	for (int i = 0; i < threads; i++) {
		int result = thread_join(&t[i]);

		print("thread %d returned %d, tid now %d\n", i, result, t[i].tid);
	}
	print("guarded %ld, expected %ld\n", guarded, rounds * threads * (threads + 1) / 2);
	print("atomic %ld, expected %ld\n", atomic_counter, rounds * threads);
	print("last arrivals %d in 3 phases, tids differ from the pid: %s\n", last_arrivals, distinct ? "yes" : "no");
}

static int in_thread(void *arg)
{
	*(int *)arg = sys_getpid() == *(int *)arg && sys_gettid() != *(int *)arg;
	return 0;
}

static void identity(void)
{
	struct thread t;
	int word = sys_getpid();

	thread_start(&t, in_thread, &word);
	thread_join(&t);
	print("same pid, other tid: %s\n", word == 1 ? "yes" : "no");
}

static void futex_errors(void)
{
	struct timespec ten_ms = { 0, 10000000 };
	uint64_t before;
	int word = 1;
	long error;

	print("wait on a changed value: %s\n", error_name(sys_futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL)));
	before = now_ns();
	error = sys_futex(&word, FUTEX_WAIT_PRIVATE, 1, &ten_ms);
	print("wait with a timeout: %s, %s 10 ms\n", error_name(error), now_ns() - before >= 10000000 ? "after" : "before");
	print("wake with nobody waiting: %ld\n", sys_futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL));
	print("misaligned word: %s\n", error_name(sys_futex((int *)((char *)&word + 1), FUTEX_WAKE_PRIVATE, 1, NULL)));
	print("unmapped word: %s\n", error_name(sys_futex((int *)8, FUTEX_WAIT_PRIVATE, 1, NULL)));
}

static int first_word, second_word, awake;

static int wait_once(void *arg)
{
	while (sys_futex(&first_word, FUTEX_WAIT_PRIVATE, 0, NULL) == -EINTR)
		;
	__atomic_add_fetch(&awake, 1, __ATOMIC_RELAXED);
	return 0;
}

/* Three waiters: one is woken, two are moved to the second word and woken there. */
static void requeue(void)
{
	struct thread t[3];
	int woken = 0, moved = 0;

	for (int i = 0; i < 3; i++)
		thread_start(&t[i], wait_once, NULL);
	/* The call counts whom it woke and moved: repeat until all three have been seen. */
	while (woken + moved < 3) {
		long n = SC5(__NR_futex, &first_word, FUTEX_REQUEUE_PRIVATE, woken ? 0 : 1, 2L, &second_word);

		if (n > 0 && !woken)
			woken = 1, n--;
		if (n > 0)
			moved += n;
		sys_yield();
	}
	while (moved > 0)
		moved -= sys_futex(&second_word, FUTEX_WAKE_PRIVATE, 3, NULL);
	for (int i = 0; i < 3; i++)
		thread_join(&t[i]);
	print("requeue: %d of 3 waiters awake\n", awake);
}

long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid, void *tls, int (*fn)(void *), void *arg);

static int *last_id;
static volatile int over;

static int change_mappings(void *arg)
{
	while (!over)
		sys_munmap(map_anonymous(page_size(), PROT_READ), page_size());
	return 0;
}

/* The page of its id is not mapped any more when it ends, but still has it. */
static int forget_id(void *arg)
{
	sleep_ms(1);
	sys_madvise(last_id, page_size(), MADV_DONTNEED);
	return 0;
}

static void faulting_joins(void)
{
	const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
				    CLONE_CHILD_CLEARTID;
	struct timespec limit = { 60, 0 };
	struct thread t[2];
	char *stack = map_anonymous(STACK, PROT_READ | PROT_WRITE);
	int joined = 0, late = 0;

	last_id = (int *)sys_mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (is_map_failed(last_id))
		die("mmap", (long)last_id);
	for (int i = 0; i < 2; i++)
		thread_start(&t[i], change_mappings, NULL);
	/* One that is late may still be on its stack. */
	for (int i = 0; i < 40 && !late; i++) {
		*last_id = 1;
		rt_clone(flags, stack + STACK, NULL, last_id, NULL, forget_id, NULL);
		while (!late && __atomic_load_n(last_id, __ATOMIC_ACQUIRE) == 1)
			late = sys_futex(last_id, FUTEX_WAIT, 1, &limit) == -ETIMEDOUT;
		joined += !late;
	}
	over = 1;
	for (int i = 0; i < 2; i++)
		thread_join(&t[i]);
	print("joined while mappings change: %d of 40\n", joined);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		threads = (int)parse_long(argv[1]);
	if (argc > 2)
		rounds = parse_long(argv[2]);
	if (threads < 1 || threads > MAX_THREADS || rounds < 0) {
		print("usage: threads [1-%d [ROUNDS]]\n", MAX_THREADS);
		return 2;
	}
	counters();
	identity();
	futex_errors();
	requeue();
	faulting_joins();
	return 0;
}
