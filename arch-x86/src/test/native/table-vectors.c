/*
 * Writes test vectors of table rows, executed by the host's CPU: instructions of vector, MMX, x87 and VEX-encoded
 * general registers.
 *
 *   gcc -O1 -Wall -o table-vectors table-vectors.c
 *   awk -F'\t' -v OFS=' | ' '$1 ~ /^(Sse|Mmx|Simd)/ { print $3, $4 }' X86.tsv | ./table-vectors COUNT SEED
 *
 * X86.tsv is the list of rows that the build leaves in META-INF/isa; a line on standard input is `encoding | assembly`
 * in its notation. The script beside this file says which chapters go to which file. COUNT is the number of vectors of
 * each row and addressing form.
 *
 * A line is as insn-vectors.c writes it, with more state. Keys, and their defaults before the instruction:
 *
 *   x0l x0h …  halves of XMM registers: 0x0202020202020202 times number plus 1, and its complement
 *   s0m s0e …  significand, and sign with exponent, of ST(0) …: 0
 *   mx cw sw   MXCSR 1f80, x87 control word 37f and status word 0
 *   tw         one bit for each physical x87 register that is not empty: 0
 *   op ip dp   x87 opcode, instruction and data pointer: 0
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
#define CODE_PAGE 0x10000000UL
#define CODE 0x10000800UL
#define DATA 0x20000000UL
#define READ_ONLY (DATA + 2 * PAGE)
#define HOLE (DATA + 3 * PAGE)
#define STACK (DATA + 0x800)

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
enum { CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800 };
#define STATUS (CF | PF | AF | ZF | SF | OF)

static const char *const names[16] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};
static const int places[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

/* FXSAVE's image. */
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

/* One experiment. */
static struct {
	uint8_t code[24];
	int length;
	uint64_t reg[16], flags, undefined;
	struct image fp;
	struct { uint64_t at; uint8_t bytes[128]; int length; } memory;
} t;

static gregset_t home, result;
static struct image fp_home, fp_result;
static uint8_t before[3 * PAGE];
static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

static int below(int n) { return (rnd() >> 33) % n; }

static uint64_t value(void)
{
	static const uint64_t corners[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x0f, 0x10, 0x3f, 0x40,
	};
	switch (below(4)) {
	case 0: return corners[below(sizeof corners / sizeof *corners)];
	case 1: return (uint64_t)(int64_t)(int8_t)rnd();
	case 2: return rnd() >> below(64);
	default: return rnd();
	}
}

static uint32_t single(void)
{
	static const uint32_t corners[] = {
		0, 0x3f800000, 0x3fc00000, 0x00000001, 0x007fffff, 0x00800000, 0x00800001, 0x7f7fffff, 0x7f800000,
		0x7fc00000, 0x7fa00001, 0x7fc12345, 0x4f000000, 0x4effffff, 0x5f000000, 0x3f000000, 0x3effffff, 0x4b000001,
	};
	uint32_t sign = (uint32_t)below(2) << 31;
	switch (below(6)) {
	case 0: case 1: return sign | corners[below(sizeof corners / sizeof *corners)];
	case 2: return sign | (uint32_t)(127 - 8 + below(40)) << 23 | (rnd() & 0x7fffff);
	case 3: return sign | (uint32_t)(127 - 3 + below(6)) << 23 | (uint32_t)(rnd() & 15) << 19;
	case 4: return sign | (uint32_t)below(30) << 23 | (rnd() & 0x7fffff);
	default: return rnd();
	}
}

static uint64_t dbl(void)
{
	static const uint64_t corners[] = {
		0, 0x3ff0000000000000, 0x3ff8000000000000, 1, 0x000fffffffffffff, 0x0010000000000000, 0x0010000000000001,
		0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff8000000000000, 0x7ff4000000000001, 0x7ff8123456789abc,
		0x41e0000000000000, 0x41dfffffffc00000, 0x43e0000000000000, 0x3fe0000000000000, 0x41dfffffffe00000,
		0x3810000000000000, 0x380fffffffffffff, 0x36a0000000000000, 0x47efffffe0000000, 0x47effffff0000000,
	};
	uint64_t sign = (uint64_t)below(2) << 63;
	switch (below(6)) {
	case 0: case 1: return sign | corners[below(sizeof corners / sizeof *corners)];
	case 2: return sign | (uint64_t)(1023 - 8 + below(72)) << 52 | (rnd() >> 12);
	case 3: return sign | (uint64_t)(1023 - 3 + below(6)) << 52 | (rnd() & 15) << 48;
	case 4: return sign | (uint64_t)(below(2) ? below(60) : 1023 - 152 + below(40)) << 52 | (rnd() >> 12);
	default: return rnd();
	}
}

/* An 80-bit number: sign and exponent, and in *m the significand; formats the manual calls unsupported included. */
static uint16_t extended(uint64_t *m)
{
	uint16_t sign = below(2) << 15;
	*m = rnd() | 1UL << 63;
	switch (below(14)) {
	case 0: *m = 0; return sign;
	case 1: *m = 1UL << 63; return sign | (0x3fff + below(4));
	case 2: *m = 1UL << 63; return sign | 0x7fff;
	case 3: *m |= 1UL << 62; return sign | 0x7fff;
	case 4: *m &= ~(1UL << 62); return sign | 0x7fff;
	case 5: *m >>= 1 + below(63); return sign;
	case 6: *m = below(2) ? rnd() : ~0UL << below(64); return below(2) ? sign | 0x7ffe : sign | (1 + below(3));
	case 7: return rnd();
	case 8: *m = rnd() >> below(64); return rnd();
	case 9: return sign | (0x3fff - 1100 + below(2200));
	case 10: *m &= ~0UL << below(64); return sign | (0x3fff + below(70));
	default: return sign | (0x3fff - 10 + below(80));
	}
}

static void on_start(int sig, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	greg_t *regs = frame->uc_mcontext.gregs;
	struct image *fp = (struct image *)frame->uc_mcontext.fpregs;

	memcpy(home, regs, sizeof home);
	memcpy(&fp_home, fp, 512);
	for (int i = 0; i < 16; i++)
		regs[places[i]] = t.reg[i];
	regs[REG_EFL] = t.flags;
	regs[REG_RIP] = CODE;
	memcpy(fp, &t.fp, 24);
	fp->mxcsr = t.fp.mxcsr;
	memcpy(fp->st, t.fp.st, sizeof fp->st + sizeof fp->xmm);
	fp->components |= 3;
}

static void on_end(int sig, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	greg_t *regs = frame->uc_mcontext.gregs;
	struct image *fp = (struct image *)frame->uc_mcontext.fpregs;

	memcpy(result, regs, sizeof result);
	memcpy(&fp_result, fp, 512);
	memcpy(regs, home, sizeof home);
	memcpy(fp, &fp_home, 416);
	fp->components |= 3;
}

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

static uint64_t standard(int i) { return 0x0202020202020202UL * (i + 1); }

static void fresh(void)
{
	memset(&t, 0, sizeof t);
	for (int i = 0; i < 16; i++) {
		t.reg[i] = 0x0101010101010101UL * (i + 1);
		t.fp.xmm[i][0] = standard(i);
		t.fp.xmm[i][1] = ~standard(i);
	}
	t.reg[RSP] = STACK;
	t.flags = 0x202 | (below(2) ? rnd() & STATUS : 0);
	t.fp.mxcsr = 0x1f80;
	t.fp.cw = 0x37f;
}

static void byte(int b) { t.code[t.length++] = b; }

static void hex(const uint8_t *p, int n)
{
	for (int i = 0; i < n; i++)
		printf("%02x", p[i]);
}

static void pair(const char *key, uint64_t v, uint64_t usual)
{
	if (v != usual)
		printf(" %s=%lx", key, v);
}

/* The state of the floating-point units where it differs from `usual`. */
static void units(const struct image *fp, const struct image *usual)
{
	char key[8];

	for (int i = 0; i < 16; i++) {
		sprintf(key, "x%dl", i);
		pair(key, fp->xmm[i][0], usual->xmm[i][0]);
		sprintf(key, "x%dh", i);
		pair(key, fp->xmm[i][1], usual->xmm[i][1]);
	}
	for (int i = 0; i < 8; i++) {
		sprintf(key, "s%dm", i);
		pair(key, fp->st[i].m, usual->st[i].m);
		sprintf(key, "s%de", i);
		pair(key, fp->st[i].e, usual->st[i].e);
	}
	pair("mx", fp->mxcsr, usual->mxcsr);
	pair("cw", fp->cw, usual->cw);
	pair("sw", fp->sw, usual->sw);
	pair("tw", fp->tw, usual->tw);
	pair("op", fp->op, usual->op);
	pair("ip", fp->ip, usual->ip);
	pair("dp", fp->dp, usual->dp);
}

static void run(void)
{
	uint8_t *data = (uint8_t *)DATA;
	struct image usual;
	uint64_t flags;
	int trap;

	memcpy((void *)CODE, t.code, t.length);
	for (int i = 0; i < t.memory.length; i++) {
		if (t.memory.at + i >= READ_ONLY)
			t.memory.length = i;
		else
			*(uint8_t *)(t.memory.at + i) = t.memory.bytes[i];
	}
	memcpy(before, data, sizeof before);

	raise(SIGUSR1);

	trap = result[REG_TRAPNO] == 3 ? -1 : result[REG_TRAPNO];
	hex(t.code, t.length);
	printf(" |");
	for (int i = 0; i < 16; i++)
		pair(names[i], t.reg[i], i == RSP ? STACK : 0x0101010101010101UL * (i + 1));
	pair("fl", t.flags, 0x202);
	memset(&usual, 0, sizeof usual);
	for (int i = 0; i < 16; i++) {
		usual.xmm[i][0] = standard(i);
		usual.xmm[i][1] = ~standard(i);
	}
	usual.mxcsr = 0x1f80;
	usual.cw = 0x37f;
	units(&t.fp, &usual);
	if (t.memory.length > 0) {
		printf(" @%lx=", t.memory.at);
		hex(t.memory.bytes, t.memory.length);
	}
	printf(" |");
	flags = result[REG_EFL] & ~0x10000UL;
	for (int i = 0; i < 16; i++)
		pair(names[i], result[places[i]], t.reg[i]);
	if ((flags ^ t.flags) & ~t.undefined)
		printf(" fl=%lx", flags);
	units(&fp_result, &t.fp);
	if (trap >= 0) {
		printf(" trap=%x", trap);
		if (result[REG_ERR])
			printf(" err=%llx", result[REG_ERR]);
		if (trap == 14)
			printf(" cr2=%llx", result[REG_CR2]);
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

/* A row of the table. */
static struct {
	char text[512], name[64];
	int vex, np, prefix, map, opcode, modrm, digit, exact, mem, reg, w, ib;
	char operand[4][8];
	int operands;
} r;

static int is_hex(const char *s) { return strlen(s) == 2 && strspn(s, "0123456789ABCDEF") == 2; }

/* Parses a row; 0 for one that is not for this program. */
static int parse(char *line)
{
	char *bar = strchr(line, '|');
	int phase = 0;

	memset(&r, 0, sizeof r);
	r.digit = r.exact = r.w = -1;
	line[strcspn(line, "\n")] = 0;
	snprintf(r.text, sizeof r.text, "%s", line);
	if (!bar)
		return 0;
	*bar = 0;
	for (char *w = strtok(line, " "); w; w = strtok(NULL, " ")) {
		int v = is_hex(w) ? (int)strtol(w, NULL, 16) : -1;
		if (!strcmp(w, "VEX")) r.vex = 1;
		else if (!strcmp(w, "NP")) r.np = 1;
		else if (!strcmp(w, "/r")) r.modrm = 1;
		else if (w[0] == '/') r.modrm = 1, r.digit = w[1] - '0';
		else if (!strcmp(w, "mem")) r.mem = 1;
		else if (!strcmp(w, "reg")) r.reg = 1;
		else if (!strcmp(w, "W0")) r.w = 0;
		else if (!strcmp(w, "W1")) r.w = 1;
		else if (!strcmp(w, "ib")) r.ib = 1;
		else if (w[0] == '?' || w[0] == 'L') ;
		else if (v < 0) return 0;
		else if (phase == 0 && (v == 0x66 || v == 0xf2 || v == 0xf3)) r.prefix = v;
		else if (phase == 0 && v == 0x0f) r.map = 1, phase = 1;
		else if (phase == 1 && (v == 0x38 || v == 0x3a)) r.map = v == 0x38 ? 2 : 3, phase = 2;
		else if (phase < 3) r.opcode = v, phase = 3;
		else r.exact = v;
	}
	char *rest = bar + 1;
	while (*rest == ' ')
		rest++;
	snprintf(r.name, sizeof r.name, "%.*s", (int)strcspn(rest, " "), rest);
	rest += strcspn(rest, " ");
	for (char *o = strtok(rest, " ,"); o && r.operands < 4; o = strtok(NULL, " ,"))
		snprintf(r.operand[r.operands++], 8, "%s", o);
	return 1;
}

static int named(const char *part) { return strstr(r.name, part) != NULL; }

static void fill128(uint8_t *to)
{
	int singles = named("ps") || named("ss"), doubles = named("pd") || named("sd");
	int kind = below(8);

	if (singles && (!doubles || below(2)) && kind > 0) {
		for (int i = 0; i < 4; i++) {
			uint32_t v = single();
			memcpy(to + 4 * i, &v, 4);
		}
	} else if (doubles && kind > 0) {
		for (int i = 0; i < 2; i++) {
			uint64_t v = dbl();
			memcpy(to + 8 * i, &v, 8);
		}
	} else if (named("pcmp") && (named("str")) && kind > 1) {
		for (int i = 0; i < 16; i++)
			to[i] = below(12) == 0 ? 0 : "abcAz\xe9"[below(6)];
	} else {
		for (int i = 0; i < 2; i++) {
			uint64_t v = value();
			memcpy(to + 8 * i, &v, 8);
		}
		if (kind == 1)
			memset(to, rnd(), 16);
		if (kind == 2)
			for (int i = 0; i < 16; i++)
				to[i] = below(2) ? 0x80 : rnd();
	}
}

static uint32_t control(void)
{
	uint32_t v = 0x1f80;
	int kind = below(4);

	if (kind == 0)
		return v | (below(2) ? 0x20 : 0);
	v |= below(4) << 13 | below(2) << 15 | below(2) << 6;
	if (kind == 1)
		v |= rnd() & 0x3f;
	if (kind == 2 && below(2))
		v &= ~(rnd() & 0x1f80);
	return v;
}

/* A width in bytes. */
static int bytes_of(const char *operand)
{
	const char *s = operand + 1;
	return !strcmp(s, "dq") ? 16 : !strcmp(s, "q") || !strcmp(s, "qz") || !strcmp(s, "y") ? 8 : !strcmp(s, "d") ? 4
		: !strcmp(s, "w") ? 2 : !strcmp(s, "t") ? 10 : !strcmp(s, "env") ? 108 : !strcmp(s, "v") ? 8 : 1;
}

static int is_x87(void) { return r.map == 0 && r.opcode >= 0xd8 && r.opcode <= 0xdf; }

static int uses_mmx(void)
{
	for (int i = 0; i < r.operands; i++)
		if (strchr("PQN", r.operand[i][0]))
			return 1;
	return !strcmp(r.name, "emms");
}

static void x87_state(void)
{
	int top = below(8);

	for (int i = 0; i < 8; i++)
		t.fp.st[i].e = extended(&t.fp.st[i].m);
	t.fp.sw = top << 11;
	t.fp.tw = below(4) ? 0xff : rnd();
	if (is_x87() && below(3) == 0 && t.fp.tw == 0xff)
		t.fp.tw = 0xff & ~(1 << ((top + 7) & 7));
	if (below(3))
		t.fp.cw = 0x7f | below(4) << 10 | (below(4) ? 3 : below(4)) << 8;
	if (below(6) == 0)
		t.fp.cw &= ~(rnd() & 0x3f);
	if (below(3) == 0)
		t.fp.sw |= rnd() & 0x473f;
	if (t.fp.sw & ~t.fp.cw & 0x3f)
		t.fp.sw |= 0x8080;
	if (t.fp.sw & 0x80 && below(4))
		t.fp.sw &= ~0x80bf;
	t.fp.op = rnd() & 0x7ff;
	t.fp.ip = rnd() >> 17;
	t.fp.dp = rnd() >> 17;
}

static uint64_t place(int size)
{
	uint64_t aligned = size == 16 && below(12) ? ~15UL : ~0UL;

	switch (below(16)) {
	case 0: return (DATA + PAGE - below(size + 1)) & aligned;
	case 1: return (READ_ONLY - below(size + 1)) & aligned;
	case 2: return (HOLE - below(size + 1)) & aligned;
	default: return (DATA + below(PAGE / 2)) & aligned;
	}
}

static uint64_t undefined(void)
{
	static const struct { const char *name; uint64_t mask; } table[] = {
		{ "andn", AF | PF }, { "bextr", AF | SF | PF }, { "blsi", AF | PF }, { "blsmsk", AF | PF },
		{ "blsr", AF | PF }, { "bzhi", AF | PF }, { "tzcnt", STATUS & ~CF & ~ZF }, { "lzcnt", STATUS & ~CF & ~ZF },
	};
	for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(r.name, table[i].name))
			return table[i].mask;
	return 0;
}

static void one(int mem)
{
	int reg = r.digit >= 0 ? r.digit : below(16), rm = below(16), vvvv = 0, size = 1, general = 0;
	int w = r.w >= 0 ? r.w : 0, sized = 0, vector = 0;
	uint64_t at;

	fresh();
	t.undefined = undefined();
	for (int i = 0; i < r.operands; i++) {
		const char *o = r.operand[i];
		if (strchr("EWQM", o[0]))
			size = bytes_of(o);
		general |= strchr("GEB", o[0]) != NULL;
		vector |= strchr("VWUPQN", o[0]) != NULL;
		if (o[0] == 'B')
			vvvv = below(16);
		sized |= o[1] == 'y';
	}
	if (sized)
		w = below(2);
	for (int i = 0; i < 3 && general; i++) {
		int which = i == 0 ? reg : i == 1 ? rm : vvvv;
		if (which != RSP)
			t.reg[which] = value();
	}
	if (named("pcmpestr")) {
		t.reg[RAX] = below(3) ? (uint64_t)(below(40) - 20) : value();
		t.reg[RDX] = below(3) ? (uint64_t)(below(40) - 20) : value();
	}
	if (named("mulx"))
		t.reg[RDX] = value();
	t.reg[RDI] = named("maskmov") ? place(16) : t.reg[RDI];
	if (uses_mmx() || is_x87()) {
		x87_state();
		if (uses_mmx())
			for (int i = 0; i < 8; i++)
				t.fp.st[i].m = value();
	}
	if (vector) {
		fill128((uint8_t *)t.fp.xmm[reg]);
		fill128((uint8_t *)t.fp.xmm[rm]);
		if (named("blendv"))
			fill128((uint8_t *)t.fp.xmm[0]);
		t.fp.mxcsr = control();
	}
	/* Bytes: prefix, REX or VEX, opcode, ModRM. */
	int base = RBX, rex = w << 3 | (r.digit < 0 && reg > 7 ? 4 : 0);
	if (r.digit >= 0 || is_x87())
		reg &= 7;
	if (mem) {
		static const int bases[] = { RBX, RSI, 9, 15 };
		do
			base = bases[below(4)];
		while (base == vvvv || (general && base == reg));
		at = place(size);
		/* A BCD store that faults in the middle has stored the bytes before: not so here. */
		if (named("fbstp"))
			at = DATA + below(PAGE / 2);
		t.reg[base] = at - 16;
		rex |= base > 7;
		t.memory.at = at;
		t.memory.length = size;
		for (int i = 0; i < size; i += 16)
			fill128(t.memory.bytes + i);
		if (is_x87() && size == 4) {
			uint32_t v = below(2) ? single() : value();
			memcpy(t.memory.bytes, &v, 4);
		} else if (is_x87() && size == 8) {
			uint64_t v = below(2) ? dbl() : value();
			memcpy(t.memory.bytes, &v, 8);
		} else if (is_x87() && size == 10) {
			uint64_t m;
			uint16_t e = extended(&m);
			memcpy(t.memory.bytes, &m, 8);
			memcpy(t.memory.bytes + 8, &e, 2);
			if (!strcmp(r.name, "fbld"))
				for (int i = 0; i < 10; i++)
					t.memory.bytes[i] = i == 9 ? below(2) << 7 : below(10) << 4 | below(10);
		} else if (is_x87() && size > 16) {
			uint16_t words[] = { 0x7f | below(4) << 10 | 0x300, 0, rnd() & 0x473f, 0, rnd(), 0 };
			memcpy(t.memory.bytes, words, sizeof words);
		}
		if (size > 16) {
			t.reg[base] += DATA + 64 - at;
			t.memory.at = DATA + 64;
		}
	} else if (r.exact < 0) {
		rex |= rm > 7 && !is_x87();
	}
	if (r.vex) {
		int p = r.prefix == 0x66 ? 1 : r.prefix == 0xf3 ? 2 : r.prefix == 0xf2 ? 3 : 0;
		byte(0xc4);
		byte(((~rex & 4) << 5) | 0x40 | ((~rex & 1) << 5) | r.map);
		byte(w << 7 | (~vvvv & 15) << 3 | p);
		byte(r.opcode);
	} else {
		if (r.prefix)
			byte(r.prefix);
		if (rex)
			byte(0x40 | rex);
		if (r.map)
			byte(0x0f);
		if (r.map > 1)
			byte(r.map == 2 ? 0x38 : 0x3a);
		byte(r.opcode);
	}
	if (r.exact >= 0)
		byte(r.exact);
	else if (r.modrm && mem)
		byte(0x40 | (reg & 7) << 3 | (base & 7)), byte(16);
	else if (r.modrm)
		byte(0xc0 | (reg & 7) << 3 | (rm & 7));
	if (r.ib)
		byte(rnd());
	run();
}

static int may_be_memory(void)
{
	for (int i = 0; i < r.operands; i++)
		if (strchr("EWQM", r.operand[i][0]))
			return 1;
	return 0;
}

static int only_memory(void)
{
	for (int i = 0; i < r.operands; i++)
		if (r.operand[i][0] == 'M')
			return 1;
	return r.mem;
}

int main(int argc, char **argv)
{
	char line[512];
	int count = argc > 1 ? atoi(argv[1]) : 4;

	state = (argc > 2 ? strtoul(argv[2], NULL, 0) : 1) * 0x9e3779b97f4a7c15UL + 1;
	prepare();
	printf("# written by table-vectors.c %d %s on the CPU of the host\n", count, argc > 2 ? argv[2] : "1");
	while (fgets(line, sizeof line, stdin)) {
		if (!parse(line))
			continue;
		for (int mem = 0; mem < 2; mem++) {
			if (mem ? !may_be_memory() || r.reg || r.exact >= 0 : only_memory())
				continue;
			printf("# %s%s\n", r.text, mem ? ", memory" : "");
			for (int i = 0; i < count; i++)
				one(mem);
		}
	}
	return 0;
}
