/* rt.c: the part of the runtime that is the same everywhere. See rt.h. */
#include "rt.h"

long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid, void *tls, int (*fn)(void *), void *arg);
void rt_restorer(void);

#define THREAD_STACK	(64 * 1024)
#define SIGSET_SIZE	8

char **rt_envp;
static unsigned long *auxv;

NORETURN void exit_process(int status)
{
	for (;;)
		SC1(__NR_exit_group, status);
}

NORETURN void exit_thread(int status)
{
	for (;;)
		SC1(__NR_exit, status);
}

/* The kernel's start-up stack: argc, argv, 0, envp, 0, auxv pairs. */
NORETURN void rt_main(unsigned long *sp)
{
	int argc = (int)sp[0];
	char **argv = (char **)(sp + 1);
	char **end = argv + argc + 1;

	rt_envp = end;
	while (*end)
		end++;
	auxv = (unsigned long *)(end + 1);
	exit_process(main(argc, argv));
}

unsigned long rt_auxv(unsigned long type)
{
	for (unsigned long *a = auxv; a[0] != AT_NULL; a += 2)
		if (a[0] == type)
			return a[1];
	return 0;
}

size_t page_size(void)
{
	return rt_auxv(AT_PAGESZ);
}

/*
 * These four must not be turned into calls of themselves, hence
 * -fno-tree-loop-distribute-patterns in the build.
 */
void *memset(void *to, int value, size_t n)
{
	unsigned char *t = to;

	while (n--)
		*t++ = (unsigned char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	while (n--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (t <= f)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

long parse_long(const char *s)
{
	long value = 0;
	int negative = *s == '-';

	for (s += negative; *s >= '0' && *s <= '9'; s++)
		value = value * 10 + (*s - '0');
	return negative ? -value : value;
}

struct text {
	char *out;
	size_t size;
	size_t used;
};

static void put(struct text *t, char c)
{
	if (t->used + 1 < t->size)
		t->out[t->used] = c;
	t->used++;
}

static void put_padded(struct text *t, const char *s, size_t n, int width, int left, char pad)
{
	int fill = width > (int)n ? width - (int)n : 0;

	if (!left && pad == '0' && n && *s == '-') {
		put(t, *s++);
		n--;
	}
	while (!left && fill-- > 0)
		put(t, pad);
	while (n--)
		put(t, *s++);
	while (left && fill-- > 0)
		put(t, ' ');
}

static size_t digits(char *end, unsigned long value, unsigned int base, int negative)
{
	char *p = end;

	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		*--p = '-';
	return end - p;
}

int format_text(char *out, size_t size, const char *format, va_list args)
{
	struct text t = { out, size, 0 };
	char number[24], *end = number + sizeof(number);

	for (; *format; format++) {
		int left = 0, width = 0, wide = 0;
		char pad = ' ', c;
		unsigned long u;
		size_t n;

		if (*format != '%') {
			put(&t, *format);
			continue;
		}
		for (format++; *format == '-' || *format == '0'; format++)
			*format == '-' ? (left = 1) : (pad = '0');
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (*format - '0');
		for (; *format == 'l'; format++)
			wide = 1;
		switch (*format) {
		case 'd':
			u = wide ? va_arg(args, long) : va_arg(args, int);
			n = (long)u < 0 ? digits(end, -u, 10, 1) : digits(end, u, 10, 0);
			put_padded(&t, end - n, n, width, left, pad);
			break;
		case 'u':
		case 'x':
			u = wide ? va_arg(args, unsigned long) : va_arg(args, unsigned int);
			n = digits(end, u, *format == 'x' ? 16 : 10, 0);
			put_padded(&t, end - n, n, width, left, pad);
			break;
		case 'p':
			put(&t, '0');
			put(&t, 'x');
			n = digits(end, (unsigned long)va_arg(args, void *), 16, 0);
			put_padded(&t, end - n, n, width, left, pad);
			break;
		case 's': {
			const char *s = va_arg(args, const char *);

			put_padded(&t, s, strlen(s), width, left, ' ');
			break;
		}
		case 'c':
			c = (char)va_arg(args, int);
			put_padded(&t, &c, 1, width, left, ' ');
			break;
		default:
			put(&t, *format);
		}
	}
	if (size)
		out[t.used < size ? t.used : size - 1] = 0;
	return (int)t.used;
}

static void write_all(int fd, const char *s, size_t n)
{
	while (n) {
		long done = sys_write(fd, s, n);

		if (done == -EINTR)
			continue;
		if (done <= 0)
			exit_process(98);
		s += done;
		n -= done;
	}
}

int print(const char *format, ...)
{
	char line[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = format_text(line, sizeof(line), format, args);
	va_end(args);
	write_all(1, line, n < (int)sizeof(line) ? n : (int)sizeof(line) - 1);
	return n;
}

static int format_line(char *out, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = format_text(out, size, format, args);
	va_end(args);
	return n;
}

NORETURN void die(const char *what, long error)
{
	char line[256];

	write_all(2, line, format_line(line, sizeof(line), "%s: %s (%ld)\n", what, error_name(error), error));
	exit_process(99);
}

const char *error_name(long error)
{
	static const struct { int code; const char *name; } names[] = {
		{ 0, "0" }, { EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { ESRCH, "ESRCH" }, { EINTR, "EINTR" },
		{ EIO, "EIO" }, { E2BIG, "E2BIG" }, { ENOEXEC, "ENOEXEC" }, { EBADF, "EBADF" },
		{ ECHILD, "ECHILD" }, { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" },
		{ EFAULT, "EFAULT" }, { EEXIST, "EEXIST" }, { EINVAL, "EINVAL" }, { EMFILE, "EMFILE" },
		{ ENOSPC, "ENOSPC" }, { EPIPE, "EPIPE" }, { ERANGE, "ERANGE" }, { ENOSYS, "ENOSYS" },
		{ EDEADLK, "EDEADLK" }, { ELOOP, "ELOOP" }, { ETIMEDOUT, "ETIMEDOUT" },
	};

	if (error < 0)
		error = -error;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == error)
			return names[i].name;
	return "?";
}

const char *signal_name(int sig)
{
	static const struct { int sig; const char *name; } names[] = {
		{ SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" }, { SIGQUIT, "SIGQUIT" }, { SIGILL, "SIGILL" },
		{ SIGTRAP, "SIGTRAP" }, { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" }, { SIGFPE, "SIGFPE" },
		{ SIGKILL, "SIGKILL" }, { SIGUSR1, "SIGUSR1" }, { SIGSEGV, "SIGSEGV" }, { SIGUSR2, "SIGUSR2" },
		{ SIGPIPE, "SIGPIPE" }, { SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" }, { SIGCHLD, "SIGCHLD" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].sig == sig)
			return names[i].name;
	return "?";
}

int wait_status(int pid)
{
	int status;
	long got;

	do {
		got = sys_wait4(pid, &status, 0, NULL);
	} while (got == -EINTR);
	if (got != pid)
		die("wait4", got);
	return status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	SC2(__NR_clock_gettime, CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000UL + ts.tv_nsec;
}

void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (sys_nanosleep(&ts, &ts) == -EINTR)
		;
}

void *map_anonymous(size_t len, int prot)
{
	long at = sys_mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (is_error(at))
		die("mmap", at);
	return (void *)at;
}

static int thread_run(void *arg)
{
	struct thread *t = arg;

	t->result = t->run(t->arg);
	return 0;
}

void thread_start(struct thread *t, int (*run)(void *), void *arg)
{
	const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
				    CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	long tid;

	t->run = run;
	t->arg = arg;
	t->stack = map_anonymous(THREAD_STACK, PROT_READ | PROT_WRITE);
	tid = rt_clone(flags, (char *)t->stack + THREAD_STACK, &t->tid, &t->tid, NULL, thread_run, t);
	if (is_error(tid))
		die("clone", tid);
}

int thread_join(struct thread *t)
{
	int tid;

	/* The kernel's wake at thread end is a shared one: no FUTEX_PRIVATE_FLAG. */
	while ((tid = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE)) != 0)
		sys_futex(&t->tid, FUTEX_WAIT, tid, NULL);
	sys_munmap(t->stack, THREAD_STACK);
	return t->result;
}

void mutex_lock(struct mutex *m)
{
	int expected = 0;

	if (__atomic_compare_exchange_n(&m->state, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&m->state, 2, __ATOMIC_ACQUIRE) != 0)
		sys_futex(&m->state, FUTEX_WAIT_PRIVATE, 2, NULL);
}

void mutex_unlock(struct mutex *m)
{
	if (__atomic_exchange_n(&m->state, 0, __ATOMIC_RELEASE) == 2)
		sys_futex(&m->state, FUTEX_WAKE_PRIVATE, 1, NULL);
}

int turnstile_wait(struct turnstile *b)
{
	int generation = __atomic_load_n(&b->generation, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&b->waiting, 1, __ATOMIC_ACQ_REL) == b->parties) {
		__atomic_store_n(&b->waiting, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&b->generation, generation + 1, __ATOMIC_RELEASE);
		sys_futex(&b->generation, FUTEX_WAKE_PRIVATE, b->parties, NULL);
		return 1;
	}
	while (__atomic_load_n(&b->generation, __ATOMIC_ACQUIRE) == generation)
		sys_futex(&b->generation, FUTEX_WAIT_PRIVATE, generation, NULL);
	return 0;
}

static void set_action(int sig, void *handler, unsigned long flags, uint64_t mask)
{
	struct kernel_sigaction action = { handler, flags, NULL, mask };
	long error;

#if defined(__x86_64__) || defined(__aarch64__)
	action.flags |= ARCH_RESTORER;
	action.restorer = rt_restorer;
#endif
	error = SC4(__NR_rt_sigaction, sig, &action, NULL, SIGSET_SIZE);
	if (is_error(error))
		die("rt_sigaction", error);
}

void signal_handle(int sig, signal_action action, unsigned long flags, uint64_t mask)
{
	set_action(sig, action, flags | SA_SIGINFO, mask);
}

void signal_default(int sig)
{
	set_action(sig, NULL, 0, 0);
}

void signal_ignore(int sig)
{
	set_action(sig, (void *)1, 0, 0);
}

uint64_t signal_mask(int how, uint64_t set)
{
	uint64_t old;

	SC4(__NR_rt_sigprocmask, how, &set, &old, SIGSET_SIZE);
	return old;
}

size_t alternate_stack_size(void)
{
	return page_size() < 32768 ? 32768 : page_size();
}

void *alternate_stack(void)
{
	size_t size = alternate_stack_size();
	stack_t ss = { .ss_size = size };
	long error;

	ss.ss_sp = map_anonymous(size, PROT_READ | PROT_WRITE);
	error = SC2(__NR_sigaltstack, &ss, NULL);
	if (is_error(error))
		die("sigaltstack", error);
	return ss.ss_sp;
}
