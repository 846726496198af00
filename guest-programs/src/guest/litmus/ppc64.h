/*
 * ppc64.h: the accesses and orderings of the litmus tests on ppc64, one
 * instruction each, or one loop around a reservation. See litmus.c.
 *
 * What each way permits is Power ISA Book II 1.7: stores reach one observer
 * before another unless sync is between, and between two accesses of a thread
 * nothing is kept but by barriers and dependencies.
 */
#ifndef LITMUS_ARCH_H
#define LITMUS_ARCH_H

#define PLAIN_PERMITS	ANYTHING

#define ASM(text, ...)	__asm__ volatile(".machine push\n\t.machine power8\n\t" text "\n\t.machine pop" : __VA_ARGS__ : "cr0", "memory")

#define ACCESS(name, type, store, load) \
static inline void st_##name(char *at, uint64_t value) \
{ \
	ASM(store " %1, 0, %2", "=m"(*(type *)at) : "r"((type)value), "r"(at)); \
} \
static inline uint64_t ld_##name(const char *at) \
{ \
	type value; \
	ASM(load " %0, 0, %2", "=r"(value) : "m"(*(const type *)at), "r"(at)); \
	return value; \
}

ACCESS(1, uint8_t, "stbx", "lbzx")
ACCESS(2, uint16_t, "sthx", "lhzx")
ACCESS(4, uint32_t, "stwx", "lwzx")
ACCESS(8, uint64_t, "stdx", "ldx")

/* What compilers make of release and acquire: the load's value decides a branch, and isync waits for that. */
static inline void st_release(char *at, uint64_t value)
{
	ASM("lwsync\n\tstdx %1, 0, %2", "=m"(*(uint64_t *)at) : "r"(value), "r"(at));
}

static inline uint64_t ld_release(const char *at)
{
	uint64_t value;

	ASM("ldx %0, 0, %2\n\tcmpw %0, %0\n\tbne- 1f\n1:\tisync", "=r"(value) : "m"(*(const uint64_t *)at), "r"(at));
	return value;
}

/* What they make of sequential consistency. */
static inline void st_sequential(char *at, uint64_t value)
{
	ASM("sync\n\tstdx %1, 0, %2", "=m"(*(uint64_t *)at) : "r"(value), "r"(at));
}

static inline uint64_t ld_sequential(const char *at)
{
	__asm__ volatile("sync" ::: "memory");
	return ld_release(at);
}

/* A store that is an exchange between two barriers. */
static inline void st_exchange(char *at, uint64_t value)
{
	uint64_t old;

	ASM("sync\n1:\tldarx %1, 0, %3\n\tstdcx. %2, 0, %3\n\tbne- 1b\n\tsync",
	    "+m"(*(uint64_t *)at), "=&r"(old) : "r"(value), "r"(at));
}

#define ld_exchange	ld_sequential

/* A reservation by itself orders nothing. */
static inline void st_reservation(char *at, uint64_t value)
{
	uint64_t old;

	ASM("1:\tldarx %1, 0, %3\n\tstdcx. %2, 0, %3\n\tbne- 1b", "+m"(*(uint64_t *)at), "=&r"(old) : "r"(value), "r"(at));
}

#define ld_reservation	ld_8

/* Sixteen bytes, whose halves may be seen apart: TORN if they are. */
static inline void st_vector(char *at, uint64_t value)
{
	__asm__ volatile("mtvsrd 34, %1\n\txxpermdi 34, 34, 34, 0\n\tstxvd2x 34, 0, %2"
			 : "=m"(*(char (*)[16])at) : "r"(value), "r"(at) : "v2", "memory");
}

static inline uint64_t ld_vector(const char *at)
{
	uint64_t high, low;

	__asm__ volatile("lxvd2x 34, 0, %3\n\tmfvsrd %0, 34\n\txxpermdi 34, 34, 34, 2\n\tmfvsrd %1, 34"
			 : "=r"(high), "=r"(low) : "m"(*(const char (*)[16])at), "r"(at) : "v2", "memory");
	return low == high ? low : TORN;
}

/* Sixteen bytes as one, in a pair of registers that begins with an even one. */
static inline void st_quadword(char *at, uint64_t value)
{
	register uint64_t high __asm__("r8") = value, low __asm__("r9") = value;

	ASM("stq %1, 0(%3)", "=m"(*(char (*)[16])at) : "r"(high), "r"(low), "b"(at));
}

static inline uint64_t ld_quadword(const char *at)
{
	register uint64_t high __asm__("r8"), low __asm__("r9");

	ASM("lq %0, 0(%3)", "=&r"(high), "=&r"(low) : "m"(*(const char (*)[16])at), "b"(at));
	return low == high ? low : TORN;
}

static inline void st_quadword_reservation(char *at, uint64_t value)
{
	register uint64_t high __asm__("r8"), low __asm__("r9");
	register uint64_t new_high __asm__("r10") = value, new_low __asm__("r11") = value;

	ASM("1:\tlqarx %1, 0, %5\n\tstqcx. %3, 0, %5\n\tbne- 1b", "+m"(*(char (*)[16])at), "=&r"(high), "=&r"(low)
	    : "r"(new_high), "r"(new_low), "r"(at));
}

#define ld_quadword_reservation	ld_quadword

#define ORDER(name, statement) \
static inline void order_##name(void) { statement; } \
static inline char *behind_##name(uint64_t loaded, char *at) { statement; return at; }

ORDER(none, )
ORDER(sync, __asm__ volatile("sync" ::: "memory"))
ORDER(lwsync, __asm__ volatile("lwsync" ::: "memory"))

/* The address of the second access depends on what the first one loaded; two stores have their barrier. */
static inline void order_dependency(void) { order_lwsync(); }
static inline char *behind_dependency(uint64_t loaded, char *at)
{
	uint64_t nothing;

	__asm__ volatile("xor %0, %1, %1" : "=r"(nothing) : "r"(loaded));
	return at + nothing;
}

/* A branch depends on it, and isync waits for the branch. */
static inline void order_control_isync(void) { order_lwsync(); }
static inline char *behind_control_isync(uint64_t loaded, char *at)
{
	__asm__ volatile("cmpw %0, %0\n\tbne- 1f\n1:\tisync" :: "r"(loaded) : "cr0", "memory");
	return at;
}

/* Atomic operations: each adds one. */
#define RESERVED_ADD(name, type, load, store) \
static inline void add_##name(char *at) \
{ \
	uint64_t value; \
\
	ASM("1:\t" load " %1, 0, %2\n\taddi %1, %1, 1\n\t" store " %1, 0, %2\n\tbne- 1b", \
	    "+m"(*(type *)at), "=&b"(value) : "r"(at)); \
}

RESERVED_ADD(reserved_1, uint8_t, "lbarx", "stbcx.")
RESERVED_ADD(reserved_2, uint16_t, "lharx", "sthcx.")
RESERVED_ADD(reserved_4, uint32_t, "lwarx", "stwcx.")
RESERVED_ADD(reserved_8, uint64_t, "ldarx", "stdcx.")

/* Adds to the first eight of sixteen bytes and keeps the others. */
static inline void add_quadword(char *at)
{
	register uint64_t high __asm__("r8"), low __asm__("r9");

	ASM("1:\tlqarx %1, 0, %3\n\t"
#ifdef __LITTLE_ENDIAN__
	    "addi %2, %2, 1"
#else
	    "addi %1, %1, 1"
#endif
	    "\n\tstqcx. %1, 0, %3\n\tbne- 1b",
	    "+m"(*(char (*)[16])at), "=&b"(high), "=&b"(low) : "r"(at));
}

/* A lock taken by a reservation and isync, given back behind lwsync: `at` holds the counter, the word before it the
 * lock. */
static inline void add_under_lock(char *at)
{
	uint64_t taken;

	do {
		ASM("1:\tldarx %1, 0, %2\n\tcmpdi %1, 0\n\tbne- 2f\n\tstdcx. %3, 0, %2\n\tbne- 1b\n2:\tisync",
		    "+m"(*(uint64_t *)(at - 8)), "=&r"(taken) : "r"(at - 8), "r"(1UL));
		if (taken)
			cpu_pause();
	} while (taken);
	st_8(at, ld_8(at) + 1);
	st_release(at - 8, 0);
}

#define ARCH_ORDERINGS(X) \
	X(plain, 8, none, ANYTHING) \
	X(sync, 8, sync, 0) \
	X(lwsync, 8, lwsync, STORE_LOAD | MANY_COPIES) \
	X(dependency, 8, dependency, STORE_LOAD | MANY_COPIES) \
	X(control_isync, 8, control_isync, STORE_LOAD | MANY_COPIES) \
	X(acquire_release, release, none, STORE_LOAD | MANY_COPIES) \
	X(sequential, sequential, none, 0) \
	X(exchange, exchange, none, 0) \
	X(reservation, reservation, none, ANYTHING)

/* How it is accessed, bytes that are looked at, all bytes, where in a cell of which size; may it be seen in parts? */
#define ARCH_SIZES(X) \
	X(byte, 1, 1, 1, 5, 128, 0) \
	X(aligned_2, 2, 2, 2, 6, 128, 0) \
	X(aligned_4, 4, 4, 4, 4, 128, 0) \
	X(aligned_8, 8, 8, 8, 8, 128, 0) \
	X(misaligned_2, 2, 2, 2, 3, 128, 1) \
	X(misaligned_8, 8, 8, 8, 4, 128, 1) \
	X(across_lines, 8, 8, 8, 125, 256, 1) \
	X(across_pages, 8, 8, 8, 4093, 8192, 1) \
	X(vector, vector, 8, 16, 16, 128, 1) \
	X(vector_across_lines, vector, 8, 16, 120, 256, 1) \
	X(quadword, quadword, 8, 16, 16, 128, 0) \
	X(quadword_reservation, quadword_reservation, 8, 16, 16, 128, 0)

#define ARCH_COUNTERS \
	{ "reserved-byte", add_reserved_1, 1, 0 }, \
	{ "reserved-2", add_reserved_2, 2, 0 }, \
	{ "reserved-4", add_reserved_4, 4, 0 }, \
	{ "reserved-8", add_reserved_8, 8, 0 }, \
	{ "reserved-quadword", add_quadword, 8, 0 }, \
	{ "lock", add_under_lock, 8, 64 }

/* Where the atomic operation is, where the plain store beside it is, and how many bytes that has. */
#define ARCH_NEIGHBOURS \
	{ "reserved-byte-store-byte", add_reserved_1, 0, st_1, ld_1, 1, 1 }, \
	{ "reserved-4-store-4", add_reserved_4, 0, st_4, ld_4, 4, 4 }, \
	{ "reserved-8-store-8", add_reserved_8, 0, st_8, ld_8, 8, 8 }, \
	{ "reserved-quadword-store-8", add_quadword, 0, st_8, ld_8, 8, 8 }

static inline int arch_has(const char *variant)
{
	return 1;
}

#endif
