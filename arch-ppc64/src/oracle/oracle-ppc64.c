/*
 * The oracle of ppc64, in both byte orders: see oracle.h. On another machine it runs under qemu's user-mode emulation:
 *
 *   emulator-core/src/oracle/build ppc64le oracle-ppc64le
 *   qemu-ppc64le -cpu POWER9 ./oracle-ppc64le "qemu-ppc64le 7.2 -cpu POWER9"
 *
 * A case ends at the first trap behind its code, or where it leaves memory that can be executed. The words of a state:
 *
 *   r0 … r31 pc            general registers, address of the next instruction
 *   cr xer lr ctr tar      CR in bits 31 to 0, and the registers of branches
 *   vs0l vs0h …            halves of VSRs: doubleword 1, then doubleword 0, which is FPR n for n < 32
 *   fpscr vscr vrsave      control and status of floating point and vectors
 *   sig sic sia            how it ended: the signal, 0 for none, its si_code and its si_addr
 *
 * DAR, DSISR and SRR1 are not among them: user-mode emulation has none.
 */
#define CODE_IN_PLACE
#include "../../../emulator-core/src/oracle/oracle.h"

#include <asm/ptrace.h>

#ifdef __LITTLE_ENDIAN__
static const char *const architecture = "ppc64le";
enum { LOW, HIGH };
#else
static const char *const architecture = "ppc64";
enum { HIGH, LOW };
#endif

static const char *const word_names =
	"r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 "
	"r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 r29 r30 r31 pc cr xer lr ctr tar "
	"vs0l vs0h vs1l vs1h vs2l vs2h vs3l vs3h vs4l vs4h vs5l vs5h vs6l vs6h vs7l vs7h "
	"vs8l vs8h vs9l vs9h vs10l vs10h vs11l vs11h vs12l vs12h vs13l vs13h vs14l vs14h vs15l vs15h "
	"vs16l vs16h vs17l vs17h vs18l vs18h vs19l vs19h vs20l vs20h vs21l vs21h vs22l vs22h vs23l vs23h "
	"vs24l vs24h vs25l vs25h vs26l vs26h vs27l vs27h vs28l vs28h vs29l vs29h vs30l vs30h vs31l vs31h "
	"vs32l vs32h vs33l vs33h vs34l vs34h vs35l vs35h vs36l vs36h vs37l vs37h vs38l vs38h vs39l vs39h "
	"vs40l vs40h vs41l vs41h vs42l vs42h vs43l vs43h vs44l vs44h vs45l vs45h vs46l vs46h vs47l vs47h "
	"vs48l vs48h vs49l vs49h vs50l vs50h vs51l vs51h vs52l vs52h vs53l vs53h vs54l vs54h vs55l vs55h "
	"vs56l vs56h vs57l vs57h vs58l vs58h vs59l vs59h vs60l vs60h vs61l vs61h vs62l vs62h vs63l vs63h "
	"fpscr vscr vrsave sig sic sia";

struct state {
	uint64_t general[32], pc, cr, xer, lr, ctr, tar;
	uint64_t vsr[64][2];
	uint64_t fpscr, vscr, vrsave;
	uint64_t signal, code, address;
};

/* tw 31,0,0 */
enum { TRAP = 0x7fe00008 };

enum { SPR_TAR = 815 };

/* NI and RN. */
enum { FPSCR_ROUNDING = 7 };

/* In a signal frame VRs are followed by VSCR, VRSAVE and the low halves of the first 32 VSRs. */
enum { FRAME_VSCR = 32, FRAME_VRSAVE = 33, FRAME_LOW_HALVES = 34 };

static uint64_t home_thread;

static const char *unfit(void)
{
	return NULL;
}

static void processor(char *line, size_t size)
{
	uint64_t version;

	__asm__("mfspr %0, 287" : "=r"(version));
	snprintf(line, size, "processor version %#x", (unsigned)version);
}

static void fill_code(uint8_t *code, size_t bytes)
{
	const uint32_t trap = TRAP;

	for (size_t i = 0; i < bytes; i++)
		code[i] = ((const uint8_t *)&trap)[i % 4];
}

/* A handler is entered with the case's thread pointer, and C wants its own. */
static void entry(int signal, siginfo_t *info, void *context)
{
	if (home_thread == 0)
		__asm__ volatile("mr %0, 13" : "=r"(home_thread));
	else
		__asm__ volatile("mr 13, %0" : : "r"(home_thread));
	on_signal(signal, info, context);
}

static uint64_t (*vectors(ucontext_t *context))[2]
{
	return (uint64_t (*)[2])context->uc_mcontext.v_regs;
}

/*
 * VSCR goes into its register, too, and so does how FPSCR has numbers rounded: emulators do not make either of a frame.
 * With all of FPSCR the handler might raise an exception of its own.
 */
static void load_control(ucontext_t *context, const struct state *state)
{
	const union { uint64_t bits; double value; } rounding = { state->fpscr & FPSCR_ROUNDING };
	const uint64_t vscr[2] __attribute__((aligned(16))) = { [LOW] = state->vscr };
	uint64_t unreserved;

	memcpy(&context->uc_mcontext.fp_regs[32], &state->fpscr, sizeof state->fpscr);
	memcpy(vectors(context)[FRAME_VSCR], vscr, sizeof vscr);
	((uint32_t *)vectors(context)[FRAME_VRSAVE])[0] = state->vrsave;
	__asm__ volatile("mtfsf 255, %0, 1, 0" : : "f"(rounding.value));
	__asm__ volatile("lvx 0, 0, %0\n\tmtvscr 0" : : "r"(vscr), "m"(vscr) : "v0");
	__asm__ volatile("mtspr %0, %1" : : "i"(SPR_TAR), "r"(state->tar));
	/* A reservation that is left over is lost. */
	__asm__ volatile("stdcx. %0, 0, %1" : : "r"(0L), "r"(&unreserved) : "cr0", "memory");
}

static void load_state(ucontext_t *context, const uint64_t *words)
{
	const struct state *state = (const struct state *)words;
	unsigned long *general = context->uc_mcontext.gp_regs;
	uint64_t (*vr)[2] = vectors(context);
	uint64_t *low_halves = vr[FRAME_LOW_HALVES];

	for (int i = 0; i < 32; i++) {
		general[i] = state->general[i];
		memcpy(&context->uc_mcontext.fp_regs[i], &state->vsr[i][1], 8);
		low_halves[i] = state->vsr[i][0];
		vr[i][LOW] = state->vsr[32 + i][0];
		vr[i][HIGH] = state->vsr[32 + i][1];
	}
	general[PT_NIP] = state->pc;
	general[PT_CCR] = state->cr;
	general[PT_XER] = state->xer;
	general[PT_LNK] = state->lr;
	general[PT_CTR] = state->ctr;
	load_control(context, state);
}

static void store_state(ucontext_t *context, const siginfo_t *info, size_t code, uint64_t *words)
{
	struct state *state = (struct state *)words;
	const unsigned long *general = context->uc_mcontext.gp_regs;
	uint64_t (*vr)[2] = vectors(context);
	const uint64_t *low_halves = vr[FRAME_LOW_HALVES];
	uint64_t vscr[2] __attribute__((aligned(16)));

	__asm__ volatile("mfvscr 0\n\tstvx 0, 0, %1" : "=m"(vscr) : "r"(vscr) : "v0");
	__asm__ volatile("mfspr %0, %1" : "=r"(state->tar) : "i"(SPR_TAR));
	for (int i = 0; i < 32; i++) {
		state->general[i] = general[i];
		memcpy(&state->vsr[i][1], &context->uc_mcontext.fp_regs[i], 8);
		state->vsr[i][0] = low_halves[i];
		state->vsr[32 + i][0] = vr[i][LOW];
		state->vsr[32 + i][1] = vr[i][HIGH];
	}
	state->pc = general[PT_NIP];
	state->cr = general[PT_CCR] & 0xffffffff;
	state->xer = general[PT_XER] & 0xffffffff;
	state->lr = general[PT_LNK];
	state->ctr = general[PT_CTR];
	memcpy(&state->fpscr, &context->uc_mcontext.fp_regs[32], 8);
	state->vscr = vscr[LOW] & 0xffffffff;
	state->vrsave = ((uint32_t *)vr[FRAME_VRSAVE])[0];
	state->signal = state->code = state->address = 0;
	if (is_word_completed(state->pc, info, code))
		return;
	state->signal = info->si_signo;
	if (IS_TICK(info->si_signo))
		return;
	state->code = info->si_code & 0xffffffff;
	state->address = info->si_code > 0 && info->si_code != SI_KERNEL ? (uint64_t)info->si_addr : 0;
}
