/*
 * jobs: process groups and sessions, stops and what waits see of them,
 * orphaned groups (SIGHUP and SIGCONT, no stop from the terminal), execve by
 * a thread that is not the first, vfork's order of things, children nobody
 * waits for, and the errors.
 */
#include "rt.h"

long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid, void *tls, int (*fn)(void *), void *arg);

static int report[2];	/* children write one letter each event */
static volatile int handled;

static const char *yes(int is)
{
	return is ? "yes" : "no";
}

static void say(char c)
{
	sys_write(report[1], &c, 1);
}

static char hear(void)
{
	char c = '?';

	sys_read(report[0], &c, 1);
	return c;
}

static void wait_for_signals(void)
{
	uint64_t none = 0;

	for (;;)
		SC2(__NR_rt_sigsuspend, &none, 8);
}

static long set_group(int pid, int group) { return SC2(__NR_setpgid, pid, group); }
static int group_of(int pid) { return (int)SC1(__NR_getpgid, pid); }
static int session_of(int pid) { return (int)SC1(__NR_getsid, pid); }

static void groups(void)
{
	int child = (int)fork_process(), leader;

	if (child == 0) {
		int pid = sys_getpid();
		int inherited = group_of(0) == group_of(sys_getppid()) && session_of(0) == session_of(sys_getppid());

		print("inherited: %s, own group: %s", yes(inherited), error_name(set_group(0, 0)));
		print(" %s, a leader makes a session: %s\n", yes(group_of(pid) == pid), error_name(SC0(__NR_setsid)));
		print("group -1: %s, of a stranger: %s, a group that is none: %s\n", error_name(set_group(0, -1)),
		      error_name(set_group(1, 0)), error_name(set_group(0, 0x7ffffff)));
		print("of nobody: %s %s\n", error_name(SC1(__NR_getpgid, 0x3ffffff)),
		      error_name(SC1(__NR_getsid, 0x3ffffff)));
		child = (int)fork_process();
		if (child == 0)
			exit_process(SC0(__NR_setsid) == sys_getpid() && group_of(0) == sys_getpid() &&
				     session_of(0) == sys_getpid() && set_group(0, 0) == -EPERM ? 0 : 1);
		print("a child makes one and leads it: %s\n", yes(wait_status(child) == 0));
		leader = (int)fork_process();
		if (leader == 0)
			wait_for_signals();
		print("a child's group: %s", error_name(set_group(leader, leader)));
		print(" %s", yes(group_of(leader) == leader));
		print(", back: %s", error_name(set_group(leader, pid)));
		print(", to the whole group: %s\n", error_name(sys_kill(-pid, 0)));
		sys_kill(leader, SIGKILL);
		wait_status(leader);
		child = (int)fork_process();
		if (child == 0) {
			char *again[] = { "/proc/self/exe", "wait", NULL }, *none[] = { NULL };

			sys_fcntl(report[1], F_DUPFD, 20);
			sys_execve("/proc/self/exe", again, none);
		}
		hear();
		print("a child's group after its execve: %s\n", error_name(set_group(child, child)));
		sys_kill(child, SIGKILL);
		wait_status(child);
		exit_process(3);
	}
	print("done: %d\n", wait_status(child));
}

static const char *code_name(int code)
{
	return code == CLD_EXITED ? "exited" : code == CLD_KILLED ? "killed" : code == CLD_STOPPED ? "stopped" :
	       code == CLD_CONTINUED ? "continued" : code == 0 ? "nothing" : "?";
}

static void wait_shows(const char *what, int child, int options)
{
	siginfo_t info;
	long error;

	memset(&info, 0, sizeof(info));
	error = SC5(__NR_waitid, P_PID, child, &info, options, NULL);
	print("%s: %s %s %d%s\n", what, error_name(error), code_name(info.si_code), info.si_status,
	      info.si_pid == child || info.si_code == 0 ? "" : ", of another");
}

static void stops(void)
{
	int child = (int)fork_process(), status = 0;

	if (child == 0)
		wait_for_signals();
	wait_shows("running", child, WEXITED | WSTOPPED | WNOHANG);
	sys_kill(child, SIGSTOP);
	wait_shows("a look at the stop", child, WSTOPPED | WNOWAIT);
	wait_shows("the stop", child, WSTOPPED);
	wait_shows("once only", child, WSTOPPED | WNOHANG);
	sys_kill(child, SIGUSR1);
	sleep_ms(5);
	wait_shows("a deadly signal waits", child, WEXITED | WNOHANG);
	sys_kill(child, SIGCONT);
	wait_shows("dies of it", child, WEXITED);
	wait_shows("and is gone", child, WEXITED | WNOHANG);

	child = (int)fork_process();
	if (child == 0)
		wait_for_signals();
	sys_kill(child, SIGTSTP);
	print("wait4: %s", yes(sys_wait4(child, &status, WUNTRACED, NULL) == child));
	print(" 0x%x", status);
	sys_kill(child, SIGCONT);
	print(", continued: %s", yes(sys_wait4(child, &status, WCONTINUED, NULL) == child));
	print(" 0x%x", status);
	sys_kill(child, SIGSTOP);
	sys_wait4(child, &status, WUNTRACED, NULL);
	sys_kill(child, SIGKILL);
	sys_wait4(child, &status, 0, NULL);
	print(", killed while stopped: 0x%x\n", status);
}

static void tell(int sig, siginfo_t *info, void *context)
{
	say(sig == SIGHUP ? 'H' : sig == SIGCONT ? 'C' : sig == SIGTERM ? 'T' : '?');
	if (sig == SIGTERM)
		exit_process(0);
}

/* A session; in it a group of a father and his child. The father ends, and the group has nobody left who could resume it. */
static void orphans(int stopped)
{
	int shell = (int)fork_process(), father, child, fds[2];

	if (shell == 0) {
		SC0(__NR_setsid);
		sys_pipe2(fds, 0);
		father = (int)fork_process();
		if (father == 0) {
			set_group(0, 0);
			child = (int)fork_process();
			if (child == 0) {
				signal_handle(SIGHUP, tell, 0, SIGBIT(SIGCONT));
				signal_handle(SIGCONT, tell, 0, 0);
				signal_handle(SIGTERM, tell, 0, 0);
				child = sys_getpid();
				sys_write(fds[1], &child, sizeof(child));
				if (stopped)
					sys_kill(child, SIGSTOP);
				wait_for_signals();
			}
			sys_read(fds[0], &father, sizeof(father));
			if (stopped) {
				int status;

				sys_wait4(child, &status, WUNTRACED, NULL);
			}
			sys_write(fds[1], &child, sizeof(child));
			exit_process(0);
		}
		wait_status(father);
		sys_read(fds[0], &child, sizeof(child));
		if (stopped) {
			char first = hear(), second = hear();

			print("orphaned with a stopped member: SIGHUP %s, SIGCONT %s\n", yes(first == 'H' || second == 'H'),
			      yes(first == 'C' || second == 'C'));
		}
		/* A stop from the terminal is thrown away: nobody could undo it. SIGSTOP is not. */
		sys_kill(child, SIGTSTP);
		sys_kill(child, SIGTTIN);
		sys_kill(child, SIGTERM);
		print("orphaned%s, after SIGTSTP and SIGTTIN it handles SIGTERM: %s\n",
		      stopped ? "" : " without a stopped member: no SIGHUP", yes(hear() == 'T'));
		exit_process(0);
	}
	wait_status(shell);
}

/* Children that nobody waits for, by SA_NOCLDWAIT or an ignored SIGCHLD. */
static void on_child(int sig, siginfo_t *info, void *context)
{
	handled++;
}

static void nobody_waits(void)
{
	int child, status;

	signal_ignore(SIGCHLD);
	child = (int)fork_process();
	if (child == 0)
		exit_process(1);
	print("SIGCHLD ignored: %s", error_name(sys_wait4(child, &status, 0, NULL)));
	signal_handle(SIGCHLD, on_child, SA_NOCLDWAIT, 0);
	handled = 0;
	child = (int)fork_process();
	if (child == 0)
		exit_process(1);
	do
		status = (int)sys_wait4(-1, NULL, 0, NULL);
	while (status == -EINTR);
	print(", SA_NOCLDWAIT: %s, SIGCHLD all the same: %d\n", error_name(status), handled);
	signal_default(SIGCHLD);
	print("no children: %s, options 64: %s, waitid without events: %s, kind 9: %s\n",
	      error_name(sys_wait4(-1, NULL, 0, NULL)), error_name(sys_wait4(-1, NULL, 64, NULL)),
	      error_name(SC5(__NR_waitid, P_ALL, 0, NULL, 0, NULL)),
	      error_name(SC5(__NR_waitid, 9, 0, NULL, WEXITED, NULL)));
}

static void number(char *out, long value)
{
	char digits[24];
	int n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		*out++ = digits[--n];
	*out = 0;
}

static volatile int running;

static int idle(void *arg)
{
	__atomic_add_fetch(&running, 1, __ATOMIC_RELAXED);
	for (;;)
		sleep_ms(60000);
	return 0;
}

static int spin(void *arg)
{
	__atomic_add_fetch(&running, 1, __ATOMIC_RELAXED);
	for (;;)
		cpu_pause();
	return 0;
}

static int exec_in_thread(void *arg)
{
	char pid[24], tid[24];
	char *again[] = { "/proc/self/exe", "second", pid, tid, NULL }, *none[] = { NULL };

	number(pid, sys_getpid());
	number(tid, sys_gettid());
	signal_mask(SIG_BLOCK, SIGBIT(SIGUSR2));
	sys_tgkill(sys_getpid(), sys_gettid(), SIGUSR2);
	SC5(__NR_prctl, 15 /* PR_SET_NAME */, "a thread", 0, 0, 0);
	sys_execve("/proc/self/exe", again, none);
	return 1;
}

/* The new image, started by a thread: it is the process's only one and has its first one's id. */
static int second_stage(char **argv)
{
	long pid = parse_long(argv[2]), tid = parse_long(argv[3]);
	char text[64];
	uint64_t pending = 0;
	int fd = (int)sys_open("/proc/self/task", O_RDONLY, 0), threads = 0;
	static char entries[1024];
	long n;

	while ((n = SC3(__NR_getdents64, fd, entries, sizeof(entries))) > 0)
		for (long at = 0; at < n; at += *(unsigned short *)(entries + at + 16))
			threads += entries[at + 19] != '.';
	sys_close(fd);
	print("same pid: %s, its id is the pid: %s, not the thread's: %s, threads: %d\n", yes(sys_getpid() == pid),
	      yes(sys_gettid() == pid), yes(sys_gettid() != tid), threads);
	SC2(__NR_rt_sigpending, &pending, 8);
	print("its mask: %s, what waited for the thread waits still: %s", yes(signal_mask(SIG_BLOCK, 0) == SIGBIT(SIGUSR2)),
	      yes(pending == SIGBIT(SIGUSR2)));
	fd = (int)sys_open("/proc/self/comm", O_RDONLY, 0);
	n = sys_read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n - 1 : 0] = 0;
	print(", name: %s\n", text);
	print("the old id is free: %s\n", error_name(sys_tgkill((int)pid, (int)tid, 0)));
	return 17;
}

static void exec_by_thread(void)
{
	int child = (int)fork_process();
	struct thread threads[4];

	if (child == 0) {
		thread_start(&threads[0], idle, NULL);
		thread_start(&threads[1], spin, NULL);
		thread_start(&threads[2], idle, NULL);
		while (__atomic_load_n(&running, __ATOMIC_RELAXED) < 3)
			sleep_ms(1);
		thread_start(&threads[3], exec_in_thread, NULL);
		for (;;)
			sleep_ms(60000);
	}
	print("its status: %d\n", wait_status(child));
}

/* A first thread that ends alone leaves a process behind; its status is the last one's affair. */
static int outlive(void *arg)
{
	sleep_ms(10);
	print("the first thread has ended, the process goes on: %s\n", yes(sys_kill(sys_getpid(), 0) == 0));
	exit_process(6);
}

static void first_thread_ends(void)
{
	int child = (int)fork_process();
	struct thread other;

	if (child == 0) {
		thread_start(&other, outlive, NULL);
		exit_thread(5);
	}
	print("its status: %d\n", wait_status(child));
}

static char *argv_of_child[] = { "/proc/self/exe", "exit", NULL };
static volatile int written, order;

static int vfork_child(void *arg)
{
	char *none[] = { NULL };
	int how = (int)(long)arg;

	sleep_ms(60);
	written = how;
	order = order * 10 + 1;
	if (how == 1)
		sys_execve("/proc/self/exe", argv_of_child, none);
	if (how == 2 && sys_execve("/no/such/file", argv_of_child, none) == -ENOENT)
		exit_process(44);
	if (how == 3)
		sys_kill(sys_getpid(), SIGTERM);
	exit_process(55);
}

static void on_alarm(int sig, siginfo_t *info, void *context)
{
	order = order * 10 + 2;
}

static void vforks(void)
{
	char *stack = map_anonymous(65536, PROT_READ | PROT_WRITE);
	static const char *const names[] = { "", "execve", "a failed execve", "a signal" };
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };

	for (int how = 1; how <= 3; how++) {
		int child;

		written = order = 0;
		signal_handle(SIGALRM, on_alarm, 0, 0);
		SC3(__NR_setitimer, ITIMER_REAL, &soon, NULL);
		child = (int)rt_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + 65536, NULL, NULL, NULL, vfork_child,
				      (void *)(long)how);
		print("vfork and %s: the child ran first: %s, its store is seen: %s", names[how],
		      yes(order == 12 || order == 1), yes(written == how));
		print(", status %d\n", wait_status(child));
	}
}

int main(int argc, char **argv)
{
	int session, job;

	if (argc > 1 && strcmp(argv[1], "wait") == 0) {
		sys_write(20, "w", 1);
		wait_for_signals();
	}
	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		return 33;
	if (argc > 1)
		return second_stage(argv);
	sys_pipe2(report, 0);
	/* Out of the group and session of whoever started this. */
	session = (int)fork_process();
	if (session == 0) {
		SC0(__NR_setsid);
		job = (int)fork_process();
		if (job == 0) {
			/* Not an orphaned group: its father's is another. */
			set_group(0, 0);
			groups();
			stops();
			orphans(1);
			orphans(0);
			nobody_waits();
			exec_by_thread();
			first_thread_ends();
			vforks();
			exit_process(0);
		}
		exit_process(wait_status(job));
	}
	return wait_status(session);
}
