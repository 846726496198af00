/*
 * The oracle of x86-64: see oracle.h. It needs a processor and a kernel with FSGSBASE, and gcc:
 *
 *   emulator-core/src/oracle/build x86 oracle-x86
 *
 * A case with TF set ends behind its first instruction; any other at the first int3 behind its code, or where it leaves
 * memory that can be executed. The words of a state:
 *
 *   rax … r15 rip fl       general registers by encoding number, instruction pointer, RFLAGS
 *   es ds fs gs fsb gsb    selectors, bases of FS and GS
 *   x0l x0h …              halves of XMM registers
 *   s0m s0e …              significand, and sign with exponent, of ST(0) …
 *   mx cw sw               MXCSR, x87 control and status word
 *   tw                     one bit for each physical x87 register that is not empty
 *   op ip dp               x87 opcode, instruction and data pointer
 *   sig sic sia            how it ended: the signal, 0 for none, its si_code and its si_addr
 *   trap err cr2           the exception behind the signal, its error code and the address of a page fault
 */
#include "../../../emulator-core/src/oracle/oracle.h"

#include <cpuid.h>

static const char *const architecture = "x86";

static const char *const word_names =
	"rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip fl es ds fs gs fsb gsb "
	"x0l x0h x1l x1h x2l x2h x3l x3h x4l x4h x5l x5h x6l x6h x7l x7h "
	"x8l x8h x9l x9h x10l x10h x11l x11h x12l x12h x13l x13h x14l x14h x15l x15h "
	"s0m s0e s1m s1e s2m s2e s3m s3e s4m s4e s5m s5e s6m s6e s7m s7e "
	"mx cw sw tw op ip dp sig sic sia trap err cr2";

struct state {
	uint64_t general[16], rip, flags, es, ds, fs, gs, fs_base, gs_base;
	uint64_t xmm[16][2];
	struct { uint64_t m, e; } st[8];
	uint64_t mxcsr, cw, sw, tw, op, ip, dp;
	uint64_t signal, code, address, trap, error, cr2;
};

/* FXSAVE's image, with which the kernel's begins. */
struct image {
	uint16_t cw, sw;
	uint8_t tw, reserved;
	uint16_t op;
	uint64_t ip, dp;
	uint32_t mxcsr, mask;
	struct { uint64_t m; uint16_t e, pad[3]; } st[8];
	uint64_t xmm[16][2];
	uint8_t rest[96];
	uint64_t components; /* XSTATE_BV */
};

static const int places[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

enum { TF = 0x100, RF = 0x10000, TRAP_DEBUG = 1, TRAP_BREAKPOINT = 3, TRAP_PAGE_FAULT = 14, FETCH = 0x10 };

/* CS, GS, FS and SS as the frame packs them: user code and, where the kernel looks, user data. */
static uint64_t home_selectors;
static uint64_t home_fs_base, home_gs_base;

/*
 * A virtual machine that is made in software runs what it has not translated on a processor with other descriptors than
 * Linux's; the code segment of 32-bit programs (0x23) is one that is missing then, and bases of segments come and go.
 */
static const char *unfit(void)
{
	uint8_t readable;

	__asm__("verr %1\n\tsetz %0" : "=r"(readable) : "r"((uint16_t)0x23) : "cc");
	return readable ? NULL : "the host has no segment of 32-bit code; it is not a processor as Linux sets one up";
}

static void processor(char *line, size_t size)
{
	uint32_t regs[12] = { 0 }, a, b, c, d;
	char name[49] = "";

	__cpuid(1, a, b, c, d);
	for (int i = 0; i < 3; i++)
		__cpuid(0x80000002 + i, regs[4 * i], regs[4 * i + 1], regs[4 * i + 2], regs[4 * i + 3]);
	memcpy(name, regs, 48);
	for (size_t end = strlen(name); end > 0 && name[end - 1] == ' ';)
		name[--end] = 0;
	snprintf(line, size, "%s (family %u, model %u, stepping %u)", name + strspn(name, " "),
	         (a >> 8 & 15) + (a >> 20 & 255), (a >> 4 & 15) | (a >> 12 & 0xf0), a & 15);
}

static void fill_code(uint8_t *code, size_t bytes) { memset(code, 0xcc, bytes); }

/*
 * AC and DF are the case's: off before the first access of C code. NT and ID, which sigreturn leaves as they are, would
 * be the next case's.
 */
__attribute__((naked)) static void entry(int signal, siginfo_t *info, void *context)
{
	__asm__("pushfq\n\tandl $~0x244400, (%rsp)\n\tpopfq\n\tjmp on_signal");
}

#define READ_SELECTOR(name) \
	static uint64_t read_##name(void) { uint64_t v; __asm__ volatile("mov %%" #name ", %0" : "=r"(v)); return v & 0xffff; }
#define WRITE_SELECTOR(name) \
	static void write_##name(uint64_t v) { __asm__ volatile("mov %0, %%" #name : : "r"((uint32_t)v)); }
#define BASE(name) \
	static uint64_t read_##name##_base(void) { uint64_t v; __asm__ volatile("rd" #name "base %0" : "=r"(v)); return v; } \
	static void write_##name##_base(uint64_t v) { __asm__ volatile("wr" #name "base %0" : : "r"(v)); }
READ_SELECTOR(es) READ_SELECTOR(ds) READ_SELECTOR(fs) READ_SELECTOR(gs)
WRITE_SELECTOR(es) WRITE_SELECTOR(ds) WRITE_SELECTOR(fs) WRITE_SELECTOR(gs)
BASE(fs) BASE(gs)

static void load_state(ucontext_t *context, const uint64_t *words)
{
	const struct state *state = (const struct state *)words;
	greg_t *regs = context->uc_mcontext.gregs;
	struct image *fp = (struct image *)context->uc_mcontext.fpregs;

	if (home_selectors == 0) {
		home_selectors = regs[REG_CSGSFS];
		home_fs_base = read_fs_base();
		home_gs_base = read_gs_base();
	}
	regs[REG_CSGSFS] = home_selectors;
	for (int i = 0; i < 16; i++)
		regs[places[i]] = state->general[i];
	regs[REG_RIP] = state->rip;
	regs[REG_EFL] = state->flags;
	for (int i = 0; i < 8; i++) {
		fp->st[i].m = state->st[i].m;
		fp->st[i].e = state->st[i].e;
	}
	memcpy(fp->xmm, state->xmm, sizeof fp->xmm);
	fp->cw = state->cw;
	fp->sw = state->sw;
	fp->tw = state->tw;
	fp->op = state->op;
	fp->ip = state->ip;
	fp->dp = state->dp;
	fp->mxcsr = state->mxcsr;
	fp->components |= 3;
	write_es(state->es);
	write_ds(state->ds);
	write_fs(state->fs);
	write_gs(state->gs);
	write_fs_base(state->fs_base);
	write_gs_base(state->gs_base);
}

/* Whether the signal is the end that every case comes to, rather than an exception of its own. */
static int is_completed(const greg_t *regs, const siginfo_t *info, size_t code)
{
	uint64_t rip = regs[REG_RIP];

	switch (regs[REG_TRAPNO]) {
	case TRAP_DEBUG:
		return info->si_code == TRAP_TRACE;
	case TRAP_BREAKPOINT:
		return rip - 1 - CODE >= code && rip - CODE_PAGE <= CODE_BYTES;
	case TRAP_PAGE_FAULT:
		return regs[REG_ERR] & FETCH && rip == (uint64_t)regs[REG_CR2] && rip - CODE >= code;
	default:
		return 0;
	}
}

static void store_state(ucontext_t *context, const siginfo_t *info, size_t code, uint64_t *words)
{
	struct state *state = (struct state *)words;
	greg_t *regs = context->uc_mcontext.gregs;
	const struct image *fp = (const struct image *)context->uc_mcontext.fpregs;

	state->es = read_es();
	state->ds = read_ds();
	state->fs = read_fs();
	state->gs = read_gs();
	state->fs_base = read_fs_base();
	state->gs_base = read_gs_base();
	write_es(0);
	write_ds(0);
	write_fs(0);
	write_gs(0);
	write_fs_base(home_fs_base);
	write_gs_base(home_gs_base);
	for (int i = 0; i < 16; i++)
		state->general[i] = regs[places[i]];
	state->flags = regs[REG_EFL] & ~(uint64_t)RF;
	for (int i = 0; i < 8; i++) {
		state->st[i].m = fp->st[i].m;
		state->st[i].e = fp->st[i].e;
	}
	memcpy(state->xmm, fp->xmm, sizeof fp->xmm);
	state->cw = fp->cw;
	state->sw = fp->sw;
	state->tw = fp->tw;
	state->op = fp->op;
	state->ip = fp->ip;
	state->dp = fp->dp;
	state->mxcsr = fp->mxcsr;
	state->rip = regs[REG_RIP];
	state->signal = state->code = state->address = state->trap = state->error = state->cr2 = 0;
	/* With a tick the frame tells of an exception before. */
	if (!IS_TICK(info->si_signo) && is_completed(regs, info, code)) {
		if (regs[REG_TRAPNO] == TRAP_BREAKPOINT)
			state->rip--;
		return;
	}
	state->signal = info->si_signo;
	if (IS_TICK(info->si_signo))
		return;
	state->code = info->si_code & 0xffffffff;
	state->address = info->si_code > 0 && info->si_code != SI_KERNEL ? (uint64_t)info->si_addr : 0;
	state->trap = regs[REG_TRAPNO];
	state->error = regs[REG_ERR];
	state->cr2 = state->trap == TRAP_PAGE_FAULT ? regs[REG_CR2] : 0;
}
