/*
 * x86.h: the accesses and orderings of the litmus tests on x86-64, one
 * instruction each. See litmus.c.
 */
#ifndef LITMUS_ARCH_H
#define LITMUS_ARCH_H

/* Only a load may pass an older store. */
#define PLAIN_PERMITS	STORE_LOAD

#define PLAIN_ACCESS(name, type) \
static inline void st_##name(char *at, uint64_t value) \
{ \
	__asm__ volatile("mov %1, %0" : "=m"(*(type *)at) : "r"((type)value) : "memory"); \
} \
static inline uint64_t ld_##name(const char *at) \
{ \
	type value; \
	__asm__ volatile("mov %1, %0" : "=r"(value) : "m"(*(const type *)at) : "memory"); \
	return value; \
}

PLAIN_ACCESS(1, uint8_t)
PLAIN_ACCESS(2, uint16_t)
PLAIN_ACCESS(4, uint32_t)
PLAIN_ACCESS(8, uint64_t)

/* Sixteen bytes, whose halves may be seen apart: TORN if they are. */
static inline void st_16(char *at, uint64_t value)
{
	__asm__ volatile("movq %1, %%xmm0\n\t"
			 "punpcklqdq %%xmm0, %%xmm0\n\t"
			 "movups %%xmm0, %0"
			 : "=m"(*(char (*)[16])at) : "r"(value) : "xmm0", "memory");
}

static inline uint64_t ld_16(const char *at)
{
	uint64_t low, high;

	__asm__ volatile("movups %2, %%xmm0\n\t"
			 "movq %%xmm0, %0\n\t"
			 "punpckhqdq %%xmm0, %%xmm0\n\t"
			 "movq %%xmm0, %1"
			 : "=r"(low), "=r"(high) : "m"(*(const char (*)[16])at) : "xmm0", "memory");
	return low == high ? low : TORN;
}

/* Sixty-four bytes by string instructions; their stores have no order among themselves. */
static inline void st_rep(char *at, uint64_t value)
{
	long count = 8;

	__asm__ volatile("rep stosq" : "+D"(at), "+c"(count) : "a"(value) : "memory");
}

static inline uint64_t ld_rep(const char *at)
{
	uint64_t copy[8];
	uint64_t *to = copy;
	long count = 8;

	__asm__ volatile("rep movsq" : "+S"(at), "+D"(to), "+c"(count) :: "memory");
	for (int i = 1; i < 8; i++)
		if (copy[i] != copy[0])
			return TORN;
	return copy[0];
}

static inline void st_xchg(char *at, uint64_t value)
{
	__asm__ volatile("xchg %1, %0" : "+m"(*(uint64_t *)at), "+r"(value) :: "memory");
}

#define ld_xchg ld_8

#define ORDER(name, statement) \
static inline void order_##name(void) { statement; } \
static inline char *behind_##name(uint64_t loaded, char *at) { statement; return at; }

ORDER(none, )
ORDER(fence, __asm__ volatile("mfence" ::: "memory"))
ORDER(locked, __asm__ volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc"))
ORDER(cpuid, unsigned int leaf = 0; __asm__ volatile("cpuid" : "+a"(leaf) :: "rbx", "rcx", "rdx", "memory"))

/* Atomic operations: each adds one to the eight bytes (or fewer) at an address, which may be any. */
#define LOCKED_ADD(name, suffix, type) \
static inline void add_##name(char *at) \
{ \
	__asm__ volatile("lock add" suffix " $1, %0" : "+m"(*(type *)at) :: "memory", "cc"); \
}

LOCKED_ADD(1, "b", uint8_t)
LOCKED_ADD(2, "w", uint16_t)
LOCKED_ADD(4, "l", uint32_t)
LOCKED_ADD(8, "q", uint64_t)

static inline void add_xadd(char *at)
{
	uint64_t one = 1;

	__asm__ volatile("lock xaddq %1, %0" : "+m"(*(uint64_t *)at), "+r"(one) :: "memory", "cc");
}

static inline void add_cmpxchg(char *at)
{
	uint64_t old = ld_8(at);
	unsigned char done;

	do {
		__asm__ volatile("lock cmpxchgq %3, %0\n\tsete %1"
				 : "+m"(*(uint64_t *)at), "=q"(done), "+a"(old) : "r"(old + 1) : "memory", "cc");
	} while (!done);
}

/* Adds to the low eight of sixteen bytes and keeps the others. */
static inline void add_cmpxchg16b(char *at)
{
	uint64_t low = ld_8(at), high = ld_8(at + 8);
	unsigned char done;

	do {
		__asm__ volatile("lock cmpxchg16b %0\n\tsete %1"
				 : "+m"(*(char (*)[16])at), "=q"(done), "+a"(low), "+d"(high)
				 : "b"(low + 1), "c"(high) : "memory", "cc");
	} while (!done);
}

/* A lock of one exchange, around a plain addition: `at` holds the counter, the word before it the lock. */
static inline void add_under_xchg(char *at)
{
	uint64_t taken;

	do {
		taken = 1;
		__asm__ volatile("xchg %1, %0" : "+m"(*(uint64_t *)(at - 8)), "+r"(taken) :: "memory");
		if (taken)
			cpu_pause();
	} while (taken);
	st_8(at, ld_8(at) + 1);
	st_8(at - 8, 0);
}

#define ARCH_ORDERINGS(X) \
	X(plain, 8, none, PLAIN_PERMITS) \
	X(fence, 8, fence, 0) \
	X(locked, 8, locked, 0) \
	X(xchg, xchg, none, 0) \
	X(cpuid, 8, cpuid, 0)

/* How it is accessed, bytes that are looked at, all bytes, where in a cell of which size; may it be seen in parts?
 * Across words the manuals differ: Intel's promises one access inside a line, AMD's does not. */
#define ARCH_SIZES(X) \
	X(byte, 1, 1, 1, 5, 128, 0) \
	X(aligned_2, 2, 2, 2, 6, 128, 0) \
	X(aligned_4, 4, 4, 4, 4, 128, 0) \
	X(aligned_8, 8, 8, 8, 8, 128, 0) \
	X(misaligned_2_in_word, 2, 2, 2, 3, 128, 0) \
	X(misaligned_4_in_word, 4, 4, 4, 1, 128, 0) \
	X(misaligned_8_in_line, 8, 8, 8, 4, 128, 1) \
	X(across_lines, 8, 8, 8, 61, 128, 1) \
	X(across_pages, 8, 8, 8, 4093, 8192, 1) \
	X(sse, 16, 8, 16, 16, 128, 1) \
	X(sse_across_lines, 16, 8, 16, 56, 128, 1) \
	X(string, rep, 8, 64, 0, 128, 1)

#define ARCH_COUNTERS \
	{ "add-byte", add_1, 1, 0 }, \
	{ "add-2", add_2, 2, 0 }, \
	{ "add-4", add_4, 4, 0 }, \
	{ "add-8", add_8, 8, 0 }, \
	{ "add-2-misaligned-in-word", add_2, 2, 3 }, \
	{ "add-4-misaligned-in-word", add_4, 4, 1 }, \
	{ "add-8-across-words", add_8, 8, 4 }, \
	{ "add-4-across-lines", add_4, 4, 62 }, \
	{ "add-8-across-lines", add_8, 8, 59 }, \
	{ "add-8-across-pages", add_8, 8, 4091 }, \
	{ "xadd", add_xadd, 8, 0 }, \
	{ "cmpxchg", add_cmpxchg, 8, 0 }, \
	{ "cmpxchg-across-lines", add_cmpxchg, 8, 60 }, \
	{ "cmpxchg16b", add_cmpxchg16b, 8, 0 }, \
	{ "xchg-lock", add_under_xchg, 8, 64 }

/* Where the locked operation is, where the plain store beside it is, and how many bytes that has. */
#define ARCH_NEIGHBOURS \
	{ "add-byte-store-byte", add_1, 0, st_1, ld_1, 1, 1 }, \
	{ "add-byte-store-2", add_1, 1, st_2, ld_2, 2, 2 }, \
	{ "add-4-misaligned-store-byte", add_4, 1, st_1, ld_1, 5, 1 }, \
	{ "add-8-across-words-store-4", add_8, 4, st_4, ld_4, 8, 4 }, \
	{ "add-8-across-lines-store-4", add_8, 60, st_4, ld_4, 64, 4 }, \
	{ "add-8-across-pages-store-4", add_8, 4092, st_4, ld_4, 4096, 4 }, \
	{ "cmpxchg16b-store-8", add_cmpxchg16b, 0, st_8, ld_8, 8, 8 }

/* Every processor can do all of it. */
static inline int arch_has(const char *variant) { return 1; }

#endif
