/*
 * sigalt: signals. The alternate stack and nesting on it, the stack alignment
 * a handler starts with, registers and flags after the return, masks, queue
 * order, SA_NODEFER, SA_RESETHAND, SA_RESTART against EINTR, sigsuspend,
 * alarm and setitimer, and what a parent and a blocked crash see.
 */
#include "rt.h"

static int pid;
static char *alternate;
static char order[64];
static volatile int count;
static volatile int *volatile nowhere = (int *)8;

static void note(char c)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof(order))
		order[n] = c, order[n + 1] = 0;
}

static void forget(void)
{
	order[0] = 0;
	count = 0;
}

static void raise_signal(int sig)
{
	sys_tgkill(pid, sys_gettid(), sig);
}

static int on_alternate(const void *p)
{
	return (char *)p >= alternate && (char *)p < alternate + alternate_stack_size();
}

static void on_stack(int sig, siginfo_t *info, void *context)
{
	char local;
	stack_t now;

	barrier();
	SC2(__NR_sigaltstack, NULL, &now);
	print("%s on the alternate stack: %s, kernel says SS_ONSTACK: %s, interrupted there: %s\n", signal_name(sig),
	      on_alternate(&local) ? "yes" : "no", now.ss_flags & SS_ONSTACK ? "yes" : "no",
	      on_alternate((void *)context_sp(context)) ? "yes" : "no");
	print("  si_code %s, si_pid is ours: %s, info and context aligned: %s\n",
	      info->si_code == SI_TKILL ? "SI_TKILL" : "?", info->si_pid == pid ? "yes" : "no",
	      ((unsigned long)info | (unsigned long)context) % 8 == 0 ? "yes" : "no");
	if (sig == SIGUSR1) {
		stack_t off = { .ss_flags = SS_DISABLE };

		print("  disable while on it: %s\n", error_name(SC2(__NR_sigaltstack, &off, NULL)));
		raise_signal(SIGUSR2);
	}
}

static void alternate_stacks(void)
{
	stack_t tiny = { .ss_sp = order, .ss_size = 64 };

	print("too small a stack: %s\n", error_name(SC2(__NR_sigaltstack, &tiny, NULL)));
	alternate = alternate_stack();
	signal_handle(SIGUSR1, on_stack, SA_ONSTACK, 0);
	signal_handle(SIGUSR2, on_stack, SA_ONSTACK, 0);
	raise_signal(SIGUSR1);
	signal_handle(SIGUSR2, on_stack, 0, 0);
	raise_signal(SIGUSR2);
}

#ifdef __x86_64__
/* Clobbers what it can; only sigreturn can bring it back. */
static void clobber(int sig, siginfo_t *info, void *context)
{
	count++;
	__asm__ volatile("xorl %%eax, %%eax\n\tmovl $-1, %%ecx\n\tmovl $-2, %%edx\n\tmovl $-3, %%r8d\n\t"
			 "movl $-4, %%r11d\n\tpxor %%xmm0, %%xmm0\n\tpxor %%xmm7, %%xmm7\n\tpxor %%xmm15, %%xmm15\n\t"
			 "fninit\n\tstd\n\tcld\n\taddb $1, %%al"
			 ::: "rax", "rcx", "rdx", "r8", "r11", "xmm0", "xmm7", "xmm15", "cc");
}

/* Signals itself by a bare syscall with every register at a known value. */
static void registers_survive(void)
{
	unsigned long regs[8], flags_before, flags_after;
	static const double doubles[2] = { 1.5, -2.25 };
	double back[4];
	int x87;

	signal_handle(SIGUSR1, clobber, 0, 0);
	__asm__ volatile("fninit\n\tfld1\n\tfldpi\n\t"
			 "movsd (%[d]), %%xmm0\n\tmovsd 8(%[d]), %%xmm7\n\tmovsd (%[d]), %%xmm15\n\t"
			 "movq $0x1111, %%r8\n\tmovq $0x2222, %%r9\n\tmovq $0x3333, %%r10\n\t"
			 "movq $0x4444, %%r12\n\tmovq $0x5555, %%r13\n\tmovq $0x6666, %%r14\n\tmovq $0x7777, %%r15\n\t"
			 "movl $0x7fffffff, %%eax\n\taddl $1, %%eax\n\tpushfq\n\tpopq %[before]\n\t"
			 "movl %[nr], %%eax\n\tsyscall\n\t"
			 "pushfq\n\tpopq %[after]\n\t"
			 "movq %%r8, (%[out])\n\tmovq %%r9, 8(%[out])\n\tmovq %%r10, 16(%[out])\n\t"
			 "movq %%r12, 24(%[out])\n\tmovq %%r13, 32(%[out])\n\tmovq %%r14, 40(%[out])\n\t"
			 "movq %%r15, 48(%[out])\n\tmovq %%rax, 56(%[out])\n\t"
			 "movsd %%xmm0, %[b0]\n\tmovsd %%xmm7, %[b1]\n\tmovsd %%xmm15, %[b2]\n\tfistpl %[x87]\n\tfstpl %[b3]"
			 : [before] "=m"(flags_before), [after] "=m"(flags_after), [b0] "=m"(back[0]),
			   [b1] "=m"(back[1]), [b2] "=m"(back[2]), [b3] "=m"(back[3]), [x87] "=m"(x87)
			 : [out] "b"(regs), [d] "d"(doubles), [nr] "i"(__NR_kill), "D"(pid), "S"(SIGUSR1)
			 : "rax", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm7",
			   "xmm15", "cc", "memory");
	print("registers after the handler: %lx %lx %lx %lx %lx %lx %lx, rax %ld\n", regs[0], regs[1], regs[2], regs[3],
	      regs[4], regs[5], regs[6], regs[7]);
	print("flags the same: %s, OF %lu SF %lu\n", flags_before == flags_after ? "yes" : "no", flags_after >> 11 & 1,
	      flags_after >> 7 & 1);
	print("SSE and x87 the same: %s\n",
	      back[0] == 1.5 && back[1] == -2.25 && back[2] == 1.5 && back[3] == 1.0 && x87 == 3 ? "yes" : "no");
}

/* The psABI: (%rsp + 8) % 16 == 0 at the entry, and 128 bytes below the old stack pointer untouched. */
static volatile unsigned long entry_sp, interrupted_sp;

static void at_entry(int sig, siginfo_t *info, void *context)
{
	entry_sp = (unsigned long)__builtin_frame_address(0) + 8;
	interrupted_sp = context_sp(context);
}

static void entry_alignment(void)
{
	signal_handle(SIGUSR1, at_entry, 0, 0);
	raise_signal(SIGUSR1);
	print("at the handler's entry rsp %% 16 = %lu, red zone skipped: %s\n", entry_sp % 16,
	      interrupted_sp - entry_sp > 128 ? "yes" : "no");
}

/* A handler may move the interrupted program on: here past a faulting load. */
static void skip_instruction(int sig, siginfo_t *info, void *context)
{
	struct ucontext *uc = context;

	uc->uc_mcontext.rip += 3;
	uc->uc_mcontext.rax = 1234;
}

static void changed_context(void)
{
	long value;

	signal_handle(SIGSEGV, skip_instruction, 0, 0);
	__asm__ volatile("xorl %%ecx, %%ecx\n\tmovq (%%rcx), %%rax" : "=a"(value) :: "rcx", "cc");
	print("load skipped by its handler: %ld\n", value);
	signal_default(SIGSEGV);
}
#endif

#ifdef __powerpc64__
#define ASM(text, ...)	__asm__ volatile(".machine push\n\t.machine power8\n\t" text "\n\t.machine pop" : __VA_ARGS__)

/* Clobbers what it can; only sigreturn can bring it back. */
static void clobber(int sig, siginfo_t *info, void *context)
{
	count++;
	ASM("li 9, -1\n\tli 11, -2\n\tmtctr 9\n\tmtxer 9\n\tmtcr 9\n\txxlxor 0, 0, 0\n\txxlxor 3, 3, 3\n\t"
	    "vspltisw 2, 1\n\tmtvscr 2\n\tmtspr 256, 9\n\tmtfsb1 30",
	    : : "r9", "r11", "ctr", "xer", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "fr0", "fr3", "v2");
}

/* Signals itself by a bare system call with every kind of register at a known value. */
static void registers_survive(void)
{
	static const double doubles[2] = { 1.5, -2.25 };
	unsigned long regs[11], mode;
	double back[2];

	signal_handle(SIGUSR1, clobber, 0, 0);
	ASM("li 14, 0x1111\n\tli 15, 0x2222\n\tli 9, 0x3333\n\tli 11, 0x4444\n\t"
	    "li 10, 0x5555\n\tmtctr 10\n\tlis 10, 0x2000\n\tmtxer 10\n\tlis 12, 0x4218\n\tori 12, 12, 0x2481\n\tmtcr 12\n\t"
	    "lfd 0, 0(%[doubles])\n\tlfd 14, 8(%[doubles])\n\t"
	    "mtvsrd 34, 14\n\txxpermdi 34, 34, 34, 0\n\tmtvsrd 3, 15\n\txxpermdi 3, 3, 3, 0\n\t"
	    "vspltisw 3, 0\n\tmtvscr 3\n\tmtspr 256, 11\n\tmtfsb0 30\n\tmtfsb1 31\n\t"
	    "mr 3, %[pid]\n\tli 4, %[signal]\n\tli 0, %[number]\n\tsc\n\t"
	    "std 14, 0(%[regs])\n\tstd 15, 8(%[regs])\n\tstd 9, 16(%[regs])\n\tstd 11, 24(%[regs])\n\tstd 3, 32(%[regs])\n\t"
	    "mfctr 10\n\tstd 10, 40(%[regs])\n\tmfxer 10\n\tstd 10, 48(%[regs])\n\tmfcr 10\n\tstd 10, 56(%[regs])\n\t"
	    "stfd 0, 0(%[back])\n\tstfd 14, 8(%[back])\n\tmfvsrd 10, 34\n\tstd 10, 64(%[regs])\n\t"
	    "xxpermdi 3, 3, 3, 2\n\tmfvsrd 10, 3\n\tstd 10, 72(%[regs])\n\tmfspr 10, 256\n\tstd 10, 80(%[regs])\n\t"
	    "mffs 0\n\tmtfsb0 31\n\tmfvsrd 9, 0\n\tclrldi 9, 9, 62\n\tmfvscr 3\n\tvspltw 3, 3, 3\n\tmfvsrwz 10, 35\n\t"
	    "rldimi 9, 10, 4, 32\n\tmr 3, 9\n\tstd 3, 0(%[mode])",
	    : [regs] "b"(regs), [doubles] "b"(doubles), [back] "b"(back), [pid] "r"((long)pid), [signal] "i"(SIGUSR1),
	      [number] "i"(__NR_kill), [mode] "b"(&mode)
	    : "r0", "r3", "r4", "r9", "r10", "r11", "r12", "r14", "r15", "ctr", "xer", "cr0", "cr1", "cr2", "cr3", "cr4",
	      "cr5", "cr6", "cr7", "fr0", "fr3", "fr14", "v2", "v3", "memory");
	print("registers after the handler: %lx %lx %lx %lx, r3 %ld, ctr %lx xer %lx cr %lx vrsave %lx\n", regs[0], regs[1],
	      regs[2], regs[3], regs[4], regs[5], regs[6], regs[7], regs[10]);
	print("floating point the same: %s, vectors: %lx %lx, modes %lx\n",
	      back[0] == 1.5 && back[1] == -2.25 ? "yes" : "no", regs[8], regs[9], mode);
}

/* The ABI: r1 is a multiple of 16, points to a back chain, and 512 bytes below the old one are untouched. */
static volatile unsigned long entry_sp, interrupted_sp, chained_sp;

static void at_entry(int sig, siginfo_t *info, void *context)
{
	unsigned long *frame = __builtin_frame_address(0);

	/* What the handler's caller has is what it was interrupted with. */
	entry_sp = *frame;
	chained_sp = *(unsigned long *)entry_sp;
	interrupted_sp = context_sp(context);
}

static void entry_alignment(void)
{
	signal_handle(SIGUSR1, at_entry, 0, 0);
	raise_signal(SIGUSR1);
	print("at the handler's entry r1 %% 16 = %lu, red zone skipped: %s, back chain right: %s\n", entry_sp % 16,
	      interrupted_sp - entry_sp > 512 ? "yes" : "no", chained_sp == interrupted_sp ? "yes" : "no");
}

/* A handler may move the interrupted program on: here past a faulting load. */
static void skip_instruction(int sig, siginfo_t *info, void *context)
{
	struct ucontext *uc = context;

	uc->uc_mcontext.gp_regs[PT_NIP] += 4;
	uc->uc_mcontext.gp_regs[PT_R3] = 1234;
}

static void changed_context(void)
{
	register long value __asm__("r3");

	signal_handle(SIGSEGV, skip_instruction, 0, 0);
	__asm__ volatile("li 9, 0\n\tld %0, 0(9)" : "=r"(value) :: "r9");
	print("load skipped by its handler: %ld\n", value);
	signal_default(SIGSEGV);
}
#endif

static void take_note(int sig, siginfo_t *info, void *context)
{
	note(sig == SIGUSR1 ? '1' : sig == SIGUSR2 ? '2' : sig >= 34 ? (char)('a' + info->si_int) : '?');
	count++;
}

static void nest(int sig, siginfo_t *info, void *context)
{
	note('(');
	if (++count < 3)
		raise_signal(sig);
	note(')');
}

static void masks_and_order(void)
{
	siginfo_t info;
	uint64_t pending;

	forget();
	signal_handle(SIGUSR1, take_note, 0, 0);
	signal_handle(SIGUSR2, take_note, 0, 0);
	signal_handle(40, take_note, 0, ~0UL);
	signal_handle(35, take_note, 0, ~0UL);
	signal_mask(SIG_BLOCK, SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2) | SIGBIT(40) | SIGBIT(35));
	raise_signal(SIGUSR2);
	raise_signal(SIGUSR1);
	raise_signal(SIGUSR1);
	memset(&info, 0, sizeof(info));
	info.si_code = SI_QUEUE;
	for (int i = 0; i < 3; i++) {
		info.si_int = i;
		SC3(__NR_rt_sigqueueinfo, pid, 40, &info);
	}
	info.si_int = 3;
	SC3(__NR_rt_sigqueueinfo, pid, 35, &info);
	SC2(__NR_rt_sigpending, &pending, 8);
	print("pending while blocked: 0x%lx, handled: '%s'\n", (unsigned long)pending, order);
	/* One at a time: which of the pending ones comes first is then the kernel's choice alone. */
	signal_mask(SIG_UNBLOCK, SIGBIT(40));
	signal_mask(SIG_UNBLOCK, SIGBIT(35));
	signal_mask(SIG_UNBLOCK, SIGBIT(SIGUSR1));
	signal_mask(SIG_UNBLOCK, SIGBIT(SIGUSR2));
	print("queued ones in order, a standard one once: '%s'\n", order);

	forget();
	signal_handle(SIGUSR1, nest, 0, 0);
	raise_signal(SIGUSR1);
	print("blocked in its own handler: '%s'\n", order);
	forget();
	signal_handle(SIGUSR1, nest, SA_NODEFER, 0);
	raise_signal(SIGUSR1);
	print("SA_NODEFER: '%s'\n", order);

	signal_handle(SIGUSR1, take_note, SA_RESETHAND, 0);
	raise_signal(SIGUSR1);
	{
		struct kernel_sigaction now;

		SC4(__NR_rt_sigaction, SIGUSR1, NULL, &now, 8);
		print("SA_RESETHAND leaves: %s\n", now.handler ? "a handler" : "SIG_DFL");
	}
	print("handling SIGKILL: %s, signal 65: %s, mask of 4 bytes: %s\n",
	      error_name(SC4(__NR_rt_sigaction, SIGKILL, &info, NULL, 8)),
	      error_name(SC4(__NR_rt_sigaction, 65, &info, NULL, 8)),
	      error_name(SC4(__NR_rt_sigprocmask, SIG_BLOCK, &pending, NULL, 4)));
}

static void set_timer(long ms, long interval_ms)
{
	struct itimerval timer = { { 0, interval_ms * 1000 }, { 0, ms * 1000 } };

	SC3(__NR_setitimer, ITIMER_REAL, &timer, NULL);
}

static int write_end;

static void feed(int sig, siginfo_t *info, void *context)
{
	count++;
	if (count == 1)
		set_timer(20, 0);
	else
		sys_write(write_end, "z", 1);
}

static void interrupted_calls(void)
{
	struct timespec second = { 1, 0 }, left = { 9, 9 };
	uint64_t none = 0;
	int fds[2];
	char c = '-';
	long got;

	sys_pipe2(fds, 0);
	write_end = fds[1];

	/* Repeating: a signal that comes before the call is entered interrupts nothing, the next one does. */
	forget();
	signal_handle(SIGALRM, take_note, 0, 0);
	set_timer(20, 20);
	got = sys_read(fds[0], &c, 1);
	set_timer(0, 0);
	print("read without SA_RESTART: %s\n", error_name(got));

	forget();
	signal_handle(SIGALRM, feed, SA_RESTART, 0);
	set_timer(20, 0);
	got = sys_read(fds[0], &c, 1);
	print("read with SA_RESTART: %ld byte '%c' after %d signals\n", got, c, count);

	forget();
	signal_handle(SIGALRM, take_note, SA_RESTART, 0);
	set_timer(20, 20);
	got = sys_nanosleep(&second, &left);
	set_timer(0, 0);
	print("nanosleep, even with SA_RESTART: %s, time left: %s\n", error_name(got),
	      left.tv_sec == 0 && left.tv_nsec > 0 ? "some" : "wrong");

	forget();
	signal_mask(SIG_BLOCK, SIGBIT(SIGALRM));
	set_timer(1, 0);
	sleep_ms(20);
	print("blocked alarm handled %d times", count);
	got = SC2(__NR_rt_sigsuspend, &none, 8);
	print(", after sigsuspend %d: %s, blocked again: %s\n", count, error_name(got),
	      signal_mask(SIG_UNBLOCK, 0) & SIGBIT(SIGALRM) ? "yes" : "no");
	signal_mask(SIG_UNBLOCK, SIGBIT(SIGALRM));

#ifdef __NR_alarm
	print("alarm: %ld", SC1(__NR_alarm, 100));
	print(", then %ld left", SC1(__NR_alarm, 0));
	print(", then %ld\n", SC1(__NR_alarm, 0));
#endif
	forget();
	set_timer(2, 2);
	while (count < 5)
		SC2(__NR_rt_sigsuspend, &none, 8);
	set_timer(0, 0);
	print("an interval timer fired at least 5 times\n");
	sys_close(fds[0]);
	sys_close(fds[1]);
}

static int child_status, child_code;

static void on_child(int sig, siginfo_t *info, void *context)
{
	count++;
	child_status = info->si_status;
	child_code = info->si_code;
}

static void parents_and_children(void)
{
	int child;

	forget();
	signal_handle(SIGCHLD, on_child, SA_RESTART | SA_NOCLDSTOP, 0);
	child = fork_process();
	if (child == 0)
		exit_process(7);
	print("child: exit %d", wait_status(child));
	print(", SIGCHLD %d time, CLD_EXITED: %s, si_status %d\n", count, child_code == CLD_EXITED ? "yes" : "no",
	      child_status);
	child = fork_process();
	if (child == 0) {
		for (;;)
			SC2(__NR_rt_sigsuspend, &(uint64_t){ 0 }, 8);
	}
	sys_kill(child, SIGTERM);
	print("killed child: %d", wait_status(child));
	print(", CLD_KILLED: %s, si_status %d\n", child_code == CLD_KILLED ? "yes" : "no", child_status);
	signal_default(SIGCHLD);

	/* A fault while its signal is blocked, or ignored, kills all the same. */
	child = fork_process();
	if (child == 0) {
		signal_mask(SIG_BLOCK, SIGBIT(SIGSEGV));
		*nowhere = 1;
		exit_process(1);
	}
	print("fault with SIGSEGV blocked: %d\n", wait_status(child));
	child = fork_process();
	if (child == 0) {
		signal_ignore(SIGSEGV);
		*nowhere = 1;
		exit_process(1);
	}
	print("fault with SIGSEGV ignored: %d\n", wait_status(child));
	print("kill of nobody: %s, signal 0 to ourselves: %s\n", error_name(sys_kill(child, 0)),
	      error_name(sys_kill(pid, 0)));
}

int main(int argc, char **argv)
{
	pid = sys_getpid();
	alternate_stacks();
#if defined(__x86_64__) || defined(__powerpc64__)
	registers_survive();
	entry_alignment();
	changed_context();
#endif
	masks_and_order();
	interrupted_calls();
	parents_and_children();
	return 0;
}
