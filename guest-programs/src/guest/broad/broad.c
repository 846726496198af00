/*
 * broad: a wide mix of instructions, each family folded into a checksum of its
 * own: integer widths, multiply and divide, shifts and rotates, bits,
 * conditions, strings, atomics, single and double floating point, vectors, and
 * on x86 the 80-bit x87 as well. It is a first look at whether an engine
 * computes right, and it makes a JVM's profile as broad as a real program's
 * before something is measured.
 *
 *   broad [ROUNDS]     20 unless told
 */
#include "rt.h"

typedef int32_t v4si __attribute__((vector_size(16)));
typedef uint8_t v16qi __attribute__((vector_size(16)));
typedef uint16_t v8hi __attribute__((vector_size(16)));
typedef double v2df __attribute__((vector_size(16)));
typedef float v4sf __attribute__((vector_size(16)));

static uint64_t state;

static uint64_t draw(void)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return state ^ state >> 33;
}

static uint64_t fold(uint64_t h, uint64_t value)
{
	return (h ^ value) * 0x9e3779b97f4a7c15 + (h >> 29);
}

static NOINLINE uint64_t widths(uint64_t h)
{
	for (int i = 0; i < 500; i++) {
		uint64_t x = draw(), y = draw();
		int8_t b = (int8_t)x, c = (int8_t)y;
		int16_t s = (int16_t)(x >> 8), t = (int16_t)(y >> 8);
		int32_t m = (int32_t)(x >> 16), n = (int32_t)(y >> 16);
		unsigned char carry;
		uint32_t sum;

		h = fold(h, (uint8_t)(b + c) ^ (uint16_t)(s - t) ^ (uint32_t)(m & n));
		h = fold(h, (uint64_t)(int64_t)b + (uint64_t)(int64_t)t + (uint64_t)(int64_t)n);
		carry = __builtin_add_overflow((uint32_t)m, (uint32_t)n, &sum);
		h = fold(h, sum + (uint64_t)carry);
		h = fold(h, (uint64_t)(((unsigned __int128)x + y) >> 3));
		h = fold(h, __builtin_bswap64(x) ^ __builtin_bswap32((uint32_t)y) ^ __builtin_bswap16((uint16_t)x));
	}
	return h;
}

static NOINLINE uint64_t multiply_and_divide(uint64_t h)
{
	for (int i = 0; i < 300; i++) {
		uint64_t x = draw(), y = draw() >> (i & 31) | 1;
		int32_t m = (int32_t)x, n = (int32_t)y | 1;
		int16_t s = (int16_t)x, t = (int16_t)(y | 1);

		h = fold(h, (uint64_t)((unsigned __int128)x * y >> 64));
		h = fold(h, (uint64_t)((__int128)(int64_t)x * (int64_t)y >> 64));
		h = fold(h, x / y + x % y);
		h = fold(h, (uint64_t)((int64_t)x / (int64_t)(y >> 1 | 1)));
		h = fold(h, (uint64_t)(int64_t)(n == -1 ? m : m / n + m % n));
		h = fold(h, (uint64_t)(s / t) + (uint8_t)x / (uint8_t)(y | 1));
		h = fold(h, (uint64_t)((int64_t)x / 7) + (uint32_t)x / 10 + (uint32_t)m % 1000);
	}
	return h;
}

static NOINLINE uint64_t shifts_and_bits(uint64_t h)
{
	for (int i = 0; i < 500; i++) {
		uint64_t x = draw() | 1, y = draw();
		unsigned int n = (unsigned int)y & 63;
		uint32_t w = (uint32_t)x;

		h = fold(h, (x << n) ^ (x >> (n ^ 5)) ^ (uint64_t)((int64_t)x >> (n ^ 9)));
		h = fold(h, (x << n | x >> (-n & 63)) + (w << (n & 31) | w >> (-n & 31)));
		h = fold(h, (uint64_t)(__builtin_ctzll(x << n | 1UL << 63) + __builtin_clzll(x) + __builtin_popcountll(x & y)));
		h = fold(h, (y >> n & 1) + (x & ~(1UL << n)) + (x ^ 1UL << n));
		h = fold(h, (uint64_t)((unsigned __int128)x << 64 | y) << n | (uint64_t)(((unsigned __int128)x << 64 | y) >> n));
	}
	return h;
}

static NOINLINE uint64_t conditions(uint64_t h)
{
	for (int i = 0; i < 500; i++) {
		int64_t x = (int64_t)draw(), y = (int64_t)draw();
		int32_t m = (int32_t)x, n = (int32_t)y;
		int32_t overflowed;

		h = fold(h, (x < y) + 2 * (x <= y) + 4 * ((uint64_t)x < (uint64_t)y) + 8 * (m > n) + 16 * (m >= n) + 32 * (x == y));
		h = fold(h, (uint64_t)(x < y ? x : y) + (uint64_t)(m > n ? m : n));
		h = fold(h, (uint64_t)__builtin_sub_overflow(m, n, &overflowed) + (uint32_t)overflowed);
		switch (x & 15) {
		case 0: h += 3; break;
		case 1: h ^= 0x55; break;
		case 2: h = h << 1 | h >> 63; break;
		case 3: h -= (uint64_t)m; break;
		case 5: h *= 5; break;
		case 7: h = ~h; break;
		case 8: h ^= (uint64_t)n; break;
		case 11: h += 11; break;
		case 13: h = fold(h, 13); break;
		default: h++;
		}
	}
	return h;
}

static NOINLINE uint64_t strings(uint64_t h)
{
	static char from[600], to[600];

	for (int i = 0; i < 30; i++) {
		size_t n = draw() % 500, at = draw() % 64;

		for (size_t j = 0; j < sizeof(from) - 1; j++)
			from[j] = (char)('a' + (state >> (j & 31)) % 23);
		memset(to, i, sizeof(to));
		memcpy(to + at, from, n);
		memmove(to + 3, to, n);
		h = fold(h, (uint64_t)(memcmp(from, to + 3 + at, n / 2) > 0) + strlen(from + at));
#ifdef __x86_64__
		{
			char *d = to, *s = from + at;
			size_t count = n;

			__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(count) :: "memory");
			count = n / 8;
			d = to + at;
			__asm__ volatile("rep stosq" : "+D"(d), "+c"(count) : "a"(h) : "memory");
			count = sizeof(from);
			s = from;
			__asm__ volatile("repne scasb" : "+D"(s), "+c"(count) : "a"('c') : "memory", "cc");
			h = fold(h, count);
			d = to, s = from, count = n;
			__asm__ volatile("repe cmpsb" : "+D"(d), "+S"(s), "+c"(count) :: "memory", "cc");
			h = fold(h, count);
			d = to + 300, count = 100;
			__asm__ volatile("std\n\trep stosb\n\tcld" : "+D"(d), "+c"(count) : "a"(i) : "memory", "cc");
		}
#endif
		for (size_t j = 0; j < sizeof(to); j += 7)
			h = fold(h, (unsigned char)to[j]);
	}
#ifndef __x86_64__
	h = fold(h, 0);
#endif
	return h;
}

static NOINLINE uint64_t atomics(uint64_t h)
{
	static uint64_t wide;
	static uint32_t word;
	static uint16_t half;
	static uint8_t byte;

	for (int i = 0; i < 200; i++) {
		uint64_t x = draw(), expected = i & 1 ? wide : x;

		h = fold(h, __atomic_fetch_add(&wide, x, __ATOMIC_SEQ_CST));
		h = fold(h, __atomic_exchange_n(&word, (uint32_t)x, __ATOMIC_ACQ_REL));
		h = fold(h, __atomic_fetch_or(&half, (uint16_t)x, __ATOMIC_RELAXED));
		h = fold(h, __atomic_sub_fetch(&byte, (uint8_t)x, __ATOMIC_RELEASE));
		h = fold(h, __atomic_compare_exchange_n(&wide, &expected, x + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
		h = fold(h, expected);
		h = fold(h, __atomic_fetch_xor(&half, (uint16_t)(x >> 20), __ATOMIC_RELAXED));
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	return h;
}

static uint64_t bits_of(double d)
{
	union { double d; uint64_t u; } u = { d };

	return u.u;
}

static uint32_t bits_of_single(float f)
{
	union { float f; uint32_t u; } u = { f };

	return u.u;
}

static NOINLINE uint64_t floating(uint64_t h)
{
	double d = 1.25;
	float f = 2.5f;

	for (int i = 0; i < 300; i++) {
		int64_t x = (int64_t)draw();
		double e = (double)(int32_t)x / 1024.0;
		float g = (float)(int16_t)x * 0.125f;

		d = (d * 0.75 + e) / (1.0 + (d < 0 ? -d : d) / 65536.0);
		f = (f - g) * 0.5f;
		h = fold(h, bits_of(d) + bits_of_single(f));
		h = fold(h, bits_of(__builtin_sqrt(e < 0 ? -e : e)));
		h = fold(h, (uint64_t)(int64_t)d + (uint64_t)(int64_t)(int32_t)f);
		h = fold(h, bits_of((double)f) + bits_of_single((float)d) + bits_of((double)x) + bits_of((double)(uint64_t)x));
		h = fold(h, (uint64_t)((d < e) + 2 * (f > g) + 4 * (d != d)));
		h = fold(h, bits_of(d > e ? d : e));
	}
	return h;
}

static NOINLINE uint64_t vectors(uint64_t h)
{
	for (int i = 0; i < 200; i++) {
		union { uint64_t u[2]; v4si w; v16qi b; v8hi s; } x = { { draw(), draw() } }, y = { { draw(), draw() } }, z;
		v2df p = { (double)(int32_t)x.u[0], (double)(int32_t)y.u[0] }, q = { 3.5, -0.25 };
		v4sf r = { (float)(int16_t)x.u[0], 2, (float)(int16_t)y.u[0], 4 }, t = { 0.5f, 3, -1, 8 };

		z.w = x.w + y.w;
		h = fold(h, z.u[0] ^ z.u[1]);
		z.b = x.b - y.b;
		h = fold(h, z.u[0] ^ z.u[1]);
		z.s = x.s * y.s;
		h = fold(h, z.u[0] ^ z.u[1]);
		z.s = (x.s >> 3) ^ (y.s << 5);
		h = fold(h, z.u[0] ^ z.u[1]);
		z.w = (x.w > y.w) & (x.w ^ y.w);
		h = fold(h, z.u[0] ^ z.u[1]);
		z.b = (v16qi)(x.b == y.b) | (x.b & ~y.b);
		h = fold(h, z.u[0] ^ z.u[1]);
		z.w = __builtin_shuffle(x.w, (v4si){ 2, 0, 3, 1 });
		h = fold(h, z.u[0] ^ z.u[1]);
		p = p * q + p / (q * q);
		h = fold(h, bits_of(p[0]) ^ bits_of(p[1]));
		r = (r - t) * t;
		h = fold(h, bits_of_single(r[0] + r[1]) ^ bits_of_single(r[2] / r[3]));
	}
	return h;
}

#ifdef __x86_64__
static NOINLINE uint64_t extended(uint64_t h)
{
	long double e = 1.0L;

	for (int i = 1; i < 200; i++) {
		long double x = (long double)(int64_t)draw(), y;
		double narrow;
		unsigned short status;

		e = e * 1.0000001L + x / (long double)(i * 1000003);
		narrow = (double)e;
		h = fold(h, bits_of(narrow));
		h = fold(h, (uint64_t)(int64_t)(x / 3.0L));
		h = fold(h, (uint64_t)((x < e) + 2 * (x != x)));
		__asm__ volatile("fsqrt" : "=t"(y) : "0"(x < 0 ? -x : x));
		h = fold(h, bits_of((double)y));
		__asm__ volatile("frndint" : "=t"(y) : "0"(x / 1e6L));
		h = fold(h, bits_of((double)y));
		__asm__ volatile("fscale" : "=t"(y) : "0"(e), "u"((long double)(i % 30)));
		h = fold(h, bits_of((double)y));
		__asm__ volatile("1: fprem\n\tfnstsw %%ax\n\ttestb $4, %%ah\n\tjnz 1b"
				 : "=t"(y), "=a"(status) : "0"(x), "u"(7.25L) : "cc");
		h = fold(h, bits_of((double)y));
		__asm__ volatile("fxam\n\tfnstsw %0" : "=a"(status) : "t"(y));
		h = fold(h, status & 0x4700);
	}
	return h;
}

/* What compilers do not emit but hand-written code does. Pushes keep off the red zone. */
static NOINLINE uint64_t rarities(uint64_t h)
{
	for (int i = 0; i < 200; i++) {
		uint64_t x = draw(), y = draw(), lo = x, hi = y, flags;
		uint32_t w = (uint32_t)x;
		uint16_t m;

		__asm__("addq %2, %0\n\tadcq %3, %1" : "+r"(lo), "+r"(hi) : "r"(y), "r"(x) : "cc");
		h = fold(h, lo ^ hi);
		__asm__("subq %2, %0\n\tsbbq %3, %1" : "+r"(lo), "+r"(hi) : "r"(x), "r"(y) : "cc");
		h = fold(h, lo ^ hi);
		__asm__("shldq $13, %1, %0" : "+r"(lo) : "r"(hi) : "cc");
		__asm__("shrdq %%cl, %1, %0" : "+r"(hi) : "r"(lo), "c"((int)(x & 31)) : "cc");
		h = fold(h, lo ^ hi);
		__asm__("stc\n\trclq $1, %0\n\trcrl $1, %1" : "+r"(lo), "+r"(w) :: "cc");
		h = fold(h, lo ^ w);
		__asm__("btsq %1, %0\n\tbtrq $7, %0\n\tbtcq $63, %0\n\tsetc %b1" : "+r"(lo), "+r"(hi) :: "cc");
		h = fold(h, lo ^ hi);
		__asm__("xaddq %0, %1" : "+r"(lo), "+r"(hi) :: "cc");
		__asm__("xchgq %0, %1\n\tcmpxchgq %2, %1" : "+a"(lo), "+r"(hi) : "r"(x) : "cc");
		h = fold(h, lo - hi);
		__asm__("addb %b2, %b1\n\tlahf\n\tmovzwl %%ax, %k0" : "=&a"(flags), "+r"(hi) : "r"(x) : "cc");
		h = fold(h, flags >> 8 & 0xd5);
		__asm__("cmpq %2, %1\n\tleaq -128(%%rsp), %%rsp\n\tpushfq\n\tpopq %0\n\tleaq 128(%%rsp), %%rsp" : "=r"(flags) : "r"(x), "r"(y) : "cc");
		h = fold(h, flags & 0x8d5);
		__asm__("leaq -128(%%rsp), %%rsp\n\tpushq %1\n\tpopw %0\n\tleaq 134(%%rsp), %%rsp" : "=r"(m) : "r"(y));
		h = fold(h, m);
		__asm__("cwtl\n\tcltq\n\tcqto" : "+a"(x), "=d"(hi));
		h = fold(h, x ^ hi);
	}
	return h;
}
#endif

int main(int argc, char **argv)
{
	static const struct { const char *name; uint64_t (*run)(uint64_t); } families[] = {
		{ "widths", widths }, { "multiply and divide", multiply_and_divide },
		{ "shifts and bits", shifts_and_bits }, { "conditions", conditions }, { "strings", strings },
		{ "atomics", atomics }, { "floating", floating }, { "vectors", vectors },
#ifdef __x86_64__
		{ "x87", extended }, { "rarities", rarities },
#endif
	};
	long rounds = argc > 1 ? parse_long(argv[1]) : 20;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		uint64_t h = 1;

		state = i + 1;
		for (long r = 0; r < rounds; r++)
			h = families[i].run(h);
		print("%-20s %016lx\n", families[i].name, (unsigned long)h);
	}
	return 0;
}
