/*
 * arm64.h: the accesses and orderings of the litmus tests on arm64, one
 * instruction each, or one loop around exclusives. See litmus.c.
 *
 * What each way permits is Arm ARM B2.3: stores reach all other observers at
 * once; between two accesses of a thread nothing is kept but by barriers,
 * acquire and release, and dependencies.
 */
#ifndef LITMUS_ARCH_H
#define LITMUS_ARCH_H

#include <asm/hwcap.h>

#define PLAIN_PERMITS	ANYTHING

#define ASM(text, ...)	__asm__ volatile(".arch armv8.3-a\n\t" text : __VA_ARGS__ : "memory")

#define ACCESS(name, type, store, load, r) \
static inline void st_##name(char *at, uint64_t value) \
{ \
	ASM(store " %" r "1, %0", "=Q"(*(type *)at) : "rZ"((type)value)); \
} \
static inline uint64_t ld_##name(const char *at) \
{ \
	type value; \
	ASM(load " %" r "0, %1", "=r"(value) : "Q"(*(const type *)at)); \
	return value; \
}

ACCESS(1, uint8_t, "strb", "ldrb", "w")
ACCESS(2, uint16_t, "strh", "ldrh", "w")
ACCESS(4, uint32_t, "str", "ldr", "w")
ACCESS(8, uint64_t, "str", "ldr", "x")
ACCESS(release, uint64_t, "stlr", "ldar", "x")
ACCESS(release_pc, uint64_t, "stlr", "ldapr", "x")

/* A store that is an exchange, and a load that acquires. */
static inline void st_swap(char *at, uint64_t value)
{
	ASM("swpal %1, %1, %0", "+Q"(*(uint64_t *)at), "+r"(value) :);
}

#define ld_swap		ld_release

/* A store-exclusive that releases, of a pair with a load-exclusive that acquires. */
static inline void st_exclusive(char *at, uint64_t value)
{
	uint64_t old;
	uint32_t lost;

	ASM("1: ldaxr %1, %0\n\tstlxr %w2, %3, %0\n\tcbnz %w2, 1b", "+Q"(*(uint64_t *)at), "=&r"(old), "=&r"(lost) : "r"(value));
}

#define ld_exclusive	ld_release

/* Sixteen bytes, whose halves may be seen apart: TORN if they are. */
static inline void st_pair(char *at, uint64_t value)
{
	ASM("stp %1, %1, %0", "=Q"(*(char (*)[16])at) : "r"(value));
}

static inline uint64_t ld_pair(const char *at)
{
	uint64_t low, high;

	ASM("ldp %0, %1, %2", "=&r"(low), "=r"(high) : "Q"(*(const char (*)[16])at));
	return low == high ? low : TORN;
}

static inline void st_vector(char *at, uint64_t value)
{
	__asm__ volatile("dup v0.2d, %1\n\tstr q0, %0" : "=Q"(*(char (*)[16])at) : "r"(value) : "v0", "memory");
}

static inline uint64_t ld_vector(const char *at)
{
	uint64_t low, high;

	__asm__ volatile("ldr q0, %2\n\tmov %0, v0.d[0]\n\tmov %1, v0.d[1]"
			 : "=r"(low), "=r"(high) : "Q"(*(const char (*)[16])at) : "v0", "memory");
	return low == high ? low : TORN;
}

/* Sixteen bytes as one: loaded by what could have stored them, too. */
static inline void st_exclusive_pair(char *at, uint64_t value)
{
	uint64_t low, high;
	uint32_t lost;

	ASM("1: ldxp %1, %2, %0\n\tstxp %w3, %4, %4, %0\n\tcbnz %w3, 1b",
	    "+Q"(*(char (*)[16])at), "=&r"(low), "=&r"(high), "=&r"(lost) : "r"(value));
}

static inline uint64_t ld_exclusive_pair(const char *at)
{
	uint64_t low, high;
	uint32_t lost;

	ASM("1: ldxp %1, %2, %0\n\tstxp %w3, %1, %2, %0\n\tcbnz %w3, 1b",
	    "+Q"(*(char (*)[16])at), "=&r"(low), "=&r"(high), "=&r"(lost) :);
	return low == high ? low : TORN;
}

static inline int casp(char *at, uint64_t *low, uint64_t *high, uint64_t new_low, uint64_t new_high)
{
	register uint64_t x0 __asm__("x0") = *low, x1 __asm__("x1") = *high;
	register uint64_t x2 __asm__("x2") = new_low, x3 __asm__("x3") = new_high;
	int same;

	ASM("casp %1, %2, %3, %4, %0", "+Q"(*(char (*)[16])at), "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3));
	same = x0 == *low && x1 == *high;
	*low = x0;
	*high = x1;
	return same;
}

static inline void st_casp(char *at, uint64_t value)
{
	uint64_t low = 0, high = 0;

	while (!casp(at, &low, &high, value, value))
		;
}

static inline uint64_t ld_casp(const char *at)
{
	uint64_t low = 0, high = 0;

	casp((char *)at, &low, &high, 0, 0);
	return low == high ? low : TORN;
}

#define ORDER(name, statement) \
static inline void order_##name(void) { statement; } \
static inline char *behind_##name(uint64_t loaded, char *at) { statement; return at; }

ORDER(none, )
ORDER(dmb, __asm__ volatile("dmb ish" ::: "memory"))
ORDER(dsb, __asm__ volatile("dsb ish" ::: "memory"))
ORDER(dmb_ld, __asm__ volatile("dmb ishld" ::: "memory"))
ORDER(dmb_st, __asm__ volatile("dmb ishst" ::: "memory"))

/* The address of the second access depends on what the first one loaded; two stores have their barrier. */
static inline void order_dependency(void) { order_dmb_st(); }
static inline char *behind_dependency(uint64_t loaded, char *at)
{
	uint64_t nothing;

	__asm__ volatile("eor %0, %1, %1" : "=r"(nothing) : "r"(loaded));
	return at + nothing;
}

/* Atomic operations: each adds one. */
#define EXCLUSIVE_ADD(name, type, load, store, r) \
static inline void add_##name(char *at) \
{ \
	type value; \
	uint32_t lost; \
\
	ASM("1: " load " %" r "1, %0\n\tadd %" r "1, %" r "1, #1\n\t" store " %w2, %" r "1, %0\n\tcbnz %w2, 1b", \
	    "+Q"(*(type *)at), "=&r"(value), "=&r"(lost) :); \
}

EXCLUSIVE_ADD(exclusive_1, uint8_t, "ldxrb", "stxrb", "w")
EXCLUSIVE_ADD(exclusive_2, uint16_t, "ldxrh", "stxrh", "w")
EXCLUSIVE_ADD(exclusive_4, uint32_t, "ldxr", "stxr", "w")
EXCLUSIVE_ADD(exclusive_8, uint64_t, "ldxr", "stxr", "x")
EXCLUSIVE_ADD(acquire_release, uint64_t, "ldaxr", "stlxr", "x")

#define LSE_ADD(name, type, add, r) \
static inline void add_##name(char *at) \
{ \
	type value = 1; \
\
	ASM(add " %" r "1, %" r "1, %0", "+Q"(*(type *)at), "+r"(value) :); \
}

LSE_ADD(ldadd_1, uint8_t, "ldaddb", "w")
LSE_ADD(ldadd_2, uint16_t, "ldaddh", "w")
LSE_ADD(ldadd_4, uint32_t, "ldadd", "w")
LSE_ADD(ldadd_8, uint64_t, "ldaddal", "x")

static inline void add_stadd(char *at)
{
	ASM("stadd %1, %0", "+Q"(*(uint64_t *)at) : "r"(1UL));
}

static inline void add_cas(char *at)
{
	uint64_t old = ld_8(at), seen;

	for (;; old = seen) {
		seen = old;
		ASM("casal %1, %2, %0", "+Q"(*(uint64_t *)at), "+r"(seen) : "r"(old + 1));
		if (seen == old)
			return;
	}
}

/* Adds to the low eight of sixteen bytes and keeps the others. */
static inline void add_casp(char *at)
{
	uint64_t low = ld_8(at), high = ld_8(at + 8);

	while (!casp(at, &low, &high, low + 1, high))
		;
}

static inline void add_exclusive_pair(char *at)
{
	uint64_t low, high;
	uint32_t lost;

	ASM("1: ldxp %1, %2, %0\n\tadd %1, %1, #1\n\tstxp %w3, %1, %2, %0\n\tcbnz %w3, 1b",
	    "+Q"(*(char (*)[16])at), "=&r"(low), "=&r"(high), "=&r"(lost) :);
}

/* A lock of one exchange that acquires, given back by a store that releases: `at` holds the counter, the word before it
 * the lock. */
static inline void add_under_lock(char *at)
{
	uint64_t taken;

	do {
		taken = 1;
		ASM("swpa %1, %1, %0", "+Q"(*(uint64_t *)(at - 8)), "+r"(taken) :);
		if (taken)
			cpu_pause();
	} while (taken);
	st_8(at, ld_8(at) + 1);
	st_release(at - 8, 0);
}

#define ARCH_ORDERINGS(X) \
	X(plain, 8, none, ANYTHING) \
	X(dmb, 8, dmb, 0) \
	X(dsb, 8, dsb, 0) \
	X(dmb_ld, 8, dmb_ld, STORE_STORE | STORE_LOAD) \
	X(dmb_st, 8, dmb_st, STORE_LOAD | LOAD_LOAD | LOAD_STORE) \
	X(dependency, 8, dependency, STORE_LOAD) \
	X(acquire_release, release, none, 0) \
	X(rcpc, release_pc, none, STORE_LOAD) \
	X(exclusive, exclusive, none, 0) \
	X(swap, swap, none, 0)

/* How it is accessed, bytes that are looked at, all bytes, where in a cell of which size; may it be seen in parts? */
#define ARCH_SIZES(X) \
	X(byte, 1, 1, 1, 5, 128, 0) \
	X(aligned_2, 2, 2, 2, 6, 128, 0) \
	X(aligned_4, 4, 4, 4, 4, 128, 0) \
	X(aligned_8, 8, 8, 8, 8, 128, 0) \
	X(misaligned_2, 2, 2, 2, 3, 128, 1) \
	X(misaligned_8, 8, 8, 8, 4, 128, 1) \
	X(across_lines, 8, 8, 8, 61, 128, 1) \
	X(across_pages, 8, 8, 8, 4093, 8192, 1) \
	X(pair, pair, 8, 16, 16, 128, 1) \
	X(vector, vector, 8, 16, 16, 128, 1) \
	X(vector_across_lines, vector, 8, 16, 56, 128, 1) \
	X(exclusive_pair, exclusive_pair, 8, 16, 16, 128, 0) \
	X(casp, casp, 8, 16, 16, 128, 0)

#define ARCH_COUNTERS \
	{ "exclusive-byte", add_exclusive_1, 1, 0 }, \
	{ "exclusive-2", add_exclusive_2, 2, 0 }, \
	{ "exclusive-4", add_exclusive_4, 4, 0 }, \
	{ "exclusive-8", add_exclusive_8, 8, 0 }, \
	{ "exclusive-acquire-release", add_acquire_release, 8, 0 }, \
	{ "exclusive-pair", add_exclusive_pair, 8, 0 }, \
	{ "ldadd-byte", add_ldadd_1, 1, 0 }, \
	{ "ldadd-2", add_ldadd_2, 2, 0 }, \
	{ "ldadd-4", add_ldadd_4, 4, 0 }, \
	{ "ldadd-8", add_ldadd_8, 8, 0 }, \
	{ "stadd", add_stadd, 8, 0 }, \
	{ "cas", add_cas, 8, 0 }, \
	{ "casp", add_casp, 8, 0 }, \
	{ "swap-lock", add_under_lock, 8, 64 }

/* Where the atomic operation is, where the plain store beside it is, and how many bytes that has. */
#define ARCH_NEIGHBOURS \
	{ "exclusive-byte-store-byte", add_exclusive_1, 0, st_1, ld_1, 1, 1 }, \
	{ "exclusive-4-store-4", add_exclusive_4, 0, st_4, ld_4, 4, 4 }, \
	{ "exclusive-8-store-8", add_exclusive_8, 0, st_8, ld_8, 8, 8 }, \
	{ "exclusive-pair-store-8", add_exclusive_pair, 0, st_8, ld_8, 8, 8 }, \
	{ "ldadd-byte-store-byte", add_ldadd_1, 0, st_1, ld_1, 1, 1 }, \
	{ "ldadd-2-store-2", add_ldadd_2, 0, st_2, ld_2, 2, 2 }, \
	{ "casp-store-8", add_casp, 0, st_8, ld_8, 8, 8 }

/* LDAPR is newer than what every processor has. */
static inline int arch_has(const char *variant)
{
	return strcmp(variant, "rcpc") != 0 || (rt_auxv(AT_HWCAP) & HWCAP_LRCPC) != 0;
}

#endif
