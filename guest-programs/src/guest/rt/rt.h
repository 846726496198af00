/*
 * rt.h: the tiny runtime of the guest programs.
 *
 * No libc: start-up, system calls, formatted output, threads with a futex
 * mutex, and signals, in as few instructions as they can be written. A guest
 * linked with it is a few KB and needs only the system calls it makes itself.
 * Constants and structures come from the kernel's own UAPI headers, so each
 * architecture gets its own numbers and layouts.
 *
 * Every sys_... call returns what the kernel returned: a negative value is
 * -errno.
 */
#ifndef GUEST_RT_H
#define GUEST_RT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/fcntl.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/time.h>
#include <linux/utsname.h>
#include <linux/wait.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

#include "arch.h"

#define NOINLINE	__attribute__((noinline))
#define NORETURN	__attribute__((noreturn))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
/* Keeps the compiler from moving memory accesses across this point. */
#define barrier()	__asm__ volatile("" ::: "memory")

/* System calls (syscall6 is in arch.h). */
#define SC0(n)			syscall6(n, 0, 0, 0, 0, 0, 0)
#define SC1(n, a)		syscall6(n, (long)(a), 0, 0, 0, 0, 0)
#define SC2(n, a, b)		syscall6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define SC3(n, a, b, c)		syscall6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SC4(n, a, b, c, d)	syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SC5(n, a, b, c, d, e) \
	syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SC6(n, a, b, c, d, e, f) \
	syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline long sys_write(int fd, const void *buf, size_t n) { return SC3(__NR_write, fd, buf, n); }
static inline long sys_read(int fd, void *buf, size_t n) { return SC3(__NR_read, fd, buf, n); }
static inline long sys_close(int fd) { return SC1(__NR_close, fd); }
static inline long sys_open(const char *path, int flags, int mode)
{
	return SC4(__NR_openat, AT_FDCWD, path, flags, mode);
}
static inline long sys_unlink(const char *path) { return SC3(__NR_unlinkat, AT_FDCWD, path, 0); }
static inline long sys_ftruncate(int fd, long size) { return SC2(__NR_ftruncate, fd, size); }
static inline long sys_pread(int fd, void *buf, size_t n, long at) { return SC4(__NR_pread64, fd, buf, n, at); }
static inline long sys_pwrite(int fd, const void *buf, size_t n, long at)
{
	return SC4(__NR_pwrite64, fd, buf, n, at);
}
static inline long sys_mmap(void *at, size_t len, int prot, int flags, int fd, long offset)
{
	return SC6(__NR_mmap, at, len, prot, flags, fd, offset);
}
static inline long sys_munmap(void *at, size_t len) { return SC2(__NR_munmap, at, len); }
static inline long sys_mprotect(void *at, size_t len, int prot) { return SC3(__NR_mprotect, at, len, prot); }
static inline long sys_madvise(void *at, size_t len, int advice) { return SC3(__NR_madvise, at, len, advice); }
static inline long sys_mremap(void *at, size_t old, size_t len, int flags, void *to)
{
	return SC5(__NR_mremap, at, old, len, flags, to);
}
static inline long sys_msync(void *at, size_t len, int flags) { return SC3(__NR_msync, at, len, flags); }
static inline long sys_mincore(void *at, size_t len, unsigned char *vec) { return SC3(__NR_mincore, at, len, vec); }
static inline void *sys_brk(void *at) { return (void *)SC1(__NR_brk, at); }
static inline int sys_getpid(void) { return (int)SC0(__NR_getpid); }
static inline int sys_getppid(void) { return (int)SC0(__NR_getppid); }
static inline int sys_gettid(void) { return (int)SC0(__NR_gettid); }
static inline long sys_kill(int pid, int sig) { return SC2(__NR_kill, pid, sig); }
static inline long sys_tgkill(int tgid, int tid, int sig) { return SC3(__NR_tgkill, tgid, tid, sig); }
static inline long sys_wait4(int pid, int *status, int options, struct rusage *ru)
{
	return SC4(__NR_wait4, pid, status, options, ru);
}
static inline long sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return SC3(__NR_execve, path, argv, envp);
}
static inline long sys_futex(int *word, int op, int value, const void *timeout)
{
	return SC4(__NR_futex, word, op, value, timeout);
}
static inline long sys_getrusage(int who, struct rusage *ru) { return SC2(__NR_getrusage, who, ru); }
static inline long sys_setrlimit(int what, const struct rlimit *lim) { return SC2(__NR_setrlimit, what, lim); }
static inline long sys_getrlimit(int what, struct rlimit *lim) { return SC2(__NR_getrlimit, what, lim); }
static inline long sys_pipe2(int *fds, int flags) { return SC2(__NR_pipe2, fds, flags); }
static inline long sys_dup(int fd) { return SC1(__NR_dup, fd); }
static inline long sys_dup3(int fd, int to, int flags) { return SC3(__NR_dup3, fd, to, flags); }
static inline long sys_fcntl(int fd, int cmd, long arg) { return SC3(__NR_fcntl, fd, cmd, arg); }
static inline long sys_nanosleep(const struct timespec *ts, struct timespec *left)
{
	return SC2(__NR_nanosleep, ts, left);
}
static inline long sys_yield(void) { return SC0(__NR_sched_yield); }

/* True for the value range the kernel uses for errors. */
static inline int is_error(long value) { return (unsigned long)value > -4096UL; }
static inline int is_map_failed(const void *p) { return is_error((long)p); }

NORETURN void exit_process(int status);
NORETURN void exit_thread(int status);
/* Prints the message on standard error and ends the process with status 99. */
NORETURN void die(const char *what, long error);

/* Forks with clone(SIGCHLD): the only form every architecture has. */
static inline long fork_process(void) { return SC5(__NR_clone, SIGCHLD, 0, 0, 0, 0); }
/* Waits for one child; returns its exit status, or 128 + the signal that killed it. */
int wait_status(int pid);

/* What the process was started with. */
extern char **rt_envp;
unsigned long rt_auxv(unsigned long type);
size_t page_size(void);

/*
 * Formatted output on standard output, one write per call:
 * %d %u %x %ld %lu %lx %c %s %p %% with width, '-' and zero padding.
 */
__attribute__((format(printf, 1, 2))) int print(const char *format, ...);
int format_text(char *out, size_t size, const char *format, va_list args);
/* "EINVAL" for -22 (as for 22), "0" for no error, "?" for a code the programs never meet. */
const char *error_name(long error);
const char *signal_name(int sig);

void *memset(void *to, int value, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
long parse_long(const char *s);

/* Monotonic time in nanoseconds. */
uint64_t now_ns(void);
void sleep_ms(long ms);

/* Maps anonymous private memory or dies. */
void *map_anonymous(size_t len, int prot);

/* Threads: joined through CLONE_CHILD_CLEARTID. */
struct thread {
	int tid;		/* cleared and woken by the kernel at the thread's end */
	int result;
	int (*run)(void *arg);
	void *arg;
	void *stack;
};

void thread_start(struct thread *t, int (*run)(void *), void *arg);
int thread_join(struct thread *t);

/* 0 free, 1 held, 2 held and perhaps waited for. */
struct mutex {
	int state;
};

void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

struct turnstile {
	int generation;
	int waiting;
	int parties;
};

/* Waits until all parties have arrived; true for exactly one of them, the last. */
int turnstile_wait(struct turnstile *b);

/* The kernel's sigaction: the same order of fields on all our architectures. */
struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

typedef void (*signal_action)(int sig, siginfo_t *info, void *context);

#define SIGBIT(sig)	(1UL << ((sig) - 1))

void signal_handle(int sig, signal_action action, unsigned long flags, uint64_t mask);
void signal_default(int sig);
void signal_ignore(int sig);
uint64_t signal_mask(int how, uint64_t set);
/* Gives the calling thread an alternate stack of this size, 32 KiB or a page, or dies. */
size_t alternate_stack_size(void);
void *alternate_stack(void);

/* Calls the instructions at an address: an ELFv1 function pointer is not that address. */
static inline long call_code(void *code)
{
#if defined(__powerpc64__) && _CALL_ELF != 2
	void *volatile descriptor[3] = { code, NULL, NULL };

	return ((long (*)(void))descriptor)();
#else
	return ((long (*)(void))code)();
#endif
}

/*
 * setjmp and longjmp for recovery from a fault. The signal mask is not among
 * what they save: handlers that jump out are installed with SA_NODEFER.
 */
struct jump {
	uint64_t saved[24];
};

int rt_setjmp(struct jump *to) __attribute__((returns_twice));
NORETURN void rt_longjmp(struct jump *to, int value);

/* Whether the kernel is Faultline's: what asks for everything, or turns the kernel's knobs, is for no other. */
static inline int is_faultline(void)
{
	struct new_utsname name;

	SC1(__NR_uname, &name);
	for (char *at = name.version; *at; at++)
		if (memcmp(at, "Faultline", 9) == 0)
			return 1;
	return 0;
}

int main(int argc, char **argv);

#endif
