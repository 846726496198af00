/*
 * Writes test vectors of general-purpose instructions, executed by the host's CPU.
 *
 *   gcc -O1 -Wall -o insn-vectors insn-vectors.c
 *   ./insn-vectors 5 1 > integer.vectors
 *   ./insn-vectors 2500 1 bytes > decoding.vectors
 *
 * The arguments are COUNT and SEED.
 * COUNT is the number of vectors of each form (template, operand size, register or memory), or of random byte strings.
 *
 * A line is   BYTES | BEFORE | AFTER [| UNDEFINED]
 *
 *   BYTES      the instruction in hexadecimal; it stands at CODE (below), among int3
 *   BEFORE     registers that are not at their default, fl=RFLAGS if not 202, @ADDRESS=BYTES memory
 *   AFTER      what changed: registers, fl, memory; rip=… unless the next instruction;
 *              or trap=VECTOR err=CODE cr2=ADDRESS (all hexadecimal), with rip= if not the instruction
 *   UNDEFINED  mask of status flags the manual leaves undefined
 *
 * Defaults: every register holds 0x0101010101010101 times its number plus 1, rsp STACK. Memory: see prepare().
 * A "# text" line names the form. An instruction is run by returning from a signal handler into it; an int3, or the
 * fault it raised, brings control back, with every register in the signal frame.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE 4096UL
#define CODE_PAGE 0x10000000UL  /* two pages of int3 */
#define CODE 0x10000800UL
#define DATA 0x20000000UL       /* two pages read-write, one read-only, one not mapped */
#define READ_ONLY (DATA + 2 * PAGE)
#define HOLE (DATA + 3 * PAGE)
#define STACK (DATA + 0x800)

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
enum { CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800, DF = 0x400, TF = 0x100 };
#define STATUS (CF | PF | AF | ZF | SF | OF)

static const char *const names[16] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};
static const int places[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

/* One experiment. */
static struct {
	uint8_t code[16];
	int length;
	uint64_t reg[16];
	uint64_t flags;
	uint64_t undefined;
	struct { uint64_t at; uint8_t bytes[16]; int length; } memory[3];
	int memories;
} t;

/* Whether TF ends an experiment whose length is not known, instead of an int3. */
static int stepping;

static gregset_t home, result;
static uint8_t before[3 * PAGE];

static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

static int below(int n) { return rnd() % n; }

/* A value with corners of all widths. */
static uint64_t value(void)
{
	static const uint64_t corners[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xffffffffffffff80,
		0xffffffffffff8000, 0xffffffff80000000, 0x0f, 0x10, 0x3f, 0x40,
	};
	switch (below(4)) {
	case 0: return corners[below(sizeof corners / sizeof *corners)];
	case 1: return corners[below(sizeof corners / sizeof *corners)] ^ (rnd() << 32 << below(32));
	case 2: return rnd() >> below(64);
	default: return rnd();
	}
}

static void on_start(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	memcpy(home, regs, sizeof home);
	for (int i = 0; i < 16; i++)
		regs[places[i]] = t.reg[i];
	regs[REG_EFL] = t.flags | (stepping ? TF : 0);
	regs[REG_RIP] = CODE;
}

static void on_end(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	memcpy(result, regs, sizeof result);
	memcpy(regs, home, sizeof home);
}

/* The pattern that memory holds unless a vector says otherwise. */
static uint8_t pattern(uint64_t offset) { return (offset * 167 + 13) ^ (offset >> 8); }

static void prepare(void)
{
	static uint8_t stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	static const int ends[] = { SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS };

	if (mmap((void *)CODE_PAGE, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED
	    || mmap((void *)DATA, 3 * PAGE, PROT_READ | PROT_WRITE,
	            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		exit(1);
	memset((void *)CODE_PAGE, 0xcc, 2 * PAGE);
	for (uint64_t i = 0; i < 3 * PAGE; i++)
		((uint8_t *)DATA)[i] = pattern(i);
	mprotect((void *)READ_ONLY, PAGE, PROT_READ);
	sigaltstack(&alternate, NULL);
	action.sa_sigaction = on_start;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_sigaction = on_end;
	for (int i = 0; i < 5; i++)
		sigaction(ends[i], &action, NULL);
}

static void fresh(void)
{
	memset(&t, 0, sizeof t);
	for (int i = 0; i < 16; i++)
		t.reg[i] = 0x0101010101010101UL * (i + 1);
	t.reg[RSP] = STACK;
	t.flags = 0x202 | (below(2) ? rnd() & STATUS : 0);
}

static void byte(int b) { t.code[t.length++] = b; }

static void bytes(uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		byte(v >> 8 * i & 0xff);
}

static void memory(uint64_t at, uint64_t low, int n)
{
	int k = t.memories++;

	t.memory[k].at = at;
	t.memory[k].length = n;
	memcpy(t.memory[k].bytes, &low, n < 8 ? n : 8);
}

static void hex(const uint8_t *p, int n)
{
	for (int i = 0; i < n; i++)
		printf("%02x", p[i]);
}

/* Puts the vector's bytes into memory; what cannot be written keeps the pattern. */
static void fill(void)
{
	for (int k = 0; k < t.memories; k++) {
		for (int i = 0; i < t.memory[k].length; i++) {
			uint64_t at = t.memory[k].at + i;
			if (at >= READ_ONLY)
				t.memory[k].length = i;
			else
				*(uint8_t *)at = t.memory[k].bytes[i];
		}
	}
}

/* Runs the experiment and writes its line. */
static void run(void)
{
	uint8_t *data = (uint8_t *)DATA;
	uint64_t rip, flags;
	int trap;

	memcpy((void *)CODE, t.code, t.length);
	fill();
	memcpy(before, data, sizeof before);

	raise(SIGUSR1);

	trap = result[REG_TRAPNO];
	rip = result[REG_RIP];
	if (stepping && trap == 1) {
		trap = -1;
		t.length = rip - CODE;
	} else if (!stepping && trap == 3) {
		rip--;
		trap = -1;
	}
	/* Beyond the data pages the host has pages of its own; #SS is not told apart from #GP yet. */
	if (stepping && ((trap == 14 && (uint64_t)result[REG_CR2] - DATA >= 4 * PAGE) || trap == 12)) {
		memset((void *)CODE_PAGE, 0xcc, 2 * PAGE);
		for (uint64_t i = 0; i < 2 * PAGE; i++)
			data[i] = pattern(i);
		return;
	}
	hex(t.code, t.length);
	printf(" |");
	for (int i = 0; i < 16; i++)
		if (t.reg[i] != (i == RSP ? STACK : 0x0101010101010101UL * (i + 1)))
			printf(" %s=%lx", names[i], t.reg[i]);
	if (t.flags != 0x202)
		printf(" fl=%lx", t.flags);
	for (int k = 0; k < t.memories; k++) {
		if (t.memory[k].length > 0) {
			printf(" @%lx=", t.memory[k].at);
			hex(t.memory[k].bytes, t.memory[k].length);
		}
	}
	printf(" |");
	flags = result[REG_EFL] & ~(0x10000UL | (stepping ? TF : 0)); /* without RF, which a fault's frame has set */
	for (int i = 0; i < 16; i++)
		if ((uint64_t)result[places[i]] != t.reg[i])
			printf(" %s=%llx", names[i], result[places[i]]);
	if ((flags ^ t.flags) & ~t.undefined)
		printf(" fl=%lx", flags);
	if (trap >= 0) {
		printf(" trap=%x", trap);
		if (result[REG_ERR])
			printf(" err=%llx", result[REG_ERR]);
		if (trap == 14)
			printf(" cr2=%llx", result[REG_CR2]);
		if (rip != CODE)
			printf(" rip=%lx", rip);
	} else if (rip != CODE + t.length) {
		printf(" rip=%lx", rip);
	}
	for (uint64_t i = 0; i < 2 * PAGE; i++) {
		uint64_t end = i;
		while (end < 2 * PAGE && data[end] != before[end])
			end++;
		if (end > i) {
			printf(" @%lx=", DATA + i);
			hex(data + i, end - i);
			i = end;
		}
	}
	if (t.undefined)
		printf(" | %lx", t.undefined);
	printf("\n");
	memset((void *)CODE_PAGE, 0xcc, 2 * PAGE);
	for (uint64_t i = 0; i < 2 * PAGE; i++)
		data[i] = pattern(i);
}

/* What a template's flags say: the operand shape. */
enum {
	B = 1,         /* byte operand */
	V = 2,         /* 16, 32 and 64 bits */
	Y = 4,         /* 32 and 64 bits */
	D64 = 8,       /* 16 and 64 bits */
	Q = 16,        /* 64 bits whatever the prefixes */
	REG = 32,      /* register form */
	MEM = 64,      /* memory form */
	BOTH = REG | MEM,
	LOCK = 128,    /* a LOCK prefix is allowed with memory */
	IB = 256, IZ = 512, IV = 1024,
	PLUS = 2048,   /* register in the opcode */
	COUNT_CL = 4096, COUNT_1 = 8192,
	DIVIDE = 16384,
	BITS = 32768,  /* bit offset in a register: the address moves */
	NONE = 65536,  /* no ModRM */
};

struct template {
	const char *name;
	int prefix;     /* mandatory, or 0 */
	const char *opcode;
	int digit;      /* of ModRM, or -1 */
	int shape;
	uint64_t undefined;
};

#define ALU(name, op, digit, undef) \
	{ name " Eb, Gb", 0, op "0", -1, B | BOTH | LOCK, undef }, \
	{ name " Ev, Gv", 0, op "1", -1, V | BOTH | LOCK, undef }, \
	{ name " Gb, Eb", 0, op "2", -1, B | BOTH, undef }, \
	{ name " Gv, Ev", 0, op "3", -1, V | BOTH, undef }, \
	{ name " AL, Ib", 0, op "4", -1, B | NONE | IB, undef }, \
	{ name " rAX, Iz", 0, op "5", -1, V | NONE | IZ, undef }, \
	{ name " Eb, Ib", 0, "80", digit, B | BOTH | LOCK | IB, undef }, \
	{ name " Ev, Iz", 0, "81", digit, V | BOTH | LOCK | IZ, undef }, \
	{ name " Ev, Ib", 0, "83", digit, V | BOTH | LOCK | IB, undef }
#define ALU8(name, op, digit, undef) \
	{ name " Eb, Gb", 0, op "8", -1, B | BOTH | LOCK, undef }, \
	{ name " Ev, Gv", 0, op "9", -1, V | BOTH | LOCK, undef }, \
	{ name " Gb, Eb", 0, op "a", -1, B | BOTH, undef }, \
	{ name " Gv, Ev", 0, op "b", -1, V | BOTH, undef }, \
	{ name " AL, Ib", 0, op "c", -1, B | NONE | IB, undef }, \
	{ name " rAX, Iz", 0, op "d", -1, V | NONE | IZ, undef }, \
	{ name " Eb, Ib", 0, "80", digit, B | BOTH | LOCK | IB, undef }, \
	{ name " Ev, Iz", 0, "81", digit, V | BOTH | LOCK | IZ, undef }, \
	{ name " Ev, Ib", 0, "83", digit, V | BOTH | LOCK | IB, undef }
#define SHIFT(name, digit) \
	{ name " Eb, Ib", 0, "c0", digit, B | BOTH | IB, ~0UL }, \
	{ name " Ev, Ib", 0, "c1", digit, V | BOTH | IB, ~0UL }, \
	{ name " Eb, 1", 0, "d0", digit, B | BOTH | COUNT_1, ~0UL }, \
	{ name " Ev, 1", 0, "d1", digit, V | BOTH | COUNT_1, ~0UL }, \
	{ name " Eb, CL", 0, "d2", digit, B | BOTH | COUNT_CL, ~0UL }, \
	{ name " Ev, CL", 0, "d3", digit, V | BOTH | COUNT_CL, ~0UL }
#define UNARY(name, op, digit, more, undef) \
	{ name " Eb", 0, op "6", digit, B | BOTH | more, undef }, \
	{ name " Ev", 0, op "7", digit, V | BOTH | more, undef }
#define MULTIPLY (SF | ZF | AF | PF)
#define BIT (OF | SF | AF | PF)

static const struct template templates[] = {
	{ "mov Eb, Gb", 0, "88", -1, B | BOTH, 0 },
	{ "mov Ev, Gv", 0, "89", -1, V | BOTH, 0 },
	{ "mov Gb, Eb", 0, "8a", -1, B | BOTH, 0 },
	{ "mov Gv, Ev", 0, "8b", -1, V | BOTH, 0 },
	{ "mov Zb, Ib", 0, "b0", -1, B | PLUS | IB, 0 },
	{ "mov Zv, Iv", 0, "b8", -1, V | PLUS | IV, 0 },
	{ "mov Eb, Ib", 0, "c6", 0, B | BOTH | IB, 0 },
	{ "mov Ev, Iz", 0, "c7", 0, V | BOTH | IZ, 0 },
	{ "xchg Eb, Gb", 0, "86", -1, B | BOTH | LOCK, 0 },
	{ "xchg Ev, Gv", 0, "87", -1, V | BOTH | LOCK, 0 },
	{ "xchg Zv, rAX", 0, "90", -1, V | PLUS, 0 },
	{ "bswap Zy", 0, "0fc8", -1, Y | PLUS, 0 },
	{ "xadd Eb, Gb", 0, "0fc0", -1, B | BOTH | LOCK, 0 },
	{ "xadd Ev, Gv", 0, "0fc1", -1, V | BOTH | LOCK, 0 },
	{ "cmpxchg Eb, Gb", 0, "0fb0", -1, B | BOTH | LOCK, 0 },
	{ "cmpxchg Ev, Gv", 0, "0fb1", -1, V | BOTH | LOCK, 0 },
	{ "push Zv", 0, "50", -1, D64 | PLUS, 0 },
	{ "pop Zv", 0, "58", -1, D64 | PLUS, 0 },
	{ "push Iz", 0, "68", -1, D64 | NONE | IZ, 0 },
	{ "push Ib", 0, "6a", -1, D64 | NONE | IB, 0 },
	{ "push Ev", 0, "ff", 6, D64 | BOTH, 0 },
	{ "pop Ev", 0, "8f", 0, D64 | BOTH, 0 },
	{ "cbw", 0, "98", -1, V | NONE, 0 },
	{ "cwd", 0, "99", -1, V | NONE, 0 },
	{ "movsx Gv, Eb", 0, "0fbe", -1, V | BOTH, 0 },
	{ "movsx Gv, Ew", 0, "0fbf", -1, V | BOTH, 0 },
	{ "movsxd Gv, Ed", 0, "63", -1, Y | BOTH, 0 },
	{ "movzx Gv, Eb", 0, "0fb6", -1, V | BOTH, 0 },
	{ "movzx Gv, Ew", 0, "0fb7", -1, V | BOTH, 0 },
	{ "adcx Gy, Ey", 0x66, "0f38f6", -1, Y | BOTH, 0 },
	{ "adox Gy, Ey", 0xf3, "0f38f6", -1, Y | BOTH, 0 },
	ALU("add", "0", 0, 0), ALU("adc", "1", 2, 0), ALU8("sub", "2", 5, 0), ALU8("sbb", "1", 3, 0),
	ALU8("cmp", "3", 7, 0), ALU("and", "2", 4, AF), ALU8("or", "0", 1, AF), ALU("xor", "3", 6, AF),
	{ "imul Gv, Ev", 0, "0faf", -1, V | BOTH, MULTIPLY },
	{ "imul Gv, Ev, Iz", 0, "69", -1, V | BOTH | IZ, MULTIPLY },
	{ "imul Gv, Ev, Ib", 0, "6b", -1, V | BOTH | IB, MULTIPLY },
	UNARY("not", "f", 2, LOCK, 0),
	UNARY("neg", "f", 3, LOCK, 0),
	UNARY("mul", "f", 4, 0, MULTIPLY), UNARY("imul", "f", 5, 0, MULTIPLY),
	UNARY("div", "f", 6, DIVIDE, STATUS), UNARY("idiv", "f", 7, DIVIDE, STATUS),
	{ "inc Eb", 0, "fe", 0, B | BOTH | LOCK, 0 },
	{ "inc Ev", 0, "ff", 0, V | BOTH | LOCK, 0 },
	{ "dec Eb", 0, "fe", 1, B | BOTH | LOCK, 0 },
	{ "dec Ev", 0, "ff", 1, V | BOTH | LOCK, 0 },
	SHIFT("sar", 7), SHIFT("shr", 5), SHIFT("shl", 4), SHIFT("sal", 6),
	SHIFT("ror", 1), SHIFT("rol", 0), SHIFT("rcr", 3), SHIFT("rcl", 2),
	{ "shrd Ev, Gv, Ib", 0, "0fac", -1, V | BOTH | IB, ~0UL },
	{ "shrd Ev, Gv, CL", 0, "0fad", -1, V | BOTH | COUNT_CL, ~0UL },
	{ "shld Ev, Gv, Ib", 0, "0fa4", -1, V | BOTH | IB, ~0UL },
	{ "shld Ev, Gv, CL", 0, "0fa5", -1, V | BOTH | COUNT_CL, ~0UL },
	{ "bt Ev, Gv", 0, "0fa3", -1, V | BOTH | BITS, BIT },
	{ "bts Ev, Gv", 0, "0fab", -1, V | BOTH | BITS | LOCK, BIT },
	{ "btr Ev, Gv", 0, "0fb3", -1, V | BOTH | BITS | LOCK, BIT },
	{ "btc Ev, Gv", 0, "0fbb", -1, V | BOTH | BITS | LOCK, BIT },
	{ "bt Ev, Ib", 0, "0fba", 4, V | BOTH | IB, BIT },
	{ "bts Ev, Ib", 0, "0fba", 5, V | BOTH | IB | LOCK, BIT },
	{ "btr Ev, Ib", 0, "0fba", 6, V | BOTH | IB | LOCK, BIT },
	{ "btc Ev, Ib", 0, "0fba", 7, V | BOTH | IB | LOCK, BIT },
	{ "bsf Gv, Ev", 0, "0fbc", -1, V | BOTH, STATUS & ~ZF },
	{ "bsr Gv, Ev", 0, "0fbd", -1, V | BOTH, STATUS & ~ZF },
	{ "tzcnt Gv, Ev", 0xf3, "0fbc", -1, V | BOTH, STATUS & ~ZF & ~CF },
	{ "lzcnt Gv, Ev", 0xf3, "0fbd", -1, V | BOTH, STATUS & ~ZF & ~CF },
	{ "popcnt Gv, Ev", 0xf3, "0fb8", -1, V | BOTH, 0 },
	{ "crc32 Gy, Eb", 0xf2, "0f38f0", -1, Y | BOTH, 0 },
	{ "crc32 Gy, Ev", 0xf2, "0f38f1", -1, Y | BOTH, 0 },
	{ "test Eb, Gb", 0, "84", -1, B | BOTH, AF },
	{ "test Ev, Gv", 0, "85", -1, V | BOTH, AF },
	{ "test AL, Ib", 0, "a8", -1, B | NONE | IB, AF },
	{ "test rAX, Iz", 0, "a9", -1, V | NONE | IZ, AF },
	{ "test Eb, Ib", 0, "f6", 0, B | BOTH | IB, AF },
	{ "test Ev, Iz", 0, "f7", 1, V | BOTH | IZ, AF },
	{ "lea Gv, M", 0, "8d", -1, V | MEM, 0 },
	{ "movbe Gv, Mv", 0, "0f38f0", -1, V | MEM, 0 },
	{ "movbe Mv, Gv", 0, "0f38f1", -1, V | MEM, 0 },
	{ "movnti My, Gy", 0, "0fc3", -1, Y | MEM, 0 },
	{ "nop Ev", 0, "0f1f", 0, V | BOTH, 0 },
	{ "stc", 0, "f9", -1, V | NONE, 0 },
	{ "clc", 0, "f8", -1, V | NONE, 0 },
	{ "cmc", 0, "f5", -1, V | NONE, 0 },
	{ "std", 0, "fd", -1, V | NONE, 0 },
	{ "lahf", 0, "9f", -1, V | NONE, 0 },
	{ "sahf", 0, "9e", -1, V | NONE, 0 },
	{ "pushf", 0, "9c", -1, D64 | NONE, 0 },
	{ "leave", 0, "c9", -1, D64 | NONE, 0 },
	{ "clflush Mb", 0, "0fae", 7, V | MEM, 0 },
	{ "hlt", 0, "f4", -1, V | NONE, 0 },
	{ "in AL, DX", 0, "ec", -1, B | NONE, 0 },
	{ "ud2", 0, "0f0b", -1, V | NONE, 0 },
	{ "wrmsr", 0, "0f30", -1, V | NONE, 0 },
};

/* Flags that shifts and rotates leave undefined depend on the count. */
static uint64_t undefined_by_count(const struct template *p, int bits, int count)
{
	int rotate = p->digit >= 0 && p->digit < 4;
	int n = count & (bits == 64 ? 63 : 31);
	uint64_t mask = 0;

	if (n == 0)
		return 0;
	if (rotate) {
		/* A rotation through carry by the full circle leaves CF, and is rarely asked for. */
		return n == 1 ? 0 : OF;
	}
	mask = AF;
	if (n != 1)
		mask |= OF;
	if (p->digit < 0 ? n > bits : n >= bits && p->digit != 7)
		mask |= CF | (p->digit < 0 ? STATUS : 0);
	return mask;
}

/* Where a memory operand of so many bytes goes: mostly inside, sometimes across or into what cannot be accessed. */
static uint64_t place(int size)
{
	switch (below(12)) {
	case 0: return DATA + PAGE - below(size + 1);
	case 1: return READ_ONLY - below(size + 1);
	case 2: return HOLE - below(size + 1);
	default: return DATA + below(PAGE / 2);
	}
}

/* A register that no implicit operand uses. */
static int plain(int taken)
{
	static const int free[] = { RBX, RBP, RSI, RDI, 8, 9, 10, 11, 12, 13, 14, 15 };
	int reg;

	do
		reg = free[below(12)];
	while (reg == taken);
	return reg;
}

/* Assembles ModRM with a memory operand at `at`; `rest` bytes of immediate follow. */
static void memory_operand(int reg, uint64_t at, int *rex, uint8_t *out, int *n, int rest, int code_so_far)
{
	int base = plain(reg), index = plain(reg), scale = below(4);
	int32_t disp = (int32_t)(rnd() & 0xff) - 128;

	*n = 0;
	switch (below(5)) {
	case 0: /* absolute */
		out[(*n)++] = (reg & 7) << 3 | 4;
		out[(*n)++] = 0x25;
		memcpy(out + *n, &at, 4);
		*n += 4;
		return;
	case 1: /* RIP-relative */
		out[(*n)++] = (reg & 7) << 3 | 5;
		disp = at - (CODE + code_so_far + 5 + rest);
		memcpy(out + *n, &disp, 4);
		*n += 4;
		return;
	case 2: /* base + disp8 */
		if ((base & 7) == 4)
			base = RBX;
		if (base == reg)
			base = RSI;
		t.reg[base] = at - disp;
		*rex |= base >> 3;
		out[(*n)++] = 0x40 | (reg & 7) << 3 | (base & 7);
		out[(*n)++] = disp;
		return;
	default: /* base + index * scale + disp32 */
		while (index == base)
			index = plain(reg);
		disp = rnd() >> 40;
		t.reg[index] = rnd() & 0xfff;
		t.reg[base] = at - disp - (t.reg[index] << scale);
		*rex |= base >> 3 | (index >> 3) << 1;
		out[(*n)++] = 0x80 | (reg & 7) << 3 | 4;
		out[(*n)++] = scale << 6 | (index & 7) << 3 | (base & 7);
		memcpy(out + *n, &disp, 4);
		*n += 4;
		return;
	}
}

static int hexbyte(const char *s)
{
	char two[3] = { s[0], s[1], 0 };
	return strtol(two, NULL, 16);
}

static uint64_t operand(const struct template *p) { return p->shape & DIVIDE && below(2) ? value() % 1000 : value(); }

static void one(const struct template *p, int bits, int mem)
{
	int size = bits / 8;
	int rex = bits == 64 && !(p->shape & (D64 | Q)) ? 8 : 0;
	int reg = p->digit >= 0 ? p->digit : below(16);
	int rm = below(16);
	int rest = p->shape & IB ? 1 : p->shape & IZ ? (size == 2 ? 2 : size == 1 ? 1 : 4) : p->shape & IV ? size : 0;
	int oplen = strlen(p->opcode) / 2;
	int modrm = !(p->shape & (NONE | PLUS));
	uint64_t imm = value(), at = place(size);
	uint8_t operands[8];
	int n = 0, high = 0, lock, stack;

	fresh();
	t.reg[RAX] = operand(p);
	t.reg[RDX] = p->shape & DIVIDE ? (below(3) ? 0 - (uint64_t)below(2) : value() % 100) : value();
	t.reg[RCX] = p->shape & COUNT_CL ? value() & 0xff : value();
	if (p->shape & IB && p->undefined == ~0UL)
		imm = below(4) ? rnd() & 0x3f : value();
	if (p->digit < 0 && modrm && reg != RSP)
		t.reg[reg] = operand(p);
	if (p->shape & BITS) {
		t.reg[reg] = mem ? (uint64_t)(below(512) - 256) : value();
		if (bits < 64)
			t.reg[reg] |= rnd() << 32 & ~0xffffffffUL;
		if (reg == RSP)
			reg = RAX, t.reg[RAX] = below(512) - 256;
		at = DATA + 0x400 + below(0x400);
	}
	stack = p->shape & D64;
	if (stack && below(6) == 0)
		t.reg[RSP] = below(2) ? READ_ONLY + below(9) : HOLE - below(9);
	if (stack && !strcmp(p->name, "leave"))
		t.reg[RBP] = place(8);
	/* Without REX, byte registers 4 to 7 are AH to BH. */
	if (p->shape & B)
		high = below(2);

	if (!modrm) {
		if (p->shape & PLUS) {
			rex |= rm >> 3;
			if (rm != RSP)
				t.reg[rm] = value();
		}
	} else if (mem) {
		int opsize = bits == 16 ? 1 : 0;
		rex |= (p->digit < 0 ? reg >> 3 : 0) << 2;
		lock = p->shape & LOCK && below(3) == 0;
		/* RIP-relative displacements need the length: prefixes, REX (always there in this case), opcode. */
		memory_operand(p->digit < 0 ? reg : p->digit, at, &rex, operands, &n, rest,
		               lock + (p->prefix != 0) + opsize + 1 + oplen);
		rex |= 0x40;
		if (lock)
			byte(0xf0);
		memory(at, operand(p), size);
	} else {
		rex |= (p->digit < 0 ? reg >> 3 : 0) << 2 | rm >> 3;
		if (rm != RSP)
			t.reg[rm] = operand(p);
		operands[n++] = 0xc0 | (reg & 7) << 3 | (rm & 7);
	}
	if (stack)
		memory(t.reg[RSP], value(), 8);
	if (bits == 16)
		byte(0x66);
	if (p->prefix)
		byte(p->prefix);
	if (p->shape & B && !high)
		rex |= 0x40;
	if (rex)
		byte(rex | 0x40);
	for (int i = 0; i < oplen; i++)
		byte(hexbyte(p->opcode + 2 * i) | (i == oplen - 1 && p->shape & PLUS ? rm & 7 : 0));
	for (int i = 0; i < n; i++)
		byte(operands[i]);
	bytes(imm, rest);
	t.undefined = p->undefined;
	if (t.undefined == ~0UL)
		t.undefined = undefined_by_count(p, bits,
			p->shape & COUNT_1 ? 1 : p->shape & COUNT_CL ? (int)t.reg[RCX] : (int)imm);
	run();
}

static void family(const struct template *p, int count)
{
	static const struct { int shape, bits; } sizes[] = {
		{ B, 8 }, { V | D64, 16 }, { V | Y, 32 }, { V | Y | D64, 64 },
	};

	for (int mem = 0; mem < 2; mem++) {
		if (!(p->shape & (PLUS | NONE)) && !(p->shape & (mem ? MEM : REG)))
			continue;
		if (p->shape & (PLUS | NONE) && mem)
			continue;
		for (int s = 0; s < 4; s++) {
			if (!(p->shape & sizes[s].shape))
				continue;
			printf("# %s, %d bits%s\n", p->name, sizes[s].bits, mem ? ", memory" : "");
			for (int i = 0; i < count; i++)
				one(p, sizes[s].bits, mem);
		}
	}
}

/* A displacement that does not lead into the instruction itself. */
static int8_t short_way(void) { return below(2) ? below(128) : -16 - below(112); }

static int32_t long_way(void) { return below(2) ? below(2000) : -16 - below(1900); }

/* Conditions: jcc, setcc and cmovcc over random flags. */
static void conditions(int count)
{
	for (int cc = 0; cc < 16; cc++) {
		printf("# condition %x: jcc, setcc, cmovcc\n", cc);
		for (int i = 0; i < count; i++) {
			fresh();
			t.flags = 0x202 | (rnd() & STATUS);
			switch (below(4)) {
			case 0: byte(0x70 | cc); byte(short_way()); break;
			case 1: byte(0x0f); byte(0x80 | cc); bytes((uint64_t)(int64_t)long_way(), 4); break;
			case 2: byte(0x0f); byte(0x90 | cc); byte(0xc0 | below(8)); break;
			default:
				byte(below(2) ? 0x49 : 0x41);
				byte(0x0f); byte(0x40 | cc); byte(0xc0 | (rnd() & 0x3b)); break;
			}
			run();
		}
	}
}

/* Jumps, calls and returns. */
static void transfers(int count)
{
	static const char *const kinds[] = {
		"jmp rel8", "jmp rel32", "call rel32", "jmp Ev", "call Ev", "ret", "ret Iw", "jrcxz", "loop", "loope",
		"loopne", "jecxz", "enter", "repz ret",
	};

	for (int kind = 0; kind < 14; kind++) {
		printf("# %s\n", kinds[kind]);
		for (int i = 0; i < count; i++) {
			uint64_t target = CODE_PAGE + 16 + below(4000) / 2 + (below(2) ? 0x820 : 0);
			fresh();
			if (below(5) == 0)
				t.reg[RSP] = below(2) ? READ_ONLY + below(9) : HOLE - below(9);
			t.reg[RCX] = below(3) ? (uint64_t)below(3) : 0x100000000UL + below(2);
			switch (kind) {
			case 0: byte(0xeb); byte(short_way()); break;
			case 1: byte(0xe9); bytes((uint64_t)(int64_t)long_way(), 4); break;
			case 2: byte(0xe8); bytes((uint64_t)(int64_t)long_way(), 4); break;
			case 3: t.reg[RSI] = target; byte(0xff); byte(0xe6); break;
			case 4: t.reg[RSP] = below(4) ? STACK : t.reg[RSP]; t.reg[RDI] = place(8);
				memory(t.reg[RDI], target, 8); byte(0xff); byte(0x17);
				if (t.reg[RDI] >= READ_ONLY - 8 || (t.reg[RDI] & 0xfff) > 0xff8)
					t.reg[RDI] = HOLE;
				break;
			case 5: memory(t.reg[RSP], target, 8); byte(0xc3); break;
			case 6: memory(t.reg[RSP], target, 8); byte(0xc2); bytes(rnd(), 2); break;
			case 7: byte(0xe3); byte(short_way()); break;
			case 8: byte(0xe2); byte(short_way()); break;
			case 9: byte(0xe1); byte(short_way()); break;
			case 10: byte(0xe0); byte(short_way()); break;
			case 11: byte(0x67); byte(0xe3); byte(short_way()); break;
			case 12: byte(0xc8); bytes(below(300), 2); byte(below(4) ? below(6) : rnd());
				t.reg[RBP] = below(5) ? DATA + 0x900 + below(64) : place(8); break;
			default: memory(t.reg[RSP], target, 8); byte(0xf3); byte(0xc3); break;
			}
			if ((kind == 5 || kind == 6 || kind == 13) && t.reg[RSP] > DATA + PAGE && t.reg[RSP] < HOLE - 7)
				t.reg[RSP] = HOLE; /* returning through the pattern would leave the code page */
			run();
		}
	}
}

static void strings(int count)
{
	static const struct { const char *name; int opcode; int compares; } kinds[] = {
		{ "movs", 0xa4, 0 }, { "cmps", 0xa6, 1 }, { "stos", 0xaa, 0 }, { "lods", 0xac, 0 }, { "scas", 0xae, 1 },
	};

	for (int kind = 0; kind < 5; kind++) {
		for (int bits = 8; bits <= 64; bits *= 2) {
			printf("# %s, %d bits\n", kinds[kind].name, bits);
			for (int i = 0; i < count; i++) {
				int rep = below(4);
				int size = bits / 8, n = below(3) ? below(6) : below(200);
				fresh();
				if (below(4) == 0)
					t.flags |= DF;
				t.reg[RCX] = n;
				t.reg[RSI] = place(size * 2);
				t.reg[RDI] = below(3) ? DATA + 0x900 + below(0x100) : place(size * 3);
				if (below(5) == 0) /* overlapping: a pattern repeats */
					t.reg[RDI] = t.reg[RSI] + below(16);
				t.reg[RAX] = below(3) ? value() : 0x0101010101010101UL * below(256);
				if (kinds[kind].compares && below(2)) {
					memory(t.reg[RSI], t.reg[RAX], size);
					memory(t.reg[RDI], t.reg[RAX], size);
				}
				if (below(8) == 0) {
					/*
					 * Short addresses: ECX, ESI, EDI. Not with a count of 0, nor with a fault at the first
					 * element: processors differ in whether the upper halves are cleared then.
					 */
					byte(0x67);
					t.reg[RCX] = 0xffffffff00000001UL + below(4);
					t.reg[RSI] = 0x1200000000UL | (DATA + 0x100 + below(512));
					t.reg[RDI] = DATA + 0x900 + below(512);
				}
				if (bits == 16)
					byte(0x66);
				if (rep)
					byte(rep == 1 && kinds[kind].compares ? 0xf2 : 0xf3);
				if (bits == 64)
					byte(0x48);
				byte(kinds[kind].opcode | (bits > 8));
				run();
			}
		}
	}
}

/* What fits no template. */
static void others(int count)
{
	printf("# cmpxchg8b, cmpxchg16b\n");
	for (int i = 0; i < 2 * count; i++) {
		int wide = below(2);
		fresh();
		t.reg[RAX] = value();
		t.reg[RDX] = value();
		t.reg[RBX] = value();
		t.reg[RCX] = value();
		t.reg[RDI] = below(5) ? DATA + 16 * below(64) : place(16);
		if (below(2)) {
			if (wide) {
				memory(t.reg[RDI], t.reg[RAX], 8);
				memory(t.reg[RDI] + 8, t.reg[RDX], 8);
			} else {
				memory(t.reg[RDI], (t.reg[RAX] & 0xffffffff) | t.reg[RDX] << 32, 8);
			}
		}
		if (below(2))
			byte(0xf0);
		if (wide)
			byte(0x48);
		byte(0x0f); byte(0xc7); byte(0x0f);
		run();
	}
	printf("# popf: status flags and DF\n");
	for (int i = 0; i < count; i++) {
		fresh();
		memory(STACK, rnd() & (STATUS | DF) & 0xfff, 8);
		if (below(2))
			byte(0x66);
		byte(0x9d);
		run();
	}
	printf("# xlat\n");
	for (int i = 0; i < count; i++) {
		fresh();
		t.reg[RAX] = value();
		t.reg[RBX] = below(4) ? DATA + below(3000) : HOLE - below(256);
		byte(0xd7);
		run();
	}
	printf("# pop [rsp+disp], pop rsp, push rsp\n");
	for (int i = 0; i < count; i++) {
		fresh();
		memory(STACK, value(), 8);
		switch (below(4)) {
		case 0: byte(0x8f); byte(0x44); byte(0x24); byte(rnd() & 0x7f); break;
		case 1: byte(0x66); byte(0x8f); byte(0x44); byte(0x24); byte(rnd() & 0x7f); break;
		case 2: byte(0x5c); break;
		default: byte(0x54); break;
		}
		run();
	}
	printf("# moffs\n");
	for (int i = 0; i < count; i++) {
		int op = 0xa0 + below(4);
		uint64_t at = place(8);
		fresh();
		t.reg[RAX] = value();
		if (below(2) && op & 1)
			byte(below(2) ? 0x66 : 0x48);
		byte(op);
		bytes(at, 8);
		run();
	}
	printf("# short addresses\n");
	for (int i = 0; i < count; i++) {
		fresh();
		t.reg[RSI] = (rnd() << 32) | (DATA + below(2000));
		byte(0x67);
		if (below(4) == 0) {
			/* A bit offset of 2^32 bytes wraps around. */
			t.reg[RAX] = 0x800000000UL + below(100);
			bytes(0x06ab0f48, 4);
			t.undefined = BIT;
		} else {
			byte(0x8b + 2 * below(2));
			byte(0x46);
			byte(rnd() & 0x7f);
		}
		run();
	}
	printf("# undefined, refused, and prefixes that change the meaning\n");
	static const char *const odd[] = {
		"06", "0e", "16", "1e", "27", "2f", "37", "3f", "60", "61", "9a", "ce", "d4", "d6", "ea", "f001c0",
		"f08b07", "f090", "8dc0", "0f38ff", "f00fa307", "8ec8", "fff8", "f0f7d0", "0fa7c0", "90", "4890", "4190",
		"6690", "664190", "f390", "f34190", "f34890", "f290", "f30fb8c1", "f3480fbcc1", "66f30fbdc1",
	};
	for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
		fresh();
		for (const char *s = odd[i]; *s; s += 2)
			byte(hexbyte(s));
		t.undefined = STATUS;
		run();
	}
}

/*
 * Random bytes: which are instructions, how long they are, which prefixes they refuse. Status flags are not compared.
 * Left out is what would leave the experiment (system calls, far and near transfers, TF, segment loads), what differs by
 * nature (CPUID, the time-stamp counter) and every unit but the integer one.
 */
static int is_tried(int map, int opcode)
{
	static const char one[] =
		"04 0a 0b 0c 0d 18 19 1a 1b 1c 1d 1e 1f 24 25 26 27 30 32 33 36 39 3b 3c 3d 3e 3f a0 a3 a4 a5 a6 a7 a8 ab "
		"ac ad af b0 b1 b3 b6 b7 b8 b9 ba bb bc bd be bf c0 c1 c3 c7 ff ";
	static const char none[] =
		"0f 26 2e 36 3e 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 62 64 65 66 67 8e 8f 9b 9d c2 c3 c4 c5 c8 ca cb cc "
		"a4 a5 a6 a7 aa ab ac ad ae af 9c cd cf d8 d9 da db dc dd de df e0 e1 e2 e3 e8 e9 eb f0 f1 f2 f3 ";
	char two[4];

	snprintf(two, sizeof two, "%02x ", opcode);
	if (map == 0)
		return !strstr(none, two) && (opcode & 0xf0) != 0x70;
	return (opcode & 0xf0) == 0x40 || (opcode & 0xf0) == 0x90 || (opcode & 0xf8) == 0xc8 || strstr(one, two) != NULL;
}

static void any_bytes(int count)
{
	static const uint8_t prefixes[] = { 0x66, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x26 };

	printf("# random bytes\n");
	stepping = 1;
	for (int i = 0; i < count; i++) {
		int map = below(5) < 3 ? 0 : 1, opcode, modrm;

		fresh();
		for (int n = below(4); n > 0; n--)
			byte(below(3) ? prefixes[below(8)] : 0x40 | below(16));
		do
			opcode = below(256);
		while (!is_tried(map, opcode));
		modrm = below(256);
		/* Transfers of group 5, transactions of group 11; of group 9 random numbers and XSAVE's relatives. */
		if (map == 0 && ((opcode == 0xff && (modrm >> 3 & 7) >= 2 && (modrm >> 3 & 7) <= 5)
		                 || ((opcode & 0xfe) == 0xc6 && modrm == 0xf8)))
			continue;
		if (map == 1 && opcode == 0xc7 && (modrm >= 0xc0 || (modrm >> 3 & 7) >= 3))
			continue;
		/* BSWAP of 16 bits has no defined result. */
		if (map == 1 && (opcode & 0xf8) == 0xc8 && memchr(t.code, 0x66, t.length))
			continue;
		if (map == 1)
			byte(0x0f);
		byte(opcode);
		byte(modrm);
		for (int n = 0; n < 2; n++)
			byte(below(256));
		while (t.length < 14)
			byte(below(4) ? 0 : below(256));
		for (int n = 0; n < 16; n++)
			t.reg[n] = below(4) ? DATA + 0x100 * n + below(256) : value() >> below(64);
		t.reg[RCX] = below(4) ? (uint64_t)below(9) : t.reg[RCX];
		t.reg[RSP] = STACK + 8 * below(64);
		t.undefined = STATUS;
		run();
	}
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 4;

	state = argc > 2 ? strtoull(argv[2], NULL, 0) * 2654435761u + 1 : 88172645463325252ULL;
	prepare();
	if (argc > 3 && !strcmp(argv[3], "bytes")) {
		any_bytes(count);
		return 0;
	}
	printf("# written by insn-vectors.c %d %s on the CPU of the host\n", count, argc > 2 ? argv[2] : "");
	for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
		family(&templates[i], count);
	conditions(4 * count);
	transfers(4 * count);
	strings(4 * count);
	others(4 * count);
	return 0;
}
