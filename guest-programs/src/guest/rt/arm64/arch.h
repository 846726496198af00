/* arm64: how to call the kernel, and what a signal frame holds. */
#ifndef GUEST_ARCH_H
#define GUEST_ARCH_H

#define ARCH_NAME	"arm64"
#define ARCH_RESTORER	0x04000000UL	/* SA_RESTORER: optional here, the vDSO has one too */

static inline long syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

/* The counter every process may read: the generic timer's virtual count. */
static inline unsigned long cycles(void)
{
	unsigned long count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count) :: "memory");
	return count;
}

static inline void cpu_pause(void) { __asm__ volatile("yield" ::: "memory"); }

static inline unsigned long context_pc(const struct ucontext *uc) { return uc->uc_mcontext.pc; }
static inline unsigned long context_sp(const struct ucontext *uc) { return uc->uc_mcontext.sp; }

/* Data cache to the point of unification, then the instruction cache. */
static inline void sync_code(void *from, unsigned long len)
{
	__builtin___clear_cache((char *)from, (char *)from + len);
}

/* Writes the code of "return value" and returns its length; value < 32768. */
static inline unsigned long emit_return(unsigned char *at, unsigned int value)
{
	((volatile unsigned int *)at)[0] = 0x52800000 | value << 5;	/* mov w0, #value */
	((volatile unsigned int *)at)[1] = 0xd65f03c0;			/* ret */
	return 8;
}

/* Instructions do not cross pages: the function does. */
#define CROSSING	4

#endif
