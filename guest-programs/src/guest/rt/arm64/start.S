/* arm64: process entry, thread creation, return from a signal, jumps. */

	.text

	.globl	_start
	.type	_start, %function
_start:
	mov	x29, #0
	mov	x30, #0
	mov	x0, sp
	bl	rt_main
	brk	#1
	.size	_start, . - _start

/*
 * long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid,
 *               void *tls, int (*fn)(void *), void *arg)
 * The kernel takes tls before ctid here.
 */
	.globl	rt_clone
	.type	rt_clone, %function
rt_clone:
	and	x1, x1, #-16
	stp	x5, x6, [x1, #-16]!
	mov	x7, x3
	mov	x3, x4
	mov	x4, x7
	mov	x8, #220
	svc	#0
	cbz	x0, 1f
	ret
1:	mov	x29, #0
	mov	x30, #0
	ldp	x1, x0, [sp], #16
	blr	x1
	mov	x8, #93
	svc	#0
	brk	#1
	.size	rt_clone, . - rt_clone

	.globl	rt_restorer
	.type	rt_restorer, %function
rt_restorer:
	mov	x8, #139
	svc	#0
	brk	#1
	.size	rt_restorer, . - rt_restorer

	.globl	rt_setjmp
	.type	rt_setjmp, %function
rt_setjmp:
	stp	x19, x20, [x0]
	stp	x21, x22, [x0, #16]
	stp	x23, x24, [x0, #32]
	stp	x25, x26, [x0, #48]
	stp	x27, x28, [x0, #64]
	stp	x29, x30, [x0, #80]
	mov	x1, sp
	str	x1, [x0, #96]
	stp	d8, d9, [x0, #104]
	stp	d10, d11, [x0, #120]
	stp	d12, d13, [x0, #136]
	stp	d14, d15, [x0, #152]
	mov	w0, #0
	ret
	.size	rt_setjmp, . - rt_setjmp

	.globl	rt_longjmp
	.type	rt_longjmp, %function
rt_longjmp:
	ldp	x19, x20, [x0]
	ldp	x21, x22, [x0, #16]
	ldp	x23, x24, [x0, #32]
	ldp	x25, x26, [x0, #48]
	ldp	x27, x28, [x0, #64]
	ldp	x29, x30, [x0, #80]
	ldr	x2, [x0, #96]
	mov	sp, x2
	ldp	d8, d9, [x0, #104]
	ldp	d10, d11, [x0, #120]
	ldp	d12, d13, [x0, #136]
	ldp	d14, d15, [x0, #152]
	mov	w0, w1
	ret
	.size	rt_longjmp, . - rt_longjmp

	.section .note.GNU-stack, "", %progbits
