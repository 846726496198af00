/*
 * pipes: pipe between processes, partial and blocking writes, end of file,
 * O_NONBLOCK, SIGPIPE and EPIPE, dup and O_CLOEXEC bits, poll and select.
 */
#include "rt.h"

static volatile int sigpipes;

static void on_sigpipe(int sig, siginfo_t *info, void *context)
{
	sigpipes++;
}

static long poll_one(struct pollfd *p, long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	return SC5(__NR_ppoll, p, 1, &ts, NULL, 0);
}

static void sum_through_a_pipe(void)
{
	static unsigned char block[5000];
	int fds[2], pid;
	unsigned long total = 0, bytes = 0;
	long n;

	sys_pipe2(fds, 0);
	pid = fork_process();
	if (pid == 0) {
		sys_close(fds[0]);
		for (int i = 0; i < 40; i++) {
			memset(block, i + 1, sizeof(block));
			if (sys_write(fds[1], block, sizeof(block)) != sizeof(block))
				exit_process(1);
		}
		exit_process(0);
	}
	sys_close(fds[1]);
	while ((n = sys_read(fds[0], block, 4099)) > 0) {
		for (long i = 0; i < n; i++)
			total += block[i];
		bytes += n;
	}
	print("200000 bytes through a pipe: %lu bytes, sum %lu, end of file %ld, writer %d\n", bytes, total, n,
	      wait_status(pid));
	sys_close(fds[0]);
}

static void nonblocking(void)
{
	static char block[4096];
	int fds[2];
	long n, total = 0;
	char c;

	sys_pipe2(fds, O_NONBLOCK);
	print("empty: %s\n", error_name(sys_read(fds[0], &c, 1)));
	while ((n = sys_write(fds[1], block, sizeof(block))) > 0)
		total += n;
	print("full after %ld: %s\n", total, error_name(n));
	sys_read(fds[0], block, 4096);
	print("room again for a page: %ld", sys_write(fds[1], block, 4096));
	print(", then %s\n", error_name(sys_write(fds[1], block, 1)));
	sys_close(fds[1]);
	while ((n = sys_read(fds[0], block, sizeof(block))) > 0)
		total -= n;
	/* What was read and written in between was one page each: the balance is zero. */
	print("drained, %ld not accounted for, then %ld\n", total, n);
	sys_close(fds[0]);
}

static void broken(void)
{
	int fds[2], pid;
	long n;

	signal_handle(SIGPIPE, on_sigpipe, 0, 0);
	sys_pipe2(fds, 0);
	sys_close(fds[0]);
	n = sys_write(fds[1], "x", 1);
	print("write without a reader: %s, %d SIGPIPE\n", error_name(n), sigpipes);
	signal_ignore(SIGPIPE);
	print("SIGPIPE ignored: %s\n", error_name(sys_write(fds[1], "x", 1)));
	signal_default(SIGPIPE);
	pid = fork_process();
	if (pid == 0) {
		sys_write(fds[1], "x", 1);
		exit_process(0);
	}
	print("SIGPIPE by default: status %d\n", wait_status(pid));
	sys_close(fds[1]);
	print("write to a closed descriptor: %s, read from a write end: ", error_name(sys_write(fds[1], "x", 1)));
	sys_pipe2(fds, 0);
	print("%s, bad buffer: %s\n", error_name(sys_read(fds[1], &n, 1)), error_name(sys_write(fds[1], (void *)8, 1)));
	sys_close(fds[0]);
	sys_close(fds[1]);
}

static void duplicates(void)
{
	int fds[2];
	long copy, flags;
	char c = '-';

	sys_pipe2(fds, O_CLOEXEC);
	copy = sys_dup(fds[1]);
	print("close-on-exec: pipe %ld, dup %ld, ", sys_fcntl(fds[1], F_GETFD, 0), sys_fcntl((int)copy, F_GETFD, 0));
	sys_dup3(fds[1], 20, O_CLOEXEC);
	print("dup3 %ld, F_DUPFD %s\n", sys_fcntl(20, F_GETFD, 0), sys_fcntl(fds[1], F_DUPFD, 30) == 30 ? "30" : "other");
	sys_close(fds[1]);
	sys_close(30);
	sys_close((int)copy);
	sys_write(20, "d", 1);
	sys_read(fds[0], &c, 1);
	print("written through the last copy: %c\n", c);
	flags = sys_fcntl(fds[0], F_GETFL, 0);
	sys_fcntl(fds[0], F_SETFL, flags | O_NONBLOCK);
	print("made non-blocking: %s\n", error_name(sys_read(fds[0], &c, 1)));
	sys_close(20);
	print("the last writer is gone: %ld\n", sys_read(fds[0], &c, 1));
	print("dup of nothing: %s, dup3 onto itself: %s\n", error_name(sys_dup(99)), error_name(sys_dup3(fds[0], fds[0], 0)));
	sys_close(fds[0]);
}

static void readiness(void)
{
	int fds[2], pid;
	struct pollfd p;
	unsigned long set[16] = { 0 };
	struct timespec zero = { 0, 0 };
	uint64_t before;
	char c;

	sys_pipe2(fds, 0);
	p.fd = fds[0];
	p.events = POLLIN;
	before = now_ns();
	print("poll of an empty pipe: %ld", poll_one(&p, 15));
	print(", after its timeout: %s\n", now_ns() - before >= 15000000 ? "yes" : "no");
	pid = fork_process();
	if (pid == 0) {
		sleep_ms(10);
		sys_write(fds[1], "p", 1);
		exit_process(0);
	}
	print("poll woken by a write: %ld", poll_one(&p, 5000));
	print(", revents 0x%x\n", (unsigned int)p.revents);
	wait_status(pid);
	set[0] = 1UL << fds[0] | 1UL << fds[1];
	print("select for reading: %ld", SC6(__NR_pselect6, fds[1] + 1, set, NULL, NULL, &zero, NULL));
	print(", the read end: %s\n", set[0] == 1UL << fds[0] ? "yes" : "no");
	set[0] = 1UL << fds[1];
	print("select for writing: %ld\n", SC6(__NR_pselect6, fds[1] + 1, NULL, set, NULL, &zero, NULL));
	sys_read(fds[0], &c, 1);
	sys_close(fds[1]);
	print("poll after the writer's close: %ld", poll_one(&p, 0));
	print(", revents 0x%x\n", (unsigned int)p.revents);
	p.fd = 99;
	print("poll of a closed descriptor: %ld", poll_one(&p, 0));
	print(", revents 0x%x\n", (unsigned int)p.revents);
	set[1] = 1UL << 35;
	print("select of a closed descriptor: %s\n",
	      error_name(SC6(__NR_pselect6, 100, set, NULL, NULL, &zero, NULL)));
	sys_close(fds[0]);
}

int main(int argc, char **argv)
{
	sum_through_a_pipe();
	nonblocking();
	broken();
	duplicates();
	readiness();
	return 0;
}
