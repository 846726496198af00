/*
 * Writes test vectors of x87 arithmetic, taken from the host's CPU.
 *
 *   gcc -O1 -o x87-vectors x87-vectors.c && ./x87-vectors COUNT SEED > x87.vectors
 *   ./x87-vectors COUNT SEED t > x87-transcendental.vectors
 *
 * A line: operation, control word, operand a, operand b, result, status word.
 * Numbers are sign-and-exponent:significand in hexadecimal. Operands are drawn
 * from the corners of the format: zeros, denormals, halves, powers next to the
 * ends of the range, NaNs, infinities, unsupported encodings, and neighbours.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { uint64_t m; uint16_t se; } __attribute__((packed)) ext;

static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

static uint64_t significand(void)
{
	switch (rnd() % 8) {
	case 0: return 1ULL << 63;
	case 1: return ~0ULL;
	case 2: return (1ULL << 63) | (1ULL << (rnd() % 63));
	case 3: return (1ULL << 63) | ((rnd() & 0xffffff) << (rnd() % 40));
	case 4: return ~0ULL << (rnd() % 63);
	default: return rnd() | (1ULL << 63);
	}
}

static ext number(uint16_t near)
{
	ext x;
	uint16_t sign = rnd() & 0x8000;

	x.m = significand();
	switch (rnd() % 24) {
	case 0: x.se = sign; x.m = 0; break;
	case 1: x.se = sign; x.m >>= 1 + rnd() % 63; break;
	case 2: x.se = sign | 0x7fff; x.m = 1ULL << 63; break;
	case 3: x.se = sign | 0x7fff; break;
	case 4: x.se = sign | 0x7fff; x.m &= ~(1ULL << 62); break;
	case 5: x.se = sign | (rnd() & 0x7fff); x.m &= ~(1ULL << 63); break;
	case 6: x.se = sign | (1 + rnd() % 70); break;
	case 7: x.se = sign | (0x7ffe - rnd() % 70); break;
	case 8: x.se = sign | (rnd() & 0x7fff); break;
	case 9: x.se = sign; break;
	default: x.se = sign | ((near + rnd() % 140 - 70) & 0x7fff); break;
	}
	return x;
}

static void print(ext x) { printf(" %04x:%016llx", x.se, (unsigned long long)x.m); }

/* st0 = a, st1 = b; the status word is taken before the result is stored. */
#define ARITH(NAME, INSN)                                                      \
	static uint16_t do_##NAME(ext *a, ext *b, ext *r, uint16_t cw)         \
	{                                                                      \
		uint16_t sw;                                                   \
		__asm__ volatile("fninit\n\tfldt (%3)\n\tfldt (%2)\n\tfldcw %4\n\t" \
				 "fnclex\n\t" INSN "\n\tfnstsw %0\n\t"          \
				 "fstpt (%1)\n\tfninit"                         \
				 : "=m"(sw) : "r"(r), "r"(a), "r"(b), "m"(cw) : "memory"); \
		return sw;                                                     \
	}

ARITH(add, "fadd %%st(1), %%st")
ARITH(sub, "fsub %%st(1), %%st")
ARITH(mul, "fmul %%st(1), %%st")
ARITH(div, "fdiv %%st(1), %%st")
ARITH(sqrt, "fsqrt")
ARITH(rndint, "frndint")
ARITH(scale, "fscale")
ARITH(prem, "fprem")
ARITH(prem1, "fprem1")
ARITH(ucom, "fucom %%st(1)")
ARITH(com, "fcom %%st(1)")

/* Stores to other formats: the result's significand field holds the stored bits. */
#define STORE(NAME, INSN)                                                      \
	static uint16_t do_##NAME(ext *a, ext *b, ext *r, uint16_t cw)         \
	{                                                                      \
		uint16_t sw;                                                   \
		r->m = 0;                                                      \
		r->se = 0;                                                     \
		__asm__ volatile("fninit\n\tfldt (%3)\n\tfldt (%2)\n\tfldcw %4\n\t" \
				 "fnclex\n\t" INSN "\n\tfnstsw %0\n\tfninit"    \
				 : "=m"(sw) : "r"(r), "r"(a), "r"(b), "m"(cw) : "memory"); \
		return sw;                                                     \
	}

STORE(stf, "fstps (%1)")
STORE(std, "fstpl (%1)")
STORE(stw, "fistps (%1)")
STORE(stl, "fistpl (%1)")
STORE(stq, "fistpll (%1)")
STORE(sttq, "fisttpll (%1)")

/* Loads: the operand's significand field holds the bits to load. */
ARITH(ldf, "fstp %%st\n\tfstp %%st\n\tflds (%2)")
ARITH(ldd, "fstp %%st\n\tfstp %%st\n\tfldl (%2)")
ARITH(ldq, "fstp %%st\n\tfstp %%st\n\tfildll (%2)")

ARITH(f2xm1, "f2xm1")
ARITH(fyl2x, "fxch\n\tfyl2x")
ARITH(fyl2xp1, "fxch\n\tfyl2xp1")
ARITH(fpatan, "fxch\n\tfpatan")
ARITH(fsin, "fsin")
ARITH(fcos, "fcos")
ARITH(fptan, "fptan\n\tfstp %%st")

static const struct {
	const char *name;
	uint16_t (*run)(ext *, ext *, ext *, uint16_t);
} ops[] = {
	{"add", do_add}, {"sub", do_sub}, {"mul", do_mul}, {"div", do_div},
	{"sqrt", do_sqrt}, {"rndint", do_rndint}, {"scale", do_scale},
	{"prem", do_prem}, {"prem1", do_prem1}, {"ucom", do_ucom}, {"com", do_com},
	{"stf", do_stf}, {"std", do_std}, {"stw", do_stw}, {"stl", do_stl},
	{"stq", do_stq}, {"sttq", do_sttq}, {"ldf", do_ldf}, {"ldd", do_ldd}, {"ldq", do_ldq},
}, transcendental[] = {
	{"f2xm1", do_f2xm1}, {"fyl2x", do_fyl2x}, {"fyl2xp1", do_fyl2xp1},
	{"fpatan", do_fpatan}, {"fsin", do_fsin}, {"fcos", do_fcos}, {"fptan", do_fptan},
};

/* Arguments a program would use: within the ranges the manual defines. */
static void print_transcendental(void)
{
	int op = rnd() % (sizeof(transcendental) / sizeof(transcendental[0]));
	const char *n = transcendental[op].name;
	ext a = number(16383), b = number(16383), r;

	a.se = (rnd() & 0x8000) | (16383 - rnd() % (rnd() % 4 ? 12 : 90));
	a.m = significand();
	b.se = (rnd() & 0x8000) | (16383 + rnd() % 20 - 10);
	b.m = significand();
	if (!strcmp(n, "f2xm1") || !strcmp(n, "fyl2xp1"))
		a.se -= 2;
	if (!strcmp(n, "fyl2x"))
		b.se = 16383 + rnd() % 60 - 30;
	if (!strcmp(n, "fyl2xp1")) {
		ext t = a;
		a = b;
		b = t;
	}
	if (n[1] == 's' || n[1] == 'c' || n[1] == 'p')
		a.se += rnd() % 30;
	memset(&r, 0, sizeof(r));
	uint16_t cw = 0x37f;
	uint16_t sw = transcendental[op].run(&a, &b, &r, cw);

	printf("%s %04x", n, cw);
	print(a);
	print(b);
	print(r);
	printf(" %04x\n", sw);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	static const uint16_t precisions[] = {0x000, 0x200, 0x300, 0x300};

	state = (argc > 2 ? strtoull(argv[2], 0, 0) : 1) * 0x9e3779b97f4a7c15ULL | 1;
	if (argc > 3) {
		while (count-- > 0)
			print_transcendental();
		return 0;
	}
	for (long i = 0; i < count; i++) {
		int op = rnd() % (sizeof(ops) / sizeof(ops[0]));
		uint16_t cw = 0x7f | precisions[rnd() % 4] | (rnd() % 4) << 10;
		const char *n = ops[op].name;
		uint16_t centre = n[0] == 's' && n[1] == 't' ?
			(n[2] == 'f' ? (rnd() & 1 ? 16383 - 130 : 16383 + 127) :
			 n[2] == 'd' ? (rnd() & 1 ? 16383 - 1030 : 16383 + 1023) : 16383 + 40) :
			n[0] == 'r' ? 16383 + 40 : (uint16_t)rnd();
		ext a = number(centre), b = number(a.se), r;

		if (!strcmp(n, "scale"))
			b = number(16383 + 5);
		if (n[0] == 'l') {
			a.se = 0;
			a.m = rnd() % 3 ? rnd() : rnd() % 2 ? rnd() >> (rnd() % 64) : rnd() & 0x800fffff807fffffULL;
		}
		memset(&r, 0, sizeof(r));
		uint16_t sw = ops[op].run(&a, &b, &r, cw);

		printf("%s %04x", n, cw);
		print(a);
		print(b);
		print(r);
		printf(" %04x\n", sw);
	}
	return 0;
}
