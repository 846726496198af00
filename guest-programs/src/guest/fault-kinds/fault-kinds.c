/*
 * fault-kinds: makes one fault of every kind a user program can make, and has
 * a SA_SIGINFO handler say what the kernel reported.
 *
 *   fault-kinds                  every kind, each line printed by the handler
 *   fault-kinds KIND...          these kinds
 *   fault-kinds crash KIND       the same fault without a handler: dies of it
 *   fault-kinds beside KIND      the same fault beside another thread, which speculative fault designs want
 *   fault-kinds list             the names
 *
 * On x86 the line also holds the trap number and the page-fault error code
 * from the signal frame (P 1, W 2, U 4, RSVD 8, I 16, PK 32), and whether CR2
 * is si_addr. On ppc64 it holds the vector of the interrupt, for storage
 * interrupts DSISR, and whether DAR is si_addr.
 */
#include "rt.h"

#ifdef __powerpc64__
#include <linux/prctl.h>
#endif

#ifndef SEGV_PKUERR
#define SEGV_PKUERR 4
#endif

struct kind {
	const char *name;
	void (*make)(void);
};

static size_t page;
static struct jump recovery;
/* Where the fault is to happen: an address, or the code that traps. */
static char *volatile target;

static const char *code_name(int sig, int code)
{
	static const struct { int sig, code; const char *name; } names[] = {
		{ SIGSEGV, SEGV_MAPERR, "SEGV_MAPERR" }, { SIGSEGV, SEGV_ACCERR, "SEGV_ACCERR" },
		{ SIGSEGV, SEGV_PKUERR, "SEGV_PKUERR" }, { SIGSEGV, SEGV_BNDERR, "SEGV_BNDERR" },
		{ SIGFPE, FPE_FLTINV, "FPE_FLTINV" }, { SIGBUS, BUS_ADRERR, "BUS_ADRERR" },
		{ SIGBUS, BUS_ADRALN, "BUS_ADRALN" }, { SIGFPE, FPE_INTDIV, "FPE_INTDIV" },
		{ SIGFPE, FPE_FLTDIV, "FPE_FLTDIV" }, { SIGILL, ILL_ILLOPN, "ILL_ILLOPN" },
		{ SIGILL, ILL_ILLOPC, "ILL_ILLOPC" }, { SIGILL, ILL_PRVOPC, "ILL_PRVOPC" },
		{ SIGTRAP, TRAP_BRKPT, "TRAP_BRKPT" }, { SIGTRAP, TRAP_TRACE, "TRAP_TRACE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].sig == sig && names[i].code == code)
			return names[i].name;
	return code == SI_KERNEL ? "SI_KERNEL" : "?";
}

static const char *address_name(unsigned long address, unsigned long pc)
{
	if (target && address == (unsigned long)target)
		return "target";
	if (address == pc)
		return address ? "pc" : "null";
	return address ? "elsewhere" : "null";
}

static void report(int sig, siginfo_t *info, void *context)
{
	const struct ucontext *uc = context;
	unsigned long address = (unsigned long)info->si_addr;

	print(" %s %s", signal_name(sig), code_name(sig, info->si_code));
	print(" si_addr=%s", address_name(address, context_pc(uc)));
	if (sig == SIGSEGV && info->si_code == SEGV_PKUERR)
		print(" si_pkey=%u", info->si_pkey);
#ifdef __x86_64__
	print(" trapno=%lu err=0x%lx", (unsigned long)uc->uc_mcontext.trapno, (unsigned long)uc->uc_mcontext.err);
	if (uc->uc_mcontext.trapno == 14)
		print(" cr2=%s", uc->uc_mcontext.cr2 == address ? "si_addr" : "other");
#endif
#ifdef __powerpc64__
	unsigned long trap = uc->uc_mcontext.gp_regs[PT_TRAP] & ~0xfUL;

	print(" trap=0x%lx", trap);
	if (sig == SIGSEGV || sig == SIGBUS)
		print(" dar=%s", uc->uc_mcontext.gp_regs[PT_DAR] == address ? "si_addr" : "other");
	if (trap == 0x300 || trap == 0x400)
		print(" dsisr=0x%lx", uc->uc_mcontext.gp_regs[PT_DSISR]);
#endif
	print("\n");
	rt_longjmp(&recovery, 1);
}

static void load(void) { (void)*(volatile char *)target; }
static void store(void) { *(volatile char *)target = 1; }

static void jump(void) { call_code(target); }

static char *fresh_page(int prot)
{
	return map_anonymous(page, prot);
}

static char *touched_page(int prot)
{
	char *p = fresh_page(PROT_READ | PROT_WRITE);

	*(volatile char *)p = 1;
	if (is_error(sys_mprotect(p, page, prot)))
		exit_process(97);
	return p;
}

static char *hole(void)
{
	char *p = fresh_page(PROT_NONE);

	sys_munmap(p, page);
	return p;
}

static void maperr_read(void) { target = hole() + 8; load(); }
static void maperr_write(void) { target = hole() + 16; store(); }
static void maperr_exec(void) { target = hole(); jump(); }
static void null_read(void) { target = NULL; load(); }
static void null_exec(void) { target = NULL; jump(); }

/*
 * The upper half belongs to the kernel: no VMA can be there. On x86 Linux sets
 * P in the reported error code whatever the page table said, so that nobody
 * learns what the kernel has mapped.
 */
static void kernel_read(void) { target = (char *)0xffff900000000000; load(); }

static void accerr_read(void) { target = fresh_page(PROT_NONE) + 24; load(); }
static void accerr_read_touched(void) { target = touched_page(PROT_NONE); load(); }
static void accerr_write(void) { target = fresh_page(PROT_READ) + 32; store(); }
static void accerr_write_touched(void) { target = touched_page(PROT_READ) + page - 1; store(); }

/*
 * On x86 this is two faults: the first, not present, is let through as a read
 * (Linux looks at VM_EXEC nowhere on this way) and maps the zero page; the
 * second, on the present NX page, is refused. Hence P in the error code.
 */
static void accerr_exec(void) { target = fresh_page(PROT_READ | PROT_WRITE); jump(); }

static void accerr_exec_touched(void) { target = touched_page(PROT_READ | PROT_WRITE); jump(); }

/* The zero page is mapped read-only by the load: the store faults on a present PTE. */
static void accerr_write_zero_page(void)
{
	target = fresh_page(PROT_READ);
	load();
	store();
}

static char *file_with_one_page(int prot, size_t len)
{
	static const char name[] = "fault-kinds.tmp";
	long fd = sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), at;

	if (is_error(fd))
		die(name, fd);
	sys_unlink(name);
	sys_ftruncate(fd, page);
	at = sys_mmap(NULL, len, prot, MAP_SHARED, fd, 0);
	if (is_error(at))
		die("mmap", at);
	sys_close(fd);
	return (char *)at;
}

static void adrerr_read(void) { target = file_with_one_page(PROT_READ, 2 * page) + page; load(); }
static void adrerr_write(void)
{
	target = file_with_one_page(PROT_READ | PROT_WRITE, 3 * page) + 2 * page + 5;
	store();
}

#ifdef __x86_64__
/* Not canonical: a #GP, so the kernel knows no address. */
static void noncanonical_read(void) { target = (char *)0x0000900000000000; load(); }

static void intdiv_zero(void)
{
	target = NULL;
	__asm__ volatile("xorl %%ecx, %%ecx\n\tmovl $7, %%eax\n\tcltd\n\tidivl %%ecx" ::: "rax", "rcx", "rdx", "cc");
}

/* The quotient of the most negative number and -1 does not fit. */
static void intdiv_overflow(void)
{
	target = NULL;
	__asm__ volatile("movl $0x80000000, %%eax\n\tcltd\n\tmovl $-1, %%ecx\n\tidivl %%ecx"
			 ::: "rax", "rcx", "rdx", "cc");
}

static void sse_divide(void)
{
	unsigned int mxcsr = 0x1f80 & ~0x200;	/* divide-by-zero unmasked */
	double one = 1, zero = 0;

	target = NULL;
	__asm__ volatile("ldmxcsr %0\n\tdivsd %2, %1" :: "m"(mxcsr), "x"(one), "x"(zero));
}

static void illegal(void)
{
	target = NULL;
	__asm__ volatile("ud2");
}

static void privileged(void)
{
	target = NULL;
	__asm__ volatile("hlt");
}

static void breakpoint(void)
{
	target = NULL;
	__asm__ volatile("int3");
}

/* INT1: a #DB of its own, reported after the instruction. */
static void icebp(void)
{
	target = NULL;
	__asm__ volatile(".byte 0xf1");
}

/* TF: a #DB after the instruction that follows popf. */
static void single_step(void)
{
	target = NULL;
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop" ::: "memory", "cc");
}

static void pkru_write(unsigned int value)
{
	__asm__ volatile("wrpkru" :: "a"(value), "c"(0), "d"(0) : "memory");
}

static void with_key(int access_rights)
{
	char *p = touched_page(PROT_READ | PROT_WRITE);
	long key = SC2(__NR_pkey_alloc, 0, 0);

	if (is_error(key)) {
		print(" no protection keys\n");
		rt_longjmp(&recovery, 1);
	}
	SC4(__NR_pkey_mprotect, p, page, PROT_READ | PROT_WRITE, key);
	target = p;
	pkru_write((0x55555554 & ~(3U << 2 * key)) | ((unsigned int)access_rights << 2 * key));
}

static void pkuerr_write(void) { with_key(2); store(); }
static void pkuerr_read(void) { with_key(1); load(); }
#else
static void illegal(void)
{
	target = NULL;
	__asm__ volatile(".long 0");
}

static void breakpoint(void)
{
	target = NULL;
#ifdef __aarch64__
	__asm__ volatile("brk #0");
#else
	__asm__ volatile("trap");
#endif
}
#endif

#ifdef __aarch64__
/* Not a multiple of 16: an access based on SP is refused before its address is looked at. */
static void sp_alignment(void)
{
	unsigned long sp;

	__asm__ volatile("mov %0, sp" : "=r"(sp));
	target = (char *)sp - 24;
	__asm__ volatile("mov sp, %0\n\tldr xzr, [sp]\n\tmov sp, %1" :: "r"(target), "r"(sp) : "memory");
}

/* Found out before anything is fetched. */
static void pc_alignment(void) { target = (char *)(unsigned long)jump + 2; jump(); }

/* What is loaded exclusively must be aligned. */
static void exclusive_alignment(void)
{
	target = fresh_page(PROT_READ | PROT_WRITE) + 4;
	__asm__ volatile("ldxr xzr, [%0]" :: "r"(target) : "memory");
}
#endif

#ifdef __powerpc64__
static void privileged(void)
{
	target = NULL;
	__asm__ volatile("mfmsr 9" ::: "r9");
}

/* The condition of a trap holds: the same signal as a breakpoint's. */
static void conditional_trap(void)
{
	target = NULL;
	__asm__ volatile("tdeqi 1, 0\n\tli 9, 3\n\ttdgti 9, 2" ::: "r9");
}

/* What is loaded and reserved must be aligned. */
static void reservation_alignment(void)
{
	target = fresh_page(PROT_READ | PROT_WRITE) + 2;
	__asm__ volatile("lwarx 9, 0, %0" :: "r"(target) : "r9", "memory");
}

/* Exceptions that FPSCR enables interrupt only where MSR says so, which is the kernel's to set. */
static void divide(unsigned long mode, unsigned long enables, double a, double b)
{
	union { unsigned long bits; double value; } fpscr = { .bits = enables };
	double quotient;

	target = NULL;
	SC2(__NR_prctl, PR_SET_FPEXC, mode);
	__asm__ volatile("mtfsf 0xff, %1\n\tfdiv %0, %2, %3\n\tmtfsfi 6, 0"
			 : "=&d"(quotient) : "d"(fpscr.value), "d"(a), "d"(b));
}

static void float_divide(void) { divide(PR_FP_EXC_PRECISE, 0x10, 1, 0); }
static void float_invalid(void) { divide(PR_FP_EXC_PRECISE, 0x80, 0, 0); }
static void float_disabled(void) { divide(PR_FP_EXC_DISABLED, 0x10, 1, 0); }
#endif

static const struct kind kinds[] = {
	{ "maperr-read", maperr_read },
	{ "maperr-write", maperr_write },
	{ "maperr-exec", maperr_exec },
	{ "null-read", null_read },
	{ "null-exec", null_exec },
	{ "kernel-read", kernel_read },
	{ "accerr-read", accerr_read },
	{ "accerr-read-touched", accerr_read_touched },
	{ "accerr-write", accerr_write },
	{ "accerr-write-touched", accerr_write_touched },
	{ "accerr-write-zero-page", accerr_write_zero_page },
	{ "accerr-exec", accerr_exec },
	{ "accerr-exec-touched", accerr_exec_touched },
	{ "adrerr-read", adrerr_read },
	{ "adrerr-write", adrerr_write },
	{ "illegal", illegal },
	{ "breakpoint", breakpoint },
#ifdef __aarch64__
	{ "sp-alignment", sp_alignment },
	{ "pc-alignment", pc_alignment },
	{ "exclusive-alignment", exclusive_alignment },
#endif
#ifdef __powerpc64__
	{ "privileged", privileged },
	{ "conditional-trap", conditional_trap },
	{ "reservation-alignment", reservation_alignment },
	{ "float-divide", float_divide },
	{ "float-invalid", float_invalid },
	{ "float-disabled", float_disabled },
#endif
#ifdef __x86_64__
	{ "noncanonical-read", noncanonical_read },
	{ "intdiv-zero", intdiv_zero },
	{ "intdiv-overflow", intdiv_overflow },
	{ "sse-divide", sse_divide },
	{ "privileged", privileged },
	{ "icebp", icebp },
	{ "single-step", single_step },
	{ "pkuerr-write", pkuerr_write },
	{ "pkuerr-read", pkuerr_read },
#endif
};

static const struct kind *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static NOINLINE void make(const struct kind *k)
{
	print("%s:", k->name);
	if (rt_setjmp(&recovery) == 0) {
		k->make();
		print(" nothing happened\n");
	}
}

static int never_woken;

static int wait_for_ever(void *unused)
{
	while (never_woken == 0)
		sys_futex(&never_woken, FUTEX_WAIT, 0, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };

	page = page_size();
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			print("%s\n", kinds[i].name);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "beside") == 0) {
		static struct thread other;

		thread_start(&other, wait_for_ever, NULL);
		argv++;
		argc--;
	}
	for (int i = 1; i < argc; i++)
		if (!find(argv[i]) && !(i == 1 && argc == 3 && strcmp(argv[1], "crash") == 0)) {
			print("fault-kinds: no kind '%s'\n", argv[i]);
			return 2;
		}
	if (argc == 3 && !find(argv[1])) {
		print("about to crash: %s\n", argv[2]);
		find(argv[2])->make();
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal_handle(signals[i], report, SA_NODEFER, 0);
	for (int i = 1; i < argc; i++)
		make(find(argv[i]));
	for (size_t i = 0; argc == 1 && i < ARRAY_SIZE(kinds); i++)
		make(&kinds[i]);
	return 0;
}
