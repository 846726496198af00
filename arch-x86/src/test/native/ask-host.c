/*
 * Asks the host's CPU where instructions end and what they raise.
 *
 *   gcc -O1 -Wall -fno-stack-protector -o ask-host ask-host.c && ./ask-host < STRINGS > ANSWERS
 *
 * A line of standard input is a byte string in hexadecimal; what follows a blank is repeated in the answer,
 * `BYTES LENGTH EVENT REST`. The string is executed in single steps, first with one byte before the end of its page,
 * then with two, and so on, until the processor no longer asks for what is not there: so much it has read. EVENT is
 * `done`, the signal's cause `#UD`, `#GP`, `#SS`, `#PF`, `#DE`, `#MF`, `#XM`, `#BP`, `syscall`, or `other`.
 *
 * Nothing is harmed by it: general registers hold addresses that are not canonical, the segment bases and the code lie
 * far from everything else, and a system call from there is refused.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL
#define CODE 0x100000000000UL
#define END (CODE + PAGE)
#define SEGMENT 0x200000000000UL
#define NOWHERE 0x8181818181818100UL
#define LONGEST 15

static gregset_t home;
static volatile sig_atomic_t state; /* 0 going in, 1 inside, 2 back */
static uint64_t fs;
static const char *volatile event;
static volatile int needs_more;
static uint64_t start;

static inline uint64_t read_fs(void)
{
	uint64_t base;
	__asm__ volatile("rdfsbase %0" : "=r"(base));
	return base;
}

static inline void write_fs(uint64_t base)
{
	__asm__ volatile("wrfsbase %0" : : "r"(base));
}

static const char *cause(int sig, const siginfo_t *info, const greg_t *regs)
{
	switch (sig) {
	case SIGSYS: return "syscall";
	case SIGTRAP: return regs[REG_TRAPNO] == 3 ? "#BP" : "done";
	}
	switch (regs[REG_TRAPNO]) {
	case 0: return "#DE";
	case 6: return "#UD";
	case 12: return "#SS";
	case 13: return "#GP";
	case 14: return "#PF";
	case 16: return "#MF";
	case 19: return "#XM";
	}
	return "other";
}

/* Called by SIGUSR1 to go in, and by what the instruction raises to come back. */
static void handler(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	if (sig == SIGUSR1) {
		memcpy(home, regs, sizeof home);
		for (int i = REG_R8; i <= REG_RSP; i++)
			regs[i] = NOWHERE;
		regs[REG_RIP] = start;
		regs[REG_EFL] = 0x302; /* TF, IF */
		state = 1;
		write_fs(SEGMENT);
		return;
	}
	if (state != 1)
		_exit(1);
	needs_more = regs[REG_TRAPNO] == 14 && (regs[REG_ERR] & 16) && (uint64_t)regs[REG_RIP] == start
		&& (uint64_t)info->si_addr == END;
	event = cause(sig, info, regs);
	memcpy(regs, home, sizeof home);
	state = 2;
	write_fs(fs);
	__asm__ volatile("wrgsbase %0" : : "r"(SEGMENT));
	/* Masks exceptions that the string may have left pending or unmasked. */
	__asm__ volatile("fninit");
}

static void refuse_system_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CODE >> 32, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("ask-host: seccomp");
		exit(1);
	}
}

static int parse(const char *line, uint8_t *bytes)
{
	int length = 0;
	unsigned byte;
	while (length < LONGEST && sscanf(line + 2 * length, "%2x", &byte) == 1)
		bytes[length++] = byte;
	return length;
}

static void ask(const uint8_t *bytes, int length, int *read)
{
	for (*read = 1; *read <= length; ++*read) {
		start = END - *read;
		memcpy((void *)start, bytes, *read);
		state = 0;
		raise(SIGUSR1);
		if (!needs_more)
			return;
	}
	event = "longer";
}

int main(void)
{
	static char alternate[1 << 16], line[4096];
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	int signals[] = { SIGUSR1, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };
	if (mmap((void *)CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
			== MAP_FAILED || sigaltstack(&stack, NULL)) {
		perror("ask-host");
		return 1;
	}
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
	fs = read_fs();
	__asm__ volatile("wrgsbase %0" : : "r"(SEGMENT));
	refuse_system_calls();
	while (fgets(line, sizeof line, stdin)) {
		uint8_t bytes[LONGEST];
		int length = strcspn(line, " \n"), read;
		line[strcspn(line, "\n")] = 0;
		ask(bytes, parse(line, bytes), &read);
		printf("%.*s %d %s%s\n", length, line, read, event, line + length);
	}
	return 0;
}
