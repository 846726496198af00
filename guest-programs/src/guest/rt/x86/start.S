/* x86-64: process entry, thread creation, return from a signal, jumps. */

	.text

	.globl	_start
	.type	_start, @function
_start:
	xorl	%ebp, %ebp
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	rt_main
	hlt
	.size	_start, . - _start

/*
 * long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid,
 *               void *tls, int (*fn)(void *), void *arg)
 * The child runs fn(arg) on its stack and ends its thread with the result.
 */
	.globl	rt_clone
	.type	rt_clone, @function
rt_clone:
	movq	8(%rsp), %rax
	andq	$-16, %rsi
	subq	$16, %rsi
	movq	%rax, (%rsi)
	movq	%r9, 8(%rsi)
	movq	%rcx, %r10
	movl	$56, %eax
	syscall
	testq	%rax, %rax
	jz	1f
	ret
1:	xorl	%ebp, %ebp
	popq	%rdi
	popq	%rax
	call	*%rax
	movl	%eax, %edi
	movl	$60, %eax
	syscall
	hlt
	.size	rt_clone, . - rt_clone

	.globl	rt_restorer
	.type	rt_restorer, @function
rt_restorer:
	movl	$15, %eax
	syscall
	hlt
	.size	rt_restorer, . - rt_restorer

	.globl	rt_setjmp
	.type	rt_setjmp, @function
rt_setjmp:
	movq	%rbx, (%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	leaq	8(%rsp), %rax
	movq	%rax, 48(%rdi)
	movq	(%rsp), %rax
	movq	%rax, 56(%rdi)
	xorl	%eax, %eax
	ret
	.size	rt_setjmp, . - rt_setjmp

	.globl	rt_longjmp
	.type	rt_longjmp, @function
rt_longjmp:
	movl	%esi, %eax
	movq	(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	48(%rdi), %rsp
	jmp	*56(%rdi)
	.size	rt_longjmp, . - rt_longjmp

	.section .note.GNU-stack, "", @progbits
