/*
 * smc: code that changes. An engine that keeps translations must drop them
 * exactly when the bytes, the mapping or the permission change.
 *
 * Where the architecture asks for it, sync_code makes new code visible; x86
 * asks for nothing, and there a program may even rewrite the instruction it
 * executes next.
 */
#include "rt.h"

static size_t page;

static char *map_code(size_t pages, int prot)
{
	return map_anonymous(pages * page, prot);
}

static void put_function(char *at, unsigned int value)
{
	sync_code(at, emit_return((unsigned char *)at, value));
}

static void rewritten_in_place(void)
{
	char *code = map_code(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	long sum = 0;

	for (int i = 0; i < 1000; i++) {
		put_function(code + 64, i);
		sum += call_code(code + 64);
	}
	print("RWX page rewritten 1000 times: %ld\n", sum);
	sys_munmap(code, page);
}

/* A write to the page of a function, not to the function, changes nothing. */
static void neighbour_written(void)
{
	char *code = map_code(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	volatile long *counter = (long *)(code + page / 2);
	long sum = 0;

	put_function(code, 7);
	for (int i = 0; i < 1000; i++) {
		sum += call_code(code);
		*counter += 1;
	}
	print("data in the code page: %ld calls gave %ld\n", *counter, sum);
	sys_munmap(code, page);
}

static void write_then_execute(void)
{
	char *code = map_code(1, PROT_READ | PROT_WRITE);
	long sum = 0;

	for (int i = 1; i <= 50; i++) {
		sys_mprotect(code, page, PROT_READ | PROT_WRITE);
		put_function(code, i);
		sys_mprotect(code, page, PROT_READ | PROT_EXEC);
		sum += call_code(code);
	}
	print("RW, then RX, 50 times: %ld\n", sum);
	sys_munmap(code, page);
}

static void across_pages(void)
{
	char *code = map_code(2, PROT_READ | PROT_WRITE | PROT_EXEC);
	char *f = code + page - CROSSING;
	long first, second, third;

	put_function(f, 0x1234);
	first = call_code(f);
	put_function(f, 0x2255);
	second = call_code(f);
	sys_munmap(code + page, page);
	sys_mmap(code + page, page, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	put_function(f, 0x3366);
	third = call_code(f);
	print("across a page boundary: %lx %lx %lx\n", first, second, third);
	sys_munmap(code, 2 * page);
}

static void mapped_again(void)
{
	char *code = map_code(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	long sum = 0;

	for (int i = 1; i <= 20; i++) {
		put_function(code, 100 + i);
		sum += call_code(code);
		sys_munmap(code, page);
		if (sys_mmap(code, page, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (long)code)
			exit_process(97);
	}
	print("unmapped and mapped again at the same address: %ld\n", sum);
	sys_munmap(code, page);
}

/* The same frames under two addresses: written through one, executed through the other. */
static void through_an_alias(void)
{
	static const char name[] = "smc.tmp";
	long fd = sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), rw, rx, sum = 0;

	if (is_error(fd))
		die(name, fd);
	sys_unlink(name);
	sys_ftruncate(fd, page);
	rw = sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	rx = sys_mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (is_error(rw) || is_error(rx))
		die("mmap", is_error(rw) ? rw : rx);
	for (int i = 1; i <= 30; i++) {
		put_function((char *)rw, i * 3);
		sync_code((void *)rx, 16);
		sum += call_code((void *)rx);
	}
	print("written through an alias: %ld\n", sum);
	/* And by a system call, which writes without any store of ours. */
	put_function((char *)rw + 128, 4321);
	sys_pwrite(fd, (char *)rw + 128, 16, 0);
	sync_code((void *)rx, 16);
	print("written by pwrite: %ld\n", call_code((void *)rx));
	sys_close(fd);
}

/* fork: the child changes its copy of the code, the parent's stays. */
static void after_fork(void)
{
	char *code = map_code(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	int pid, child;

	put_function(code, 11);
	call_code(code);
	pid = fork_process();
	if (pid == 0) {
		put_function(code, 22);
		exit_process((int)call_code(code));
	}
	child = wait_status(pid);
	print("after fork: child %d, parent %ld\n", child, call_code(code));
	sys_munmap(code, page);
}

static char *thread_code;
static int stage;

static int call_twice(void *arg)
{
	long first = call_code(thread_code);

	__atomic_store_n(&stage, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) != 2)
		cpu_pause();
	/* The fetch after the other CPU's change: a context-synchronising system call lies between. */
	sys_gettid();
	return (int)(first * 100 + call_code(thread_code));
}

static void by_another_thread(void)
{
	struct thread t;

	thread_code = map_code(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	put_function(thread_code, 5);
	thread_start(&t, call_twice, NULL);
	while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) != 1)
		cpu_pause();
	put_function(thread_code, 6);
	__atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
	print("changed by another thread: %d\n", thread_join(&t));
}

#ifdef __x86_64__
/* The immediate of the very next instruction, in the program's own text. */
static NOINLINE int next_instruction(void)
{
	int value;

	__asm__ volatile("movb $2, 1f + 1(%%rip)\n"
			 "1:	movl $1, %0"
			 : "=a"(value) :: "memory");
	return value;
}

/* The step of the loop doubles while it runs. */
static NOINLINE int inside_a_loop(void)
{
	int sum;

	__asm__ volatile("xorl %0, %0\n"
			 "	movl $5, %%ecx\n"
			 "	movb $1, 1f + 2(%%rip)\n"
			 "1:	addl $1, %0\n"
			 "	shlb 1b + 2(%%rip)\n"
			 "	decl %%ecx\n"
			 "	jnz 1b"
			 : "=&a"(sum) :: "ecx", "cc", "memory");
	return sum;
}

/* rep movsb copies new code over the instructions that follow it. */
static NOINLINE int copied_over(void)
{
	int value;

	__asm__ volatile("leaq 2f(%%rip), %%rsi\n"
			 "	leaq 1f(%%rip), %%rdi\n"
			 "	movl $5, %%ecx\n"
			 "	rep movsb\n"
			 "1:	movl $10, %0\n"
			 "	jmp 3f\n"
			 "2:	.byte 0xb8, 99, 0, 0, 0\n"
			 "3:"
			 : "=a"(value) :: "rcx", "rsi", "rdi", "memory");
	return value;
}

static void own_text(void)
{
	char *text = (char *)((unsigned long)next_instruction & -page);

	/* The functions lie together; two pages hold them wherever the linker put them. */
	sys_mprotect(text, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC);
	print("next instruction patched: %d\n", next_instruction());
	print("patched inside a loop: %d\n", inside_a_loop());
	print("patched inside a loop, again: %d\n", inside_a_loop());
	print("next instruction copied over: %d\n", copied_over());
}
#endif

int main(int argc, char **argv)
{
	page = page_size();
	rewritten_in_place();
	neighbour_written();
	write_then_execute();
	across_pages();
	mapped_again();
	through_an_alias();
	after_fork();
	by_another_thread();
#ifdef __x86_64__
	own_text();
#endif
	return 0;
}
