/*
 * stack-growth: the stack VMA grows down on faults, up to RLIMIT_STACK, and
 * never into the guard gap of the mapping below. The overflow is caught on an
 * alternate stack: SEGV_MAPERR below the VMA.
 */
#include "rt.h"

static struct jump recovery;
static siginfo_t seen;
static unsigned long seen_sp;
static size_t page;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	seen = *info;
	seen_sp = context_sp(context);
	rt_longjmp(&recovery, 1);
}

static NOINLINE unsigned long recurse(unsigned long depth)
{
	volatile unsigned char frame[512];
	unsigned long sum;

	frame[0] = (unsigned char)depth;
	frame[511] = (unsigned char)(depth >> 8);
	if (depth == 0)
		return 1;
	sum = recurse(depth - 1);
	/* The frame is used after the call: it cannot be given up before. */
	return sum + frame[0] % 2 + frame[511] / 256;
}

/* One word of /proc/self/maps' [stack] line: where the VMA starts, or 0 without /proc. */
static unsigned long stack_start(void)
{
	static char text[16384];
	long fd = sys_open("/proc/self/maps", O_RDONLY, 0), n, used = 0;
	char *line = text;

	if (is_error(fd))
		return 0;
	while (used < (long)sizeof(text) - 1 && (n = sys_read((int)fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += n;
	sys_close((int)fd);
	text[used] = 0;
	for (char *c = text; *c; c++) {
		if (*c == '\n')
			line = c + 1;
		if (*c == '[' && memcmp(c, "[stack]", 7) == 0) {
			unsigned long start = 0;

			for (; *line != '-'; line++)
				start = start * 16 + (*line <= '9' ? *line - '0' : *line - 'a' + 10);
			return start;
		}
	}
	return 0;
}

static unsigned long here(void)
{
	return (unsigned long)__builtin_frame_address(0);
}

static void deep_recursion(void)
{
	unsigned long before = stack_start(), after;

	print("recursion 6000 deep: %lu\n", recurse(6000));
	after = stack_start();
	print("the stack VMA grew by at least 2 MB: %s\n", before - after >= 2000000 ? "yes" : "no");
	print("it stays grown: %s\n", stack_start() == after ? "yes" : "no");
}

/* A touch far below the stack pointer: since Linux 5.0 every distance within the limit grows it. */
static void far_touch(void)
{
	volatile char *far = (char *)((here() & -page) - 3 * 1024 * 1024);

	*far = 7;
	print("a touch 3 MiB below the stack pointer: %d\n", *far);
}

static void overflow(void)
{
	if (rt_setjmp(&recovery) == 0) {
		print("endless recursion: ");
		recurse(1UL << 40);
		print("came back\n");
	} else {
		print("%s %s, near the stack pointer: %s\n", signal_name(seen.si_signo),
		      seen.si_code == SEGV_MAPERR ? "SEGV_MAPERR" : "other code",
		      (unsigned long)seen.si_addr - seen_sp + 4096 < 8192 ? "yes" : "no");
	}
}

/* A small limit is enforced on the growth that comes after it. */
static void lowered_limit(void)
{
	struct rlimit lim;
	int pid;

	sys_getrlimit(RLIMIT_STACK, &lim);
	pid = fork_process();
	if (pid == 0) {
		lim.rlim_cur = 256 * 1024;
		sys_setrlimit(RLIMIT_STACK, &lim);
		/* What the parent has grown stays; go below it. */
		volatile char *below = (char *)stack_start() - page;

		if (rt_setjmp(&recovery) == 0) {
			*below = 1;
			exit_process(1);
		}
		exit_process(seen.si_code == SEGV_MAPERR && seen.si_addr == (void *)below ? 42 : 2);
	}
	print("growth past a lowered RLIMIT_STACK: %d\n", wait_status(pid));
}

/* stack_guard_gap: 256 pages (1 MiB with 4 KiB pages) stay free above another mapping. */
static void guard_gap(void)
{
	int pid = fork_process();

	if (pid == 0) {
		unsigned long start = stack_start();
		char *neighbour = (char *)start - 300 * page;
		volatile char *p;

		if (sys_mmap(neighbour, page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (long)neighbour)
			exit_process(3);
		/* Its end is 299 pages below: 43 pages may grow, the 44th may not. */
		if (rt_setjmp(&recovery) == 0) {
			p = (char *)start - 43 * page;
			*p = 1;
			p = (char *)start - 44 * page;
			*p = 1;
			exit_process(4);
		}
		exit_process(seen.si_code == SEGV_MAPERR && seen.si_addr == (char *)start - 44 * page ? 42 : 5);
	}
	print("growth into the guard gap: %d\n", wait_status(pid));
}

/* The figures below are for the usual limit; the overflow needs one at all. */
static void usual_limit(void)
{
	struct rlimit lim;
	long error;

	sys_getrlimit(RLIMIT_STACK, &lim);
	lim.rlim_cur = 8 << 20;
	error = sys_setrlimit(RLIMIT_STACK, &lim);
	if (is_error(error))
		die("setrlimit", error);
}

int main(int argc, char **argv)
{
	usual_limit();
	page = page_size();
	alternate_stack();
	signal_handle(SIGSEGV, on_fault, SA_ONSTACK | SA_NODEFER, 0);
	guard_gap();
	deep_recursion();
	far_touch();
	lowered_limit();
	overflow();
	overflow();
	return 0;
}
