/* ppc64 (both byte orders): how to call the kernel, and what a signal frame holds. */
#ifndef GUEST_ARCH_H
#define GUEST_ARCH_H

#define ARCH_NAME	"ppc64"
#define ARCH_RESTORER	0UL	/* the vDSO's trampoline returns from handlers */

/* The kernel sets CR0.SO for an error and leaves the positive errno in r3. */
static inline long syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = n;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = f;

	__asm__ volatile("sc\n\t"
			 "bns+ 1f\n\t"
			 "neg %1, %1\n"
			 "1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
			 :
			 : "r9", "r10", "r11", "r12", "cr0", "ctr", "xer", "memory");
	return r3;
}

/* The counter every process may read: the time base. */
static inline unsigned long cycles(void)
{
	unsigned long count;

	__asm__ volatile("mfspr %0, 268" : "=r"(count) :: "memory");
	return count;
}

static inline void cpu_pause(void) { __asm__ volatile("or 27,27,27" ::: "memory"); }

static inline unsigned long context_pc(const struct ucontext *uc) { return uc->uc_mcontext.gp_regs[32]; }
static inline unsigned long context_sp(const struct ucontext *uc) { return uc->uc_mcontext.gp_regs[1]; }

/* Data cache to memory, then the instruction cache, by blocks of 32 bytes or more. */
static inline void sync_code(void *from, unsigned long len)
{
	unsigned long start = (unsigned long)from & ~31UL, end = (unsigned long)from + len;

	for (unsigned long a = start; a < end; a += 32)
		__asm__ volatile("dcbst 0, %0" :: "r"(a) : "memory");
	__asm__ volatile("sync" ::: "memory");
	for (unsigned long a = start; a < end; a += 32)
		__asm__ volatile("icbi 0, %0" :: "r"(a) : "memory");
	__asm__ volatile("sync\n\tisync" ::: "memory");
}

/* Writes the code of "return value" and returns its length; value < 32768. */
static inline unsigned long emit_return(unsigned char *at, unsigned int value)
{
	((volatile unsigned int *)at)[0] = 0x38600000 | value;	/* li r3, value */
	((volatile unsigned int *)at)[1] = 0x4e800020;		/* blr */
	return 8;
}

/* Instructions do not cross pages: the function does. */
#define CROSSING	4

#endif
