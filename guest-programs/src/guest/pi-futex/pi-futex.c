/*
 * pi-futex: futexes that know their owner. Locking and unlocking through the
 * kernel, who is refused, handing over in order, timeouts, owners that die
 * with and without a robust list, condition variables (wait on one word,
 * be moved to the lock), and the errors.
 */
#include "rt.h"

#define PRIVATE	FUTEX_PRIVATE_FLAG

static int lock, condition, bell;
static int pid;

static long futex(int *word, int op, int value, const void *timeout, int *second, int value3)
{
	return SC6(__NR_futex, word, op | PRIVATE, value, timeout, second, value3);
}

static const char *yes(int is)
{
	return is ? "yes" : "no";
}

/* The word as ownership and flags; threads by the names they were given. */
static int known[16];

static void show(const char *when, int word)
{
	const char *owner = word & FUTEX_TID_MASK ? "somebody" : "nobody";
	char name[16];

	for (int i = 0; i < 16; i++) {
		if (known[i] && (word & FUTEX_TID_MASK) == known[i]) {
			owner = name;
			memcpy(name, "thread 0", 9);
			name[7] = (char)('0' + i);
		}
	}
	print("%s: %s%s%s\n", when, owner, word & FUTEX_WAITERS ? ", waiters" : "",
	      word & FUTEX_OWNER_DIED ? ", owner died" : "");
}

/* Waits until a thread sleeps in the kernel: it has nothing else to wait for. */
static void await_sleep(int tid)
{
	char path[64] = "/proc/self/task/", text[256], *at = path + strlen(path);
	char digits[16];
	int n = 0;

	for (int rest = tid; rest; rest /= 10)
		digits[n++] = (char)('0' + rest % 10);
	while (n)
		*at++ = digits[--n];
	memcpy(at, "/stat", 6);
	for (int quiet = 0; quiet < 5;) {
		int fd = (int)sys_open(path, O_RDONLY, 0);
		long got = sys_read(fd, text, sizeof(text) - 1);
		char *state = text;

		sys_close(fd);
		text[got < 0 ? 0 : got] = 0;
		while (*state && *state != ')')
			state++;
		quiet = *state && state[2] == 'S' ? quiet + 1 : 0;
		sleep_ms(2);
	}
}

static void ring(int value)
{
	__atomic_store_n(&bell, value, __ATOMIC_RELEASE);
	futex(&bell, FUTEX_WAKE, 100, NULL, NULL, 0);
}

static void await_bell(int value)
{
	int now;

	while ((now = __atomic_load_n(&bell, __ATOMIC_ACQUIRE)) < value)
		futex(&bell, FUTEX_WAIT, now, NULL, NULL, 0);
}

static int took[16], took_count;

/* Takes the lock, notes it, gives it back at the bell. */
static int take(void *arg)
{
	int number = (int)(long)arg;
	long error;

	known[number] = sys_gettid();
	error = futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	if (error)
		return (int)error;
	took[took_count++] = number;
	if ((lock & FUTEX_TID_MASK) != known[number])
		print("taker %d does not own the lock\n", number);
	return (int)futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

static int try_it(void *arg)
{
	long try_lock = futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0);

	print("another's trylock: %s", error_name(try_lock));
	print(", unlock: %s\n", error_name(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	return 0;
}

static void alone(void)
{
	struct thread other;

	known[0] = sys_gettid();
	print("lock: %s", error_name(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0)));
	show(", the word", lock);
	print("again: %s", error_name(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0)));
	print(", trylock: %s\n", error_name(futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0)));
	thread_start(&other, try_it, NULL);
	thread_join(&other);
	print("unlock: %s", error_name(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	show(", the word", lock);
	print("unlock again: %s\n", error_name(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	print("trylock of a free one: %s\n", error_name(futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0)));
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	lock = 0x3ffffff0;
	print("owned by a thread that is none: %s, trylock: %s\n",
	      error_name(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0)),
	      error_name(futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0)));
	lock = 0;
	print("misaligned: %s, nowhere: %s, unlock nowhere: %s\n",
	      error_name(futex((int *)((char *)&lock + 1), FUTEX_LOCK_PI, 0, NULL, NULL, 0)),
	      error_name(futex((int *)8, FUTEX_LOCK_PI, 0, NULL, NULL, 0)),
	      error_name(futex((int *)8, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
}

static void queue(void)
{
	struct thread threads[4];
	int before;

	took_count = 0;
	futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	for (long i = 1; i <= 3; i++) {
		thread_start(&threads[i], take, (void *)i);
		await_sleep(threads[i].tid);
	}
	show("three wait", lock);
	print("a plain wake finds them: %s\n", error_name(futex(&lock, FUTEX_WAKE, 1, NULL, NULL, 0)));
	before = lock;
	print("unlock: %s\n", error_name(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	for (int i = 1; i <= 3; i++) {
		int result = thread_join(&threads[i]);

		if (result)
			print("taker %d: %s\n", i, error_name(result));
	}
	print("in the order they came: %d %d %d, the word had waiters: %s\n", took[0], took[1], took[2],
	      yes(before & FUTEX_WAITERS));
	show("at the end", lock);
}

static int hold(void *arg)
{
	known[1] = sys_gettid();
	futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	ring(1);
	await_bell(2);
	return (int)futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

static volatile int handled;

static void count(int sig, siginfo_t *info, void *context)
{
	handled++;
	if (handled == 3)
		ring(2);
}

static int disturb(void *arg)
{
	while (handled < 3) {
		sleep_ms(5);
		sys_tgkill(pid, pid, SIGUSR1);
	}
	return 0;
}

static void timeouts(void)
{
	struct thread holder, other;
	struct timespec past = { 1, 0 }, soon, bad = { 0, 2000000000 };

	bell = 0;
	thread_start(&holder, hold, NULL);
	await_bell(1);
	print("until 1970: %s", error_name(futex(&lock, FUTEX_LOCK_PI, 0, &past, NULL, 0)));
	SC2(__NR_clock_gettime, CLOCK_REALTIME, &soon);
	soon.tv_nsec += 20000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	print(", 20 ms: %s", error_name(futex(&lock, FUTEX_LOCK_PI, 0, &soon, NULL, 0)));
	print(", a time that is none: %s\n", error_name(futex(&lock, FUTEX_LOCK_PI, 0, &bad, NULL, 0)));
	SC2(__NR_clock_gettime, CLOCK_MONOTONIC, &soon);
	soon.tv_nsec += 20000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	print("LOCK_PI2 counts on CLOCK_MONOTONIC: %s\n", error_name(futex(&lock, FUTEX_LOCK_PI2, 0, &soon, NULL, 0)));
	/* A signal never ends the wait: no SA_RESTART needed. */
	handled = 0;
	signal_handle(SIGUSR1, count, 0, 0);
	thread_start(&other, disturb, NULL);
	print("through signals: %s", error_name(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0)));
	print(", handled %s\n", yes(handled >= 3));
	thread_join(&holder);
	thread_join(&other);
	show("the word", lock & ~FUTEX_WAITERS);
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

/* An owner that ends without unlocking. */
struct robust {
	struct robust *next;
	int word;
};

struct robust_head {
	struct robust *next;
	long offset;
	struct robust *pending;
};

static struct robust held;
static struct robust_head head;

static int die_holding(void *arg)
{
	int *word = arg;

	known[1] = sys_gettid();
	futex(word, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	ring(1);
	await_bell(2);
	return 0;
}

static int die_robust(void *arg)
{
	known[1] = sys_gettid();
	head.next = (struct robust *)((long)&held | 1);
	head.offset = offsetof(struct robust, word);
	head.pending = NULL;
	held.next = (struct robust *)&head;
	SC2(__NR_set_robust_list, &head, sizeof(head));
	futex(&held.word, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	ring(1);
	await_bell(2);
	return 0;
}

static int take_from_the_dead(void *arg)
{
	int *word = arg;
	long error;

	known[2] = sys_gettid();
	error = futex(word, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	show("  the heir's word", *word & ~FUTEX_WAITERS);
	*word &= ~FUTEX_OWNER_DIED;
	futex(word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	return (int)error;
}

static void owners_die(void)
{
	struct thread owner, heir;
	int *apart = map_anonymous(page_size(), PROT_READ | PROT_WRITE), child;

	bell = 0;
	lock = 0;
	thread_start(&owner, die_holding, &lock);
	await_bell(1);
	thread_start(&heir, take_from_the_dead, &lock);
	await_sleep(heir.tid);
	ring(2);
	thread_join(&owner);
	print("the owner dies while one waits: %s\n", error_name(thread_join(&heir)));
	show("then", lock);

	bell = 0;
	lock = 0;
	thread_start(&owner, die_holding, &lock);
	await_bell(1);
	ring(2);
	thread_join(&owner);
	show("it dies unwatched", lock);
	print("then: %s\n", error_name(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0)));

	bell = 0;
	held.word = 0;
	thread_start(&owner, die_robust, NULL);
	await_bell(1);
	ring(2);
	thread_join(&owner);
	show("it dies with a robust list", held.word);
	print("then: %s", error_name(futex(&held.word, FUTEX_LOCK_PI, 0, NULL, NULL, 0)));
	show(", the word", held.word);
	print("unlock: %s", error_name(futex(&held.word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	show(", the word", held.word);

	bell = 0;
	held.word = 0;
	thread_start(&owner, die_robust, NULL);
	await_bell(1);
	thread_start(&heir, take_from_the_dead, &held.word);
	await_sleep(heir.tid);
	ring(2);
	thread_join(&owner);
	print("it dies with a robust list while one waits: %s\n", error_name(thread_join(&heir)));
	show("then", held.word);

	/* The heir's is the first store to the word's page since it was shared. */
	bell = 0;
	thread_start(&owner, die_holding, apart);
	await_bell(1);
	thread_start(&heir, take_from_the_dead, apart);
	await_sleep(heir.tid);
	child = (int)fork_process();
	while (child == 0)
		sleep_ms(1000);
	ring(2);
	thread_join(&owner);
	print("it dies when a child shares the word's page: %s\n", error_name(thread_join(&heir)));
	show("then", *apart);
	sys_kill(child, SIGKILL);
	wait_status(child);
}

static int waited[16], waited_count;

/* pthread_cond_wait's way: sleep on the condition, wake up with the lock. */
static int wait_requeue(void *arg)
{
	int number = (int)(long)arg;
	long error;

	known[number] = sys_gettid();
	error = futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &lock, 0);
	if (error) {
		return (int)error;
	}
	waited[waited_count++] = number;
	if ((lock & FUTEX_TID_MASK) != sys_gettid())
		print("thread %d does not own the lock\n", number);
	return (int)futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

static int wait_plainly(void *arg)
{
	return (int)futex(&condition, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void requeue(void)
{
	struct thread threads[4];
	struct timespec past = { 1, 0 };
	long got;

	lock = condition = 0;
	waited_count = 0;
	futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	for (long i = 1; i <= 3; i++) {
		thread_start(&threads[i], wait_requeue, (void *)i);
		await_sleep(threads[i].tid);
	}
	print("three wait for the condition; plain wake: %s, plain requeue: %s\n",
	      error_name(futex(&condition, FUTEX_WAKE, 1, NULL, NULL, 0)),
	      error_name(futex(&condition, FUTEX_REQUEUE, 0, (void *)10, &bell, 0)));
	print("requeue with another value: %s, waking two: %s, to itself: %s, to another lock: %s\n",
	      error_name(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &lock, 7)),
	      error_name(futex(&condition, FUTEX_CMP_REQUEUE_PI, 2, (void *)10, &lock, 0)),
	      error_name(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &condition, 0)),
	      error_name(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &bell, 0)));
	got = futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &lock, 0);
	print("moved behind a held lock: %ld, nobody ran: %s", got, yes(waited_count == 0));
	show(", the lock", lock);
	print("unlock: %s\n", error_name(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0)));
	for (int i = 1; i <= 3; i++)
		print("%s ", error_name(thread_join(&threads[i])));
	print("in order: %d %d %d", waited[0], waited[1], waited[2]);
	show(", the lock", lock);

	waited_count = 0;
	thread_start(&threads[1], wait_requeue, (void *)1L);
	await_sleep(threads[1].tid);
	got = futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)0, &lock, 0);
	print("a free lock goes to the first at once: %ld %s", got, error_name(thread_join(&threads[1])));
	print(", ran %d\n", waited_count);

	print("another value: %s, until 1970: %s, on the lock itself: %s, nothing to move: %ld\n",
	      error_name(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 7, NULL, &lock, 0)),
	      error_name(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, &past, &lock, 0)),
	      error_name(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &condition, 0)),
	      futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock, 0));
	thread_start(&threads[1], wait_plainly, NULL);
	await_sleep(threads[1].tid);
	print("a plain waiter moved to a PI lock: %s\n",
	      error_name(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock, 0)));
	condition = 1;
	futex(&condition, FUTEX_WAKE, 1, NULL, NULL, 0);
	thread_join(&threads[1]);
	print("LOCK_PI with FUTEX_CLOCK_REALTIME: %s, unknown: %s\n",
	      error_name(futex(&lock, FUTEX_LOCK_PI | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0)),
	      error_name(futex(&lock, 99, 0, NULL, NULL, 0)));
}

int main(int argc, char **argv)
{
	pid = sys_getpid();
	alone();
	queue();
	timeouts();
	owners_die();
	requeue();
	return 0;
}
