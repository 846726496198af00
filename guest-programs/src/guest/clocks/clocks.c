/*
 * clocks: what time it is. Every clock goes on and reads the same through
 * its aliases; CPU clocks count only what ran; POSIX timers and interval
 * timers on wall, process, thread and user time; sleeping until a CPU clock
 * has advanced; and the errors.
 *
 * `clocks raw` prints what it reads, for comparing two runs of one seed:
 * nothing of it may come from the host.
 */
#include "rt.h"

#include <linux/stat.h>

#define MS	1000000L
#define SECOND	1000000000L

static int pid;
static volatile int expired[64];
static volatile uint64_t expired_at;
static volatile int expired_clock;
static volatile int most_overruns;
static volatile siginfo_t last;

static const char *yes(int is)
{
	return is ? "yes" : "no";
}

static int64_t read_clock(int clock)
{
	struct timespec ts;
	long error = SC2(__NR_clock_gettime, clock, &ts);

	return error ? error : ts.tv_sec * SECOND + ts.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	return (struct timespec){ ns / SECOND, ns % SECOND };
}

static struct itimerspec timer_of(int64_t first, int64_t interval)
{
	return (struct itimerspec){ timespec_of(interval), timespec_of(first) };
}

/* Runs until the clock has advanced. */
static void burn(int clock, int64_t ns)
{
	int64_t until = read_clock(clock) + ns;
	volatile unsigned int work = 1;

	while (read_clock(clock) < until)
		for (int i = 0; i < 2000; i++)
			work = work * 1103515245 + 12345;
}

static void on_timer(int sig, siginfo_t *info, void *context)
{
	expired_at = (uint64_t)read_clock(expired_clock);
	last = *info;
	if (info->si_code == SI_TIMER && info->si_overrun > most_overruns)
		most_overruns = info->si_overrun;
	expired[sig]++;
}

static void clocks_go_on(void)
{
	static const struct { int id; const char *name; } all[] = {
		{ CLOCK_REALTIME, "REALTIME" }, { CLOCK_MONOTONIC, "MONOTONIC" },
		{ CLOCK_PROCESS_CPUTIME_ID, "PROCESS_CPUTIME_ID" }, { CLOCK_THREAD_CPUTIME_ID, "THREAD_CPUTIME_ID" },
		{ CLOCK_MONOTONIC_RAW, "MONOTONIC_RAW" }, { CLOCK_REALTIME_COARSE, "REALTIME_COARSE" },
		{ CLOCK_MONOTONIC_COARSE, "MONOTONIC_COARSE" }, { CLOCK_BOOTTIME, "BOOTTIME" },
		{ CLOCK_TAI, "TAI" },
	};
	int64_t before[ARRAY_SIZE(all)];
	unsigned long count = cycles();

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		before[i] = read_clock(all[i].id);
	burn(CLOCK_MONOTONIC, 60 * MS);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		int64_t now = read_clock(all[i].id);

		print("%s goes on: %s\n", all[i].name, yes(before[i] >= 0 && now > before[i]));
	}
	print("the CPU's counter goes on: %s\n", yes(cycles() > count));
	print("CPU time is less than time: %s\n",
	      yes(read_clock(CLOCK_PROCESS_CPUTIME_ID) < read_clock(CLOCK_MONOTONIC)));
	print("clocks 10, 12, -1: %s %s %s\n", error_name(read_clock(10)), error_name(read_clock(12)),
	      error_name(read_clock(-1)));
	print("resolution of clock 12: %s, of MONOTONIC to nowhere: %s, EFAULT: %s\n",
	      error_name(SC2(__NR_clock_getres, 12, NULL)), error_name(SC2(__NR_clock_getres, CLOCK_MONOTONIC, NULL)),
	      error_name(SC2(__NR_clock_gettime, CLOCK_MONOTONIC, 8)));
}

/* A CPU clock by id: of a process (2) or thread (6), negated. */
static int cpu_clock(int id, int kind)
{
	return (int)(~(unsigned int)id << 3 | (unsigned int)kind);
}

static volatile int stop;

static int spin(void *arg)
{
	while (!stop)
		cpu_pause();
	return 0;
}

static int sleep_until_stopped(void *arg)
{
	while (!stop)
		sleep_ms(1);
	return 0;
}

static void cpu_clocks(void)
{
	struct thread other;
	int64_t mine, process, its;

	mine = read_clock(CLOCK_THREAD_CPUTIME_ID);
	sleep_ms(50);
	print("50 ms of sleep are less than 40 ms of CPU time: %s\n",
	      yes(read_clock(CLOCK_THREAD_CPUTIME_ID) - mine < 40 * MS));
	stop = 0;
	thread_start(&other, spin, NULL);
	mine = read_clock(CLOCK_THREAD_CPUTIME_ID);
	process = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	its = read_clock(cpu_clock(other.tid, 6));
	while (read_clock(cpu_clock(other.tid, 6)) < its + 30 * MS)
		sleep_ms(1);
	process = read_clock(CLOCK_PROCESS_CPUTIME_ID) - process;
	mine = read_clock(CLOCK_THREAD_CPUTIME_ID) - mine;
	print("another thread's time counts for the process: %s, not for this thread: %s\n",
	      yes(process >= 30 * MS), yes(mine < process - 10 * MS));
	print("the process's clock by its id: %s, by a thread's: %s, a thread's that is none: %s\n",
	      yes(read_clock(cpu_clock(pid, 2)) > 0), error_name(read_clock(cpu_clock(other.tid, 2))),
	      error_name(read_clock(cpu_clock(0x3fffff, 6))));
	{
		int64_t before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
		struct timespec time = timespec_of(20 * MS);
		long error = SC4(__NR_clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, 0, &time, NULL);

		print("slept until the other thread had used 20 ms: %s %s\n", error_name(error),
		      yes(read_clock(CLOCK_PROCESS_CPUTIME_ID) - before >= 20 * MS));
		time = timespec_of(before);
		print("until a CPU time that is over: %s\n",
		      error_name(SC4(__NR_clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &time, NULL)));
		time = timespec_of(MS);
		print("on one's own CPU time: %ld %s\n",
		      SC4(__NR_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &time, NULL) == -EOPNOTSUPP ? 0L : 1L,
		      error_name(SC4(__NR_clock_nanosleep, cpu_clock(0, 6), 0, &time, NULL)));
	}
	stop = 1;
	thread_join(&other);
}

static void sleeping(void)
{
	struct timespec past = { 1, 0 }, bad = { 0, SECOND }, negative = { -1, 0 }, left = { 7, 7 };
	int64_t before = read_clock(CLOCK_MONOTONIC);
	struct timespec until = timespec_of(before + 30 * MS);

	print("until 1970: %s", error_name(SC4(__NR_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL)));
	print(", until 30 ms from now: %s",
	      error_name(SC4(__NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)));
	print(" at the right time: %s\n", yes(read_clock(CLOCK_MONOTONIC) - before >= 30 * MS));
	print("nanoseconds of a second: %s, negative: %s, nowhere: %s, an unknown clock: %s\n",
	      error_name(sys_nanosleep(&bad, &left)), error_name(sys_nanosleep(&negative, &left)),
	      error_name(sys_nanosleep((void *)8, &left)),
	      error_name(SC4(__NR_clock_nanosleep, 12, 0, &past, NULL)));
	print("the time left is not touched: %s\n", yes(left.tv_sec == 7 && left.tv_nsec == 7));
}

/* Creates a timer that sends `sig`, optionally to one thread. */
static int create(int clock, int notify, int sig, int tid)
{
	struct sigevent event;
	int id = -1;
	long error;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = notify;
	event.sigev_signo = sig;
	event.sigev_value.sival_int = 4711;
	event._sigev_un._tid = tid;
	error = SC3(__NR_timer_create, clock, &event, &id);
	return error ? (int)error : id;
}

static long set_timer(int id, int flags, int64_t first, int64_t interval)
{
	struct itimerspec to = timer_of(first, interval);

	return SC4(__NR_timer_settime, id, flags, &to, NULL);
}

static int64_t time_left(int id)
{
	struct itimerspec now = { { 9, 9 }, { 9, 9 } };

	SC2(__NR_timer_gettime, id, &now);
	return now.it_value.tv_sec * SECOND + now.it_value.tv_nsec;
}

static void forget(int clock)
{
	for (size_t i = 0; i < ARRAY_SIZE(expired); i++)
		expired[i] = 0;
	expired_clock = clock;
}

static void wall_timers(void)
{
	int id, quiet, child;
	int64_t before = read_clock(CLOCK_MONOTONIC), left;
	struct itimerspec bad = { { 0, 0 }, { 0, SECOND } };

	forget(CLOCK_MONOTONIC);
	id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0);
	set_timer(id, 0, 20 * MS, 0);
	while (!expired[SIGUSR1])
		sleep_ms(1);
	print("timer: not early: %s, si_code SI_TIMER: %s, value %d, disarmed: %s\n",
	      yes((int64_t)expired_at - before >= 20 * MS), yes(last.si_code == SI_TIMER), last.si_int,
	      yes(time_left(id) == 0));
	forget(CLOCK_MONOTONIC);
	set_timer(id, TIMER_ABSTIME, 1, 0);
	sleep_ms(5);
	print("an absolute time that is over: fired %d\n", expired[SIGUSR1]);
	forget(CLOCK_MONOTONIC);
	most_overruns = 0;
	signal_mask(SIG_BLOCK, SIGBIT(SIGUSR1));
	set_timer(id, 0, 5 * MS, 5 * MS);
	sleep_ms(60);
	signal_mask(SIG_UNBLOCK, SIGBIT(SIGUSR1));
	set_timer(id, 0, 0, 0);
	print("blocked for many intervals: fired %s, overruns: %s\n", yes(expired[SIGUSR1] > 0),
	      yes(most_overruns >= 5));
	quiet = create(CLOCK_REALTIME, SIGEV_NONE, 0, 0);
	set_timer(quiet, 0, 500 * MS, 0);
	sleep_ms(5);
	left = time_left(quiet);
	print("SIGEV_NONE counts down: %s\n", yes(left > 0 && left <= 495 * MS));
	print("deleted: %s", error_name(SC1(__NR_timer_delete, quiet)));
	print(", again: %s, unknown: %s %s\n", error_name(SC1(__NR_timer_delete, quiet)),
	      error_name(set_timer(4242, 0, 1, 0)), error_name(SC1(__NR_timer_getoverrun, 4242)));
	print("a time that is none: %s, clock 12: %s, signal 65: %s, notify 9: %s, a strange thread: %s\n",
	      error_name(SC4(__NR_timer_settime, id, 0, &bad, NULL)), error_name(create(12, SIGEV_SIGNAL, SIGUSR1, 0)),
	      error_name(create(CLOCK_MONOTONIC, SIGEV_SIGNAL, 65, 0)),
	      error_name(create(CLOCK_MONOTONIC, 9, SIGUSR1, 0)),
	      error_name(create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, SIGUSR1, 1)));
	print("a second settime shows the first: ");
	set_timer(id, 0, 300 * SECOND, 7 * SECOND);
	{
		struct itimerspec to = { { 0, 0 }, { 0, 0 } }, before_it;

		SC4(__NR_timer_settime, id, 0, &to, &before_it);
		print("%s, interval %ld\n", yes(before_it.it_value.tv_sec >= 298), (long)before_it.it_interval.tv_sec);
	}
	child = (int)fork_process();
	if (child == 0)
		exit_process(SC1(__NR_timer_getoverrun, id) == -EINVAL ? 0 : 1);
	print("a child has none of them: %s\n", yes(wait_status(child) == 0));
	SC1(__NR_timer_delete, id);
}

static volatile int receiver;

static void who(int sig, siginfo_t *info, void *context)
{
	receiver = sys_gettid();
	expired[sig]++;
}

static void cpu_timers(void)
{
	struct thread other;
	int id;
	int64_t before;

	forget(CLOCK_PROCESS_CPUTIME_ID);
	before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	id = create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 0);
	set_timer(id, 0, 40 * MS, 0);
	sleep_ms(80);
	print("process CPU timer: after 80 ms of sleep %d", expired[SIGUSR1]);
	while (!expired[SIGUSR1])
		burn(CLOCK_PROCESS_CPUTIME_ID, MS);
	print(", after 40 ms of work %d, not early: %s\n", expired[SIGUSR1],
	      yes((int64_t)expired_at - before >= 40 * MS));
	SC1(__NR_timer_delete, id);

	forget(CLOCK_THREAD_CPUTIME_ID);
	before = read_clock(CLOCK_THREAD_CPUTIME_ID);
	id = create(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR2, 0);
	set_timer(id, 0, 100 * MS, 0);
	stop = 0;
	thread_start(&other, spin, NULL);
	{
		int64_t its = read_clock(cpu_clock(other.tid, 6));

		while (read_clock(cpu_clock(other.tid, 6)) < its + 150 * MS)
			sleep_ms(10);
	}
	stop = 1;
	thread_join(&other);
	print("thread CPU timer: while another thread worked %d", expired[SIGUSR2]);
	print(", left: %s", yes(time_left(id) > 0));
	while (!expired[SIGUSR2])
		burn(CLOCK_THREAD_CPUTIME_ID, MS);
	print(", after its own work %d, not early: %s\n", expired[SIGUSR2],
	      yes((int64_t)expired_at - before >= 100 * MS));
	SC1(__NR_timer_delete, id);

	forget(CLOCK_MONOTONIC);
	signal_handle(SIGUSR1, who, SA_RESTART, 0);
	stop = 0;
	thread_start(&other, sleep_until_stopped, NULL);
	id = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, SIGUSR1, other.tid);
	set_timer(id, 0, 5 * MS, 0);
	while (!expired[SIGUSR1])
		sleep_ms(1);
	print("SIGEV_THREAD_ID reaches that thread: %s\n", yes(receiver == other.tid));
	SC1(__NR_timer_delete, id);
	stop = 1;
	thread_join(&other);
	signal_handle(SIGUSR1, on_timer, SA_RESTART, 0);
}

static long set_interval(int which, long ms, long interval_ms)
{
	struct itimerval timer = { { 0, interval_ms * 1000 }, { 0, ms * 1000 } };

	return SC3(__NR_setitimer, which, &timer, NULL);
}

static void interval_timers(void)
{
	struct itimerval now, bad = { { 0, 0 }, { 0, 1000000 } };
	int child;

	forget(CLOCK_PROCESS_CPUTIME_ID);
	set_interval(ITIMER_VIRTUAL, 30, 0);
	sleep_ms(60);
	print("ITIMER_VIRTUAL: after sleep %d", expired[SIGVTALRM]);
	for (volatile unsigned int work = 0; !expired[SIGVTALRM]; work = work + 1)
		;
	print(", after work %d\n", expired[SIGVTALRM]);
	forget(CLOCK_PROCESS_CPUTIME_ID);
	set_interval(ITIMER_PROF, 10, 10);
	sleep_ms(60);
	print("ITIMER_PROF: after sleep %d", expired[SIGPROF]);
	while (expired[SIGPROF] < 3)
		sys_getppid();
	print(", repeats in system calls: %s\n", yes(expired[SIGPROF] >= 3));
	SC2(__NR_getitimer, ITIMER_PROF, &now);
	print("getitimer: interval %ld us, some time left: %s\n", (long)now.it_interval.tv_usec,
	      yes(now.it_value.tv_sec == 0 && now.it_value.tv_usec > 0 && now.it_value.tv_usec <= 14000));
	child = (int)fork_process();
	if (child == 0) {
		SC2(__NR_getitimer, ITIMER_PROF, &now);
		exit_process(now.it_value.tv_usec != 0 || now.it_interval.tv_usec != 0);
	}
	set_interval(ITIMER_PROF, 0, 0);
	print("a child has none: %s\n", yes(wait_status(child) == 0));
	print("itimer 3: %s %s, a microsecond too many: %s\n", error_name(set_interval(3, 1, 1)),
	      error_name(SC2(__NR_getitimer, 3, &now)), error_name(SC3(__NR_setitimer, ITIMER_REAL, &bad, NULL)));
}

/* What the seeded test compares. */
static struct mutex order_lock;
static int order[64], arrived;

static int note_order(void *arg)
{
	for (int i = 0; i < 8; i++) {
		mutex_lock(&order_lock);
		if (arrived < (int)ARRAY_SIZE(order))
			order[arrived++] = (int)(long)arg;
		mutex_unlock(&order_lock);
		if (i % 3 == 0)
			sys_yield();
	}
	return 0;
}

static void show_file(const char *path)
{
	char text[512];
	long n = sys_read((int)sys_open(path, O_RDONLY, 0), text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = 0;
	print("%s: %s", path, text);
}

static void raw(void)
{
	unsigned long count[4];
	struct thread threads[4];
	unsigned char random[16];
	struct statx file;
	struct rusage used;
	struct timespec time = timespec_of(3 * MS);

	for (int i = 0; i < 4; i++) {
		count[i] = cycles();
		sys_yield();
	}
	print("cycles %lu +%lu +%lu +%lu\n", count[0], count[1] - count[0], count[2] - count[1], count[3] - count[2]);
	for (int clock = 0; clock < 12; clock++)
		print("clock %d: %ld\n", clock, (long)read_clock(clock));
	for (long i = 0; i < 4; i++)
		thread_start(&threads[i], note_order, (void *)i);
	for (int i = 0; i < 4; i++) {
		print("thread %d is %d\n", i, threads[i].tid);
		thread_join(&threads[i]);
	}
	print("order");
	for (int i = 0; i < arrived; i++)
		print(" %d", order[i]);
	print("\npid %d parent %d\n", sys_getpid(), sys_getppid());
	print("random");
	SC3(__NR_getrandom, random, sizeof(random), 0);
	for (size_t i = 0; i < sizeof(random); i++)
		print(" %x", random[i]);
	print("\nAT_RANDOM");
	for (int i = 0; i < 16; i++)
		print(" %x", ((unsigned char *)rt_auxv(AT_RANDOM))[i]);
	print("\nstack %p auxv %lx\n", (void *)&time, rt_auxv(AT_SYSINFO_EHDR));
	sys_nanosleep(&time, NULL);
	sys_close((int)sys_open("made", O_CREAT | O_WRONLY, 0600));
	SC5(__NR_statx, AT_FDCWD, "made", 0, 0xfff, &file);
	print("made: inode %lu, changed %ld.%d, modified %ld.%d\n", (unsigned long)file.stx_ino,
	      (long)file.stx_ctime.tv_sec, file.stx_ctime.tv_nsec, (long)file.stx_mtime.tv_sec, file.stx_mtime.tv_nsec);
	SC5(__NR_statx, AT_FDCWD, "/proc/self/stat", 0, 0xfff, &file);
	print("stat: inode %lu, changed %ld.%d\n", (unsigned long)file.stx_ino, (long)file.stx_ctime.tv_sec,
	      file.stx_ctime.tv_nsec);
	sys_getrusage(RUSAGE_SELF, &used);
	print("used %ld.%ld and %ld.%ld, faults %ld, switches %ld and %ld\n", used.ru_utime.tv_sec,
	      used.ru_utime.tv_usec, used.ru_stime.tv_sec, used.ru_stime.tv_usec, used.ru_minflt, used.ru_nvcsw,
	      used.ru_nivcsw);
	show_file("/proc/uptime");
	show_file("/proc/self/stat");
	show_file("/proc/loadavg");
	show_file("/proc/stat");
	show_file("/proc/sys/kernel/random/boot_id");
	show_file("/proc/sys/kernel/random/uuid");
	sys_read((int)sys_open("/dev/urandom", O_RDONLY, 0), random, sizeof(random));
	print("urandom %x %x %x\n", random[0], random[1], random[2]);
}

int main(int argc, char **argv)
{
	pid = sys_getpid();
	if (argc > 1) {
		raw();
		return 0;
	}
	signal_handle(SIGUSR1, on_timer, SA_RESTART, 0);
	signal_handle(SIGUSR2, on_timer, SA_RESTART, 0);
	signal_handle(SIGVTALRM, on_timer, SA_RESTART, 0);
	signal_handle(SIGPROF, on_timer, SA_RESTART, 0);
	clocks_go_on();
	sleeping();
	cpu_clocks();
	wall_timers();
	cpu_timers();
	interval_timers();
	return 0;
}
