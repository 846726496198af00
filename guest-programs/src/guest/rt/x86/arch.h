/* x86-64: how to call the kernel, and what a signal frame holds. */
#ifndef GUEST_ARCH_H
#define GUEST_ARCH_H

#define ARCH_NAME	"x86"
#define ARCH_RESTORER	0x04000000UL	/* SA_RESTORER: the kernel demands it here */

static inline long syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* The counter every process may read: the time-stamp counter. */
static inline unsigned long cycles(void)
{
	unsigned int low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (unsigned long)high << 32 | low;
}

static inline void cpu_pause(void) { __asm__ volatile("pause" ::: "memory"); }

static inline unsigned long context_pc(const struct ucontext *uc) { return uc->uc_mcontext.rip; }
static inline unsigned long context_sp(const struct ucontext *uc) { return uc->uc_mcontext.rsp; }

/* Stores are seen by the next fetch: nothing to do. */
static inline void sync_code(void *from, unsigned long len)
{
	__asm__ volatile("" :: "r"(from), "r"(len) : "memory");
}

/* Writes the code of "return value" and returns its length; value < 32768. */
static inline unsigned long emit_return(unsigned char *at, unsigned int value)
{
	at[0] = 0xb8;	/* mov $value, %eax */
	at[1] = value & 0xff;
	at[2] = value >> 8;
	at[3] = at[4] = 0;
	at[5] = 0xc3;	/* ret */
	return 6;
}

/* How far before a page's end emit_return's first instruction crosses it. */
#define CROSSING	3

#endif
