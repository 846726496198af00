/*
 * restarts: calls that wait, and the signals that come meanwhile. Each call
 * with a handler that does not restart (it ends with EINTR), and with
 * SA_RESTART (most go on until what they wait for happens; some never do).
 * Then the corners of the alternate signal stack.
 */
#include "rt.h"

#include <linux/eventpoll.h>

#define MS	1000000L
#define OFTEN	4

static int pid, main_tid;
static int in, out;		/* an empty pipe */
static int full_in, full_out;	/* a full one */
static int event, word, child;
static volatile int handled, finished;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	handled++;
}

/* Signals until the call has ended, or some times and then makes happen what it waits for. */
struct disturbance {
	int restarts;
	void (*happen)(void);
};

static int disturb(void *arg)
{
	struct disturbance *how = arg;
	static char drained[4096];

	while (!finished) {
		int before = handled;

		sleep_ms(4);
		if (finished)
			break;
		if (how->restarts && handled >= OFTEN) {
			how->happen();
			how->restarts = 0;
			while (!finished)
				sleep_ms(1);
			break;
		}
		sys_tgkill(pid, main_tid, SIGUSR1);
		for (int i = 0; i < 200 && handled == before && !finished; i++)
			sleep_ms(1);
	}
	SC3(__NR_fcntl, in, F_SETFL, O_NONBLOCK);
	sys_read(in, drained, sizeof(drained));
	SC3(__NR_fcntl, in, F_SETFL, 0);
	return 0;
}

static void write_byte(void) { sys_write(out, "x", 1); }
static void read_some(void)
{
	static char some[4096];

	sys_read(full_in, some, sizeof(some));
}
static void write_event(void)
{
	uint64_t three = 3;

	sys_write(event, &three, 8);
}
static void change_word(void)
{
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	sys_futex(&word, FUTEX_WAKE, 1, NULL);
}
static void end_child(void) { sys_kill(child, SIGKILL); }

static long call_read(void) { char c; return sys_read(in, &c, 1); }
static long call_write(void) { return sys_write(full_out, "y", 1); }
static long call_event(void) { uint64_t value; return sys_read(event, &value, 8); }
static long call_futex(void) { return sys_futex(&word, FUTEX_WAIT, 0, NULL); }
static long call_futex_timeout(void)
{
	struct timespec minute = { 60, 0 };

	return sys_futex(&word, FUTEX_WAIT, 0, &minute);
}
static long call_wait(void) { int status; return sys_wait4(child, &status, 0, NULL) == child ? 1 : -EINTR; }
static long call_poll(void)
{
	struct pollfd fd = { in, POLLIN, 0 };
	struct timespec minute = { 60, 0 };

	return SC5(__NR_ppoll, &fd, 1, &minute, NULL, 0);
}
static long call_select(void)
{
	unsigned long set[16] = { 0 };
	struct timespec minute = { 60, 0 };

	set[in / 64] |= 1UL << in % 64;
	return SC6(__NR_pselect6, in + 1, set, NULL, NULL, &minute, NULL);
}
static long call_epoll(void)
{
	struct epoll_event one = { .events = EPOLLIN };
	int fd = (int)SC1(__NR_epoll_create1, 0);
	long got;

	SC4(__NR_epoll_ctl, fd, EPOLL_CTL_ADD, in, &one);
	got = SC6(__NR_epoll_pwait, fd, &one, 1, 60000, NULL, 8);
	sys_close(fd);
	return got;
}
static long call_nanosleep(void)
{
	struct timespec minute = { 60, 0 };

	return sys_nanosleep(&minute, NULL);
}
static long call_nanosleep_until(void)
{
	struct timespec until;

	SC2(__NR_clock_gettime, CLOCK_MONOTONIC, &until);
	until.tv_sec += 60;
	return SC4(__NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}
static long call_sigtimedwait(void)
{
	uint64_t wanted = SIGBIT(SIGUSR2);
	struct timespec minute = { 60, 0 };

	return SC4(__NR_rt_sigtimedwait, &wanted, NULL, &minute, 8);
}
static long call_sigsuspend(void)
{
	uint64_t none = 0;

	return SC2(__NR_rt_sigsuspend, &none, 8);
}
static long call_open_fifo(void)
{
	int fd = (int)sys_open("fifo", O_RDONLY, 0);

	if (fd < 0)
		return fd;
	sys_close(fd);
	return 1;
}
static void open_writer(void) { sys_close((int)sys_open("fifo", O_WRONLY, 0)); }

static void one(const char *name, long (*call)(void), void (*happen)(void), int always_ends)
{
	struct thread other;

	print("%s:", name);
	for (int restarts = 0; restarts < 2; restarts++) {
		struct disturbance how = { restarts && !always_ends, happen };
		long got;

		handled = finished = 0;
		word = 0;
		if (call == call_wait) {
			child = (int)fork_process();
			if (child == 0)
				for (;;)
					sleep_ms(60000);
		}
		signal_handle(SIGUSR1, on_signal, restarts ? SA_RESTART : 0, 0);
		thread_start(&other, disturb, &how);
		got = call();
		finished = 1;
		thread_join(&other);
		print(" %s", got < 0 ? error_name(got) : got == 0 ? "0" : "done");
		print("%s", restarts && !always_ends && handled < OFTEN ? " (too soon)" : "");
		if (call == call_wait && got < 0) {
			end_child();
			wait_status(child);
		}
	}
	print("\n");
}

static void calls(void)
{
	static char much[65536];
	int fds[2];

	sys_pipe2(fds, 0);
	in = fds[0], out = fds[1];
	sys_pipe2(fds, 0);
	full_in = fds[0], full_out = fds[1];
	for (long room = sizeof(much), n; room > 0 && (n = sys_write(full_out, much, room)) > 0;)
		room -= n;
	event = (int)SC2(__NR_eventfd2, 0, 0);
	sys_unlink("fifo");
	SC4(__NR_mknodat, AT_FDCWD, "fifo", 0010600, 0);
	print("call: without SA_RESTART, with it\n");
	one("read", call_read, write_byte, 0);
	one("write to a full pipe", call_write, read_some, 0);
	one("read of an eventfd", call_event, write_event, 0);
	one("futex", call_futex, change_word, 0);
	one("futex with a limit", call_futex_timeout, change_word, 1);
	one("wait4", call_wait, end_child, 0);
	one("open of a FIFO", call_open_fifo, open_writer, 0);
	one("ppoll", call_poll, write_byte, 1);
	one("pselect6", call_select, write_byte, 1);
	one("epoll_pwait", call_epoll, write_byte, 1);
	one("nanosleep", call_nanosleep, NULL, 1);
	one("clock_nanosleep until", call_nanosleep_until, NULL, 1);
	one("sigtimedwait for another", call_sigtimedwait, NULL, 1);
	one("sigsuspend", call_sigsuspend, NULL, 1);
	sys_unlink("fifo");
}

/* A signal that is ignored, or blocked, or whose default is to do nothing, ends no wait. */
static int send_quiet(void *arg)
{
	for (int i = 0; i < 3; i++) {
		sleep_ms(3);
		sys_tgkill(pid, main_tid, SIGUSR2);
		sys_tgkill(pid, main_tid, SIGUSR1);
		sys_tgkill(pid, main_tid, SIGWINCH);
	}
	sleep_ms(3);
	write_byte();
	return 0;
}

static void quiet_signals(void)
{
	struct thread other;
	long got;

	handled = 0;
	signal_handle(SIGUSR1, on_signal, 0, 0);
	signal_ignore(SIGUSR2);
	signal_mask(SIG_BLOCK, SIGBIT(SIGUSR1));
	thread_start(&other, send_quiet, NULL);
	got = call_read();
	thread_join(&other);
	print("ignored, blocked and harmless signals: %ld byte, handled %d", got, handled);
	signal_mask(SIG_UNBLOCK, SIGBIT(SIGUSR1));
	print(", then %d\n", handled);
	signal_default(SIGUSR2);
}

/* The stop and its end are no signal to a handler: calls go on, but some see EINTR all the same. */
static int stop_and_go(void *arg)
{
	int parent = (int)(long)arg, status;

	sleep_ms(5);
	sys_kill(parent, SIGSTOP);
	if (sys_wait4(parent, &status, WUNTRACED, NULL) == parent && (status & 0xff) == 0x7f)
		sys_kill(parent, SIGCONT);
	sleep_ms(10);
	write_byte();
	return 0;
}

static void stops(void)
{
	int stopped = (int)fork_process();
	long got;

	if (stopped == 0) {
		struct timespec little = { 0, 100 * MS };

		got = call_read();
		exit_process(got == 1 && sys_nanosleep(&little, NULL) == 0 ? 0 : 1);
	}
	stop_and_go((void *)(long)stopped);
	print("read and nanosleep through a stop: %d\n", wait_status(stopped));
}

/* Alternate stacks. */
static char *alternate;
static volatile int flags_inside;
static volatile long set_inside;
static struct jump back;

static long set_stack(void *sp, int flags, size_t size)
{
	stack_t ss = { sp, flags, size };

	return SC2(__NR_sigaltstack, &ss, NULL);
}

static int flags_now(void)
{
	stack_t now = { 0 };

	SC2(__NR_sigaltstack, NULL, &now);
	return now.ss_flags;
}

static void look(int sig, siginfo_t *info, void *context)
{
	stack_t frame = ((struct ucontext *)context)->uc_stack;

	flags_inside = flags_now();
	set_inside = set_stack(alternate, 0, 32768);
	handled = frame.ss_sp == alternate && frame.ss_size == 32768 ? (int)frame.ss_flags : -1;
}

static void leave(int sig, siginfo_t *info, void *context)
{
	rt_longjmp(&back, 1);
}

static int in_new_thread(void *arg)
{
	return flags_now();
}

static const char *hex(int value)
{
	static char text[4][16];
	static int next;
	char *out = text[next++ % 4], *at = out + 15;
	unsigned int rest = (unsigned int)value;

	*at = 0;
	do
		*--at = "0123456789abcdef"[rest & 15];
	while (rest >>= 4);
	return at;
}

#define SS_AUTODISARM_FLAG	((int)(1U << 31))

static void alternate_stacks(void)
{
	stack_t overlap;
	struct thread other;
	int crashed;

	print("at first: %s", hex(flags_now()));
	alternate = alternate_stack();
	print(", set: %s", hex(flags_now()));
	print(", disabled: %s", error_name(set_stack(alternate, SS_DISABLE, 0)));
	print(" %s", hex(flags_now()));
	print(", SS_ONSTACK as a flag: %s", error_name(set_stack(alternate, SS_ONSTACK, 32768)));
	print(" %s\n", hex(flags_now()));
	print("flags 4: %s, size 0: %s, nowhere: %s", error_name(set_stack(alternate, 4, 32768)),
	      error_name(set_stack(alternate, 0, 0)), error_name(SC2(__NR_sigaltstack, 8, NULL)));
	print(", old to nowhere: %s\n", error_name(SC2(__NR_sigaltstack, NULL, 8)));
	signal_handle(SIGUSR1, look, SA_ONSTACK, 0);
	sys_tgkill(pid, main_tid, SIGUSR1);
	print("in its handler: %s, setting it there: %s, the frame keeps: %s\n", hex(flags_inside),
	      error_name(set_inside), hex(handled));
	print("with SS_AUTODISARM: %s", error_name(set_stack(alternate, SS_AUTODISARM_FLAG, 32768)));
	print(" %s", hex(flags_now()));
	sys_tgkill(pid, main_tid, SIGUSR1);
	print(", in its handler: %s, setting it there: %s, the frame keeps: %s", hex(flags_inside),
	      error_name(set_inside), hex(handled));
	print(", afterwards: %s\n", hex(flags_now()));
	signal_handle(SIGUSR1, look, 0, 0);
	set_stack(alternate, 0, 32768);
	sys_tgkill(pid, main_tid, SIGUSR1);
	print("a handler without SA_ONSTACK sees: %s, may set it: %s\n", hex(flags_inside), error_name(set_inside));
	signal_handle(SIGUSR1, leave, SA_ONSTACK | SA_NODEFER, 0);
	for (int i = 0; i < 3; i++)
		if (rt_setjmp(&back) == 0)
			sys_tgkill(pid, main_tid, SIGUSR1);
	print("left by longjmp: %s\n", hex(flags_now()));
	thread_start(&other, in_new_thread, NULL);
	print("a new thread's: %s", hex(thread_join(&other)));
	crashed = (int)fork_process();
	if (crashed == 0)
		exit_process(flags_now());
	print(", a child's: %d\n", wait_status(crashed));
	/* No room for a frame: the process dies of SIGSEGV whatever it handles. */
	crashed = (int)fork_process();
	if (crashed == 0) {
		overlap.ss_sp = map_anonymous(page_size() * 4, PROT_NONE);
		set_stack(overlap.ss_sp, 0, page_size() * 4);
		signal_handle(SIGUSR1, leave, SA_ONSTACK, 0);
		signal_handle(SIGSEGV, leave, SA_ONSTACK, 0);
		sys_tgkill(sys_getpid(), sys_gettid(), SIGUSR1);
		exit_process(1);
	}
	print("an alternate stack without access: %d\n", wait_status(crashed));
}

int main(int argc, char **argv)
{
	pid = sys_getpid();
	main_tid = sys_gettid();
	calls();
	quiet_signals();
	stops();
	alternate_stacks();
	return 0;
}
