/*
 * The oracle of arm64: see oracle.h. On another machine it runs under qemu's user-mode emulation:
 *
 *   emulator-core/src/oracle/build arm64 oracle-arm64
 *   qemu-aarch64 -cpu max ./oracle-arm64 "qemu-aarch64 7.2 -cpu max"
 *
 * A case ends at the first breakpoint behind its code, or where it leaves memory that can be executed. The words of a
 * state:
 *
 *   x0 … x30 sp pc         general registers, stack pointer, program counter
 *   fl                     NZCV in the bits of PSTATE
 *   v0l v0h …              halves of V registers
 *   fpcr fpsr              control and status of floating point
 *   tp                     TPIDR_EL0
 *   sig sic sia            how it ended: the signal, 0 for none, its si_code and its si_addr
 *
 * What the syndrome register held is not among them: user-mode emulation has none.
 */
#define CODE_IN_PLACE
#include "../../../emulator-core/src/oracle/oracle.h"

#include <asm/sigcontext.h>

static const char *const architecture = "arm64";

static const char *const word_names =
	"x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 "
	"x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 sp pc fl "
	"v0l v0h v1l v1h v2l v2h v3l v3h v4l v4h v5l v5h v6l v6h v7l v7h "
	"v8l v8h v9l v9h v10l v10h v11l v11h v12l v12h v13l v13h v14l v14h v15l v15h "
	"v16l v16h v17l v17h v18l v18h v19l v19h v20l v20h v21l v21h v22l v22h v23l v23h "
	"v24l v24h v25l v25h v26l v26h v27l v27h v28l v28h v29l v29h v30l v30h v31l v31h "
	"fpcr fpsr tp sig sic sia";

struct state {
	uint64_t general[31], sp, pc, flags;
	uint64_t vector[32][2];
	uint64_t fpcr, fpsr, thread;
	uint64_t signal, code, address;
};

/* BRK with a number that no case has. */
enum { TRAP = 0xd4200000 | 0xfa17 << 5 };

static const uint64_t NZCV = 0xf0000000;

static uint64_t home_thread;

static uint64_t read_thread(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
	return value;
}

static void write_thread(uint64_t value) { __asm__ volatile("msr tpidr_el0, %0" : : "r"(value)); }

static const char *unfit(void)
{
	return NULL;
}

static void processor(char *line, size_t size)
{
	uint64_t id;

	__asm__("mrs %0, midr_el1" : "=r"(id));
	snprintf(line, size, "implementer %#x, part %#x, variant %u, revision %u", (unsigned)(id >> 24 & 255),
	         (unsigned)(id >> 4 & 0xfff), (unsigned)(id >> 20 & 15), (unsigned)(id & 15));
}

static void fill_code(uint8_t *code, size_t bytes)
{
	const uint32_t trap = TRAP;

	for (size_t i = 0; i < bytes; i++)
		code[i] = ((const uint8_t *)&trap)[i % 4];
}

static void entry(int signal, siginfo_t *info, void *context) { on_signal(signal, info, context); }

/* The record of floating point in a frame; what stands behind it, such as longer vectors, is cut off. */
static struct fpsimd_context *vectors(ucontext_t *context)
{
	uint8_t *at = (uint8_t *)context->uc_mcontext.__reserved;

	for (;;) {
		struct _aarch64_ctx *head = (struct _aarch64_ctx *)at;
		if (head->magic == FPSIMD_MAGIC)
			return (struct fpsimd_context *)at;
		if (head->magic == 0)
			fail("a signal frame without vector registers");
		at += head->size;
	}
}

static void load_state(ucontext_t *context, const uint64_t *words)
{
	const struct state *state = (const struct state *)words;
	struct fpsimd_context *fp = vectors(context);
	struct _aarch64_ctx *behind = (struct _aarch64_ctx *)(fp + 1);

	if (home_thread == 0)
		home_thread = read_thread();
	for (int i = 0; i < 31; i++)
		context->uc_mcontext.regs[i] = state->general[i];
	context->uc_mcontext.sp = state->sp;
	context->uc_mcontext.pc = state->pc;
	context->uc_mcontext.pstate = state->flags & NZCV;
	memcpy(fp->vregs, state->vector, sizeof state->vector);
	fp->fpcr = state->fpcr;
	fp->fpsr = state->fpsr;
	behind->magic = behind->size = 0;
	write_thread(state->thread);
}

static void store_state(ucontext_t *context, const siginfo_t *info, size_t code, uint64_t *words)
{
	struct state *state = (struct state *)words;
	const struct fpsimd_context *fp = vectors(context);

	state->thread = read_thread();
	write_thread(home_thread);
	for (int i = 0; i < 31; i++)
		state->general[i] = context->uc_mcontext.regs[i];
	state->sp = context->uc_mcontext.sp;
	state->pc = context->uc_mcontext.pc;
	state->flags = context->uc_mcontext.pstate & NZCV;
	memcpy(state->vector, fp->vregs, sizeof state->vector);
	state->fpcr = fp->fpcr;
	state->fpsr = fp->fpsr;
	state->signal = state->code = state->address = 0;
	if (is_word_completed(state->pc, info, code))
		return;
	state->signal = info->si_signo;
	if (IS_TICK(info->si_signo))
		return;
	state->code = info->si_code & 0xffffffff;
	state->address = info->si_code > 0 && info->si_code != SI_KERNEL ? (uint64_t)info->si_addr : 0;
}
