/*
 * arch-prctl: the FS and GS bases of a thread: set, read back three ways,
 * used for addressing, kept over fork, signals and other threads' changes,
 * given by CLONE_SETTLS, gone after execve; and the errors.
 */
#include "rt.h"

#include <asm/prctl.h>

long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid, void *tls, int (*fn)(void *), void *arg);

static unsigned long block[4] = { 11, 22, 33, 44 }, other[4] = { 55, 66, 77, 88 };

static long set(int code, void *to)
{
	return SC2(__NR_arch_prctl, code, to);
}

static unsigned long get(int code)
{
	unsigned long base = 1;
	long error = SC2(__NR_arch_prctl, code, &base);

	return error ? (unsigned long)error : base;
}

static unsigned long fs_word(long at)
{
	unsigned long value;

	__asm__ volatile("movq %%fs:(%1), %0" : "=r"(value) : "r"(at));
	return value;
}

static unsigned long gs_word(long at)
{
	unsigned long value;

	__asm__ volatile("movq %%gs:(%1), %0" : "=r"(value) : "r"(at));
	return value;
}

static const char *yes(int is)
{
	return is ? "yes" : "no";
}

static const char *name_of(unsigned long base)
{
	return base == 0 ? "0" : base == (unsigned long)block ? "block" : base == (unsigned long)other ? "other" : "?";
}

static void errors(void)
{
	print("not canonical: FS %s, GS %s\n", error_name(set(ARCH_SET_FS, (void *)0x8000000000000000UL)),
	      error_name(set(ARCH_SET_GS, (void *)0x0000800000000000UL)));
	print("kernel addresses: FS %s, GS %s, the end of user addresses: %s\n",
	      error_name(set(ARCH_SET_FS, (void *)0xffffffff80000000UL)),
	      error_name(set(ARCH_SET_GS, (void *)0xffff888000000000UL)),
	      error_name(set(ARCH_SET_FS, (void *)0x7ffffffff000UL)));
	print("the last user address: %s\n", error_name(set(ARCH_SET_FS, (void *)0x7fffffffefffUL)));
	set(ARCH_SET_FS, NULL);
	print("to nowhere: FS %s, GS %s\n", error_name(SC2(__NR_arch_prctl, ARCH_GET_FS, 8)),
	      error_name(SC2(__NR_arch_prctl, ARCH_GET_GS, 8)));
	print("codes 0, 0x1000, 0x1005, 0x1010, 0x1fff, 0x3000: %s %s %s %s %s %s\n",
	      error_name(SC2(__NR_arch_prctl, 0, 0)), error_name(SC2(__NR_arch_prctl, 0x1000, 0)),
	      error_name(SC2(__NR_arch_prctl, 0x1005, 0)), error_name(SC2(__NR_arch_prctl, 0x1010, 0)),
	      error_name(SC2(__NR_arch_prctl, 0x1fff, 0)), error_name(SC2(__NR_arch_prctl, 0x3000, 0)));
	print("CPUID is allowed: %ld\n", SC2(__NR_arch_prctl, ARCH_GET_CPUID, 0));
}

static volatile unsigned long in_handler;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	in_handler = get(ARCH_GET_FS);
	set(ARCH_SET_FS, other);
}

static int in_thread(void *arg)
{
	print("a new thread without CLONE_SETTLS: FS %s, GS %s\n", name_of(get(ARCH_GET_FS)), name_of(get(ARCH_GET_GS)));
	set(ARCH_SET_FS, other);
	set(ARCH_SET_GS, block);
	return (int)fs_word(8);
}

static int tls_tid;

static int with_tls(void *arg)
{
	print("with CLONE_SETTLS: FS %s, its second word %lu\n", name_of(get(ARCH_GET_FS)), fs_word(8));
	return 0;
}

static void kept_and_given(char **argv)
{
	struct thread thread;
	char *stack = map_anonymous(65536, PROT_READ | PROT_WRITE);
	char *again[] = { argv[0], "second", NULL }, *none[] = { NULL };
	int child;

	set(ARCH_SET_FS, block);
	set(ARCH_SET_GS, other);
	signal_handle(SIGUSR1, on_signal, 0, 0);
	sys_kill(sys_getpid(), SIGUSR1);
	print("in a handler FS is %s; what the handler sets stays: %s\n", name_of(in_handler),
	      name_of(get(ARCH_GET_FS)));
	set(ARCH_SET_FS, block);
	child = (int)fork_process();
	if (child == 0) {
		int same = get(ARCH_GET_FS) == (unsigned long)block && get(ARCH_GET_GS) == (unsigned long)other;

		set(ARCH_SET_FS, NULL);
		exit_process(same ? 0 : 1);
	}
	print("a child has the same: %s", yes(wait_status(child) == 0));
	print(", its changes are its own: %s\n", yes(get(ARCH_GET_FS) == (unsigned long)block));
	thread_start(&thread, in_thread, NULL);
	print("its own: %d", thread_join(&thread));
	print(", ours are the same: %s\n", yes(fs_word(8) == 22 && gs_word(8) == 66));
	rt_clone(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
		 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, stack + 65536, &tls_tid, &tls_tid, other, with_tls, NULL);
	for (int tid; (tid = __atomic_load_n(&tls_tid, __ATOMIC_ACQUIRE)) != 0;)
		sys_futex(&tls_tid, FUTEX_WAIT, tid, NULL);
	child = (int)fork_process();
	if (child == 0) {
		sys_execve("/proc/self/exe", again, none);
		exit_process(9);
	}
	print("its end: %d\n", wait_status(child));
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		print("after execve: FS %s, GS %s\n", name_of(get(ARCH_GET_FS)), name_of(get(ARCH_GET_GS)));
		return 4;
	}
	print("at the start: FS %s, GS %s\n", name_of(get(ARCH_GET_FS)), name_of(get(ARCH_GET_GS)));
	print("set: %s", error_name(set(ARCH_SET_FS, block)));
	print(" %s", error_name(set(ARCH_SET_GS, other)));
	print(", read back: %s %s, through them: %lu %lu\n", name_of(get(ARCH_GET_FS)), name_of(get(ARCH_GET_GS)),
	      fs_word(16), gs_word(24));
	errors();
	kept_and_given(argv);
	return 0;
}
