/* ppc64: process entry, thread creation and jumps, for ELFv1 (big-endian) and ELFv2. */

#if _CALL_ELF == 2
#define FUNCTION(name)			\
	.globl	name;			\
	.type	name, @function;	\
name:					\
0:	addis	2, 12, .TOC.-0b@ha;	\
	addi	2, 2, .TOC.-0b@l;	\
	.localentry name, .-name
#define FRAME		32
#else
#define FUNCTION(name)			\
	.section .opd, "aw";		\
	.balign	8;			\
	.globl	name;			\
	.type	name, @function;	\
name:	.quad	.L.name, .TOC.@tocbase, 0;	\
	.text;				\
.L.name:
#define FRAME		112
#endif

	.text

FUNCTION(_start)
	mr	3, 1
	clrrdi	1, 1, 4
	li	0, 0
	stdu	0, -FRAME(1)
	mtlr	0
	bl	rt_main
	nop
	trap

/*
 * long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid,
 *               void *tls, int (*fn)(void *), void *arg)
 * The kernel takes flags, stack, ptid, tls, ctid.
 */
FUNCTION(rt_clone)
	std	30, -16(1)
	std	31, -8(1)
	mr	30, 8
	mr	31, 9
	clrrdi	4, 4, 4
	li	0, 0
	stdu	0, -FRAME(4)
	mr	0, 6
	mr	6, 7
	mr	7, 0
	li	0, 120
	sc
	bso	2f
	cmpdi	3, 0
	beq	1f
	ld	30, -16(1)
	ld	31, -8(1)
	blr
2:	neg	3, 3
	ld	30, -16(1)
	ld	31, -8(1)
	blr
1:	mr	3, 31
#if _CALL_ELF == 2
	mr	12, 30
#else
	ld	12, 0(30)
	ld	2, 8(30)
#endif
	mtctr	12
	bctrl
	li	0, 1
	sc
	trap

/* The floating-point and vector registers are not saved: no guest that jumps keeps a value there. */
FUNCTION(rt_setjmp)
	std	14, 0(3)
	std	15, 8(3)
	std	16, 16(3)
	std	17, 24(3)
	std	18, 32(3)
	std	19, 40(3)
	std	20, 48(3)
	std	21, 56(3)
	std	22, 64(3)
	std	23, 72(3)
	std	24, 80(3)
	std	25, 88(3)
	std	26, 96(3)
	std	27, 104(3)
	std	28, 112(3)
	std	29, 120(3)
	std	30, 128(3)
	std	31, 136(3)
	std	1, 144(3)
	std	2, 152(3)
	mflr	0
	std	0, 160(3)
	mfcr	0
	std	0, 168(3)
	li	3, 0
	blr

FUNCTION(rt_longjmp)
	ld	14, 0(3)
	ld	15, 8(3)
	ld	16, 16(3)
	ld	17, 24(3)
	ld	18, 32(3)
	ld	19, 40(3)
	ld	20, 48(3)
	ld	21, 56(3)
	ld	22, 64(3)
	ld	23, 72(3)
	ld	24, 80(3)
	ld	25, 88(3)
	ld	26, 96(3)
	ld	27, 104(3)
	ld	28, 112(3)
	ld	29, 120(3)
	ld	30, 128(3)
	ld	31, 136(3)
	ld	1, 144(3)
	ld	2, 152(3)
	ld	0, 160(3)
	mtlr	0
	ld	0, 168(3)
	mtcr	0
	mr	3, 4
	blr

	.section .note.GNU-stack, "", @progbits
