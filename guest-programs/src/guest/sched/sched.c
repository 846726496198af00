/*
 * sched: more threads than processors, and everyone gets on: threads that
 * spin, that yield, that wait for one another by spinning alone, all of them
 * on one processor. Affinity masks, and what the scheduling calls answer.
 */
#include "rt.h"

#define MS	1000000L
#define SPINNERS	6
#define MASK_WORDS	16

static volatile int stop;

static const char *yes(int is)
{
	return is ? "yes" : "no";
}

static long get_affinity(int tid, size_t size, unsigned long *mask)
{
	return SC3(__NR_sched_getaffinity, tid, size, mask);
}

static long set_affinity(int tid, size_t size, const unsigned long *mask)
{
	return SC3(__NR_sched_setaffinity, tid, size, mask);
}

static int current_cpu(void)
{
	unsigned int cpu = 999;

	SC3(__NR_getcpu, &cpu, NULL, NULL);
	return (int)cpu;
}

static void pin_to_first(void)
{
	unsigned long mask[MASK_WORDS] = { 1 };

	set_affinity(0, sizeof(mask), mask);
}

struct counter {
	volatile unsigned long count;
	char away[120];	/* from the others' cache lines */
};

static struct counter counters[SPINNERS];

static int spin(void *arg)
{
	volatile unsigned long *mine = &counters[(long)arg].count;

	pin_to_first();
	while (!stop)
		*mine = *mine + 1;
	return 0;
}

static void fair(void)
{
	struct thread threads[SPINNERS];
	unsigned long before[SPINNERS], least = ~0UL, most = 0;
	uint64_t end;
	int all = 0;

	stop = 0;
	for (long i = 0; i < SPINNERS; i++)
		thread_start(&threads[i], spin, (void *)i);
	for (int i = 0; i < SPINNERS; i++)
		while (!counters[i].count)
			sleep_ms(1);
	for (int i = 0; i < SPINNERS; i++)
		before[i] = counters[i].count;
	end = now_ns() + 20000 * MS;
	while (all < SPINNERS && now_ns() < end) {
		all = 0;
		sleep_ms(5);
		for (int i = 0; i < SPINNERS; i++)
			all += counters[i].count > before[i] + 1000;
	}
	sleep_ms(300);
	for (int i = 0; i < SPINNERS; i++) {
		unsigned long got = counters[i].count - before[i];

		least = got < least ? got : least;
		most = got > most ? got : most;
	}
	stop = 1;
	for (int i = 0; i < SPINNERS; i++)
		thread_join(&threads[i]);
	print("%d spinning threads on one processor all get on: %s, nobody ten times as far: %s\n", SPINNERS,
	      yes(all == SPINNERS), yes(least > most / 10));
}

static volatile int ball;

/* Waits for its turn without telling the kernel. */
static int play(void *arg)
{
	int me = (int)(long)arg;

	pin_to_first();
	for (int i = 0; i < 20; i++) {
		while (ball % 2 != me)
			cpu_pause();
		ball = ball + 1;
	}
	return 0;
}

static int play_yielding(void *arg)
{
	int me = (int)(long)arg;

	pin_to_first();
	for (int i = 0; i < 300; i++) {
		while (ball % 3 != me)
			sys_yield();
		ball = ball + 1;
	}
	return 0;
}

static void turns(void)
{
	struct thread threads[3];

	ball = 0;
	for (long i = 0; i < 2; i++)
		thread_start(&threads[i], play, (void *)i);
	for (int i = 0; i < 2; i++)
		thread_join(&threads[i]);
	print("two that spin for their turn on one processor: %d turns\n", ball);
	ball = 0;
	for (long i = 0; i < 3; i++)
		thread_start(&threads[i], play_yielding, (void *)i);
	for (int i = 0; i < 3; i++)
		thread_join(&threads[i]);
	print("three that yield: %d turns\n", ball);
}

/* A sleeper gets its processor back although others never stop. */
static void sleepers(void)
{
	struct thread threads[SPINNERS];
	uint64_t start;

	stop = 0;
	for (long i = 0; i < SPINNERS; i++)
		thread_start(&threads[i], spin, (void *)i);
	pin_to_first();
	start = now_ns();
	for (int i = 0; i < 10; i++)
		sleep_ms(1);
	print("ten sleeps among spinners within 10 s: %s\n", yes(now_ns() - start < 10000 * MS));
	stop = 1;
	for (int i = 0; i < SPINNERS; i++)
		thread_join(&threads[i]);
}

static int report_cpu(void *arg)
{
	unsigned long mask[MASK_WORDS] = { 0 };

	get_affinity(0, sizeof(mask), mask);
	return mask[0] == 1 && current_cpu() == 0;
}

static void affinity(void)
{
	unsigned long all[MASK_WORDS] = { 0 }, mask[MASK_WORDS] = { 0 }, none[MASK_WORDS] = { 0 }, far[MASK_WORDS] = { 0 };
	struct thread other;
	long size = get_affinity(0, sizeof(all), all);
	int child, cpus = 0;

	for (int i = 0; i < 64; i++)
		cpus += all[0] >> i & 1;
	print("the mask is words: %s, processor 0 is in it: %s\n", yes(size > 0 && size % 8 == 0), yes(all[0] & 1));
	print("a mask of 4 bytes: %s, of 12: %s, of nobody: %s, to nowhere: %s\n",
	      error_name(get_affinity(0, 4, mask)), error_name(get_affinity(0, 12, mask)),
	      error_name(get_affinity(0x3ffffff, sizeof(mask), mask)),
	      error_name(get_affinity(0, sizeof(mask), (void *)8)));
	far[8] = 1;
	print("no processor: %s, one that is not there: %s, nobody's: %s\n",
	      error_name(set_affinity(0, sizeof(none), none)), error_name(set_affinity(0, sizeof(far), far)),
	      error_name(set_affinity(0x3ffffff, sizeof(all), all)));
	for (int cpu = 0; cpu < 64; cpu++) {
		mask[0] = 1UL << cpu;
		if (all[0] & mask[0] && (set_affinity(0, sizeof(mask), mask) != 0 || current_cpu() != cpu))
			print("not on processor %d\n", cpu);
	}
	pin_to_first();
	get_affinity(0, sizeof(mask), mask);
	print("pinned: %s", yes(mask[0] == 1 && current_cpu() == 0));
	thread_start(&other, report_cpu, NULL);
	print(", a new thread too: %s", yes(thread_join(&other)));
	child = (int)fork_process();
	if (child == 0)
		exit_process(report_cpu(NULL) ? 0 : 1);
	print(", a child too: %s\n", yes(wait_status(child) == 0));
	mask[0] = ~0UL;
	set_affinity(0, sizeof(mask), mask);
	get_affinity(0, sizeof(mask), mask);
	print("more than there are: as many as there are: %s\n", yes(mask[0] == all[0]));
}

static void policies(void)
{
	struct sched_param_like { int priority; } param = { 0 }, high = { 200 };
	struct timespec slice;

	print("policy %ld, priorities %ld-%ld, SCHED_FIFO %ld-%ld, unknown %s\n", SC1(__NR_sched_getscheduler, 0),
	      SC1(__NR_sched_get_priority_min, 0), SC1(__NR_sched_get_priority_max, 0),
	      SC1(__NR_sched_get_priority_min, 1), SC1(__NR_sched_get_priority_max, 1),
	      error_name(SC1(__NR_sched_get_priority_max, 77)));
	print("batch: %s", error_name(SC3(__NR_sched_setscheduler, 0, 3, &param)));
	print(", now %ld", SC1(__NR_sched_getscheduler, 0));
	print(", normal with a priority: %s, unknown: %s, of nobody: %s %s\n",
	      error_name(SC3(__NR_sched_setscheduler, 0, 0, &high)),
	      error_name(SC3(__NR_sched_setscheduler, 0, 77, &param)),
	      error_name(SC3(__NR_sched_setscheduler, 0x3ffffff, 0, &param)),
	      error_name(SC1(__NR_sched_getscheduler, 0x3ffffff)));
	SC3(__NR_sched_setscheduler, 0, 0, &param);
	print("round-robin interval: %s, of nobody: %s\n", error_name(SC2(__NR_sched_rr_get_interval, 0, &slice)),
	      error_name(SC2(__NR_sched_rr_get_interval, 0x3ffffff, &slice)));
	print("nice: %ld", 20 - SC2(__NR_getpriority, 0, 0));
	print(", set 5: %s", error_name(SC3(__NR_setpriority, 0, 0, 5)));
	print(" %ld", 20 - SC2(__NR_getpriority, 0, 0));
	SC3(__NR_setpriority, 0, 0, 100);
	print(", set 100: %ld, kind 3: %s, nobody: %s\n", 20 - SC2(__NR_getpriority, 0, 0),
	      error_name(SC2(__NR_getpriority, 3, 0)), error_name(SC2(__NR_getpriority, 0, 0x3ffffff)));
}

int main(int argc, char **argv)
{
	affinity();
	fair();
	turns();
	sleepers();
	policies();
	return 0;
}
