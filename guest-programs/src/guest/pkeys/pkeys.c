/*
 * pkeys: memory protection keys. Allocation and its errors, SEGV_PKUERR with
 * si_pkey, a handler that gives the right back in the saved PKRU so that the
 * access runs again, PKRU per thread and inherited over fork, and what the
 * key does not do: it never forbids execution.
 */
#include "rt.h"

#ifdef __x86_64__
#include <cpuid.h>

#define DENY_ACCESS	1U
#define DENY_WRITE	2U
/* Linux starts every process so: all keys but 0 deny access. */
#define INITIAL_PKRU	0x55555554U
#define XFEATURE_PKRU	9

static size_t page;
static unsigned int saved_pkru_offset;
static volatile int faults;
static volatile int last_pkey;
static volatile unsigned long last_error;
static unsigned int volatile handler_pkru;

static unsigned int pkru_read(void)
{
	unsigned int value, edx;

	__asm__ volatile("rdpkru" : "=a"(value), "=d"(edx) : "c"(0));
	return value;
}

static void pkru_write(unsigned int value)
{
	__asm__ volatile("wrpkru" :: "a"(value), "c"(0), "d"(0) : "memory");
}

static void set_rights(int key, unsigned int rights)
{
	pkru_write((pkru_read() & ~(3U << 2 * key)) | rights << 2 * key);
}

static long key_alloc(unsigned long flags, unsigned long rights) { return SC2(__NR_pkey_alloc, flags, rights); }
static long key_free(long key) { return SC1(__NR_pkey_free, key); }
static long key_mprotect(void *at, size_t len, int prot, long key)
{
	return SC4(__NR_pkey_mprotect, at, len, prot, key);
}

/* The kernel saved PKRU in the frame's XSAVE area and restores it from there. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct ucontext *uc = context;
	char *xsave = (char *)uc->uc_mcontext.fpstate;
	unsigned int *saved = (unsigned int *)(xsave + saved_pkru_offset);
	unsigned long *xstate_bv = (unsigned long *)(xsave + 512);

	faults++;
	last_pkey = info->si_code == SEGV_PKUERR ? (int)info->si_pkey : -info->si_code;
	last_error = uc->uc_mcontext.err;
	handler_pkru = pkru_read();
	if (faults > 20)
		exit_process(96);
	*saved &= ~(3U << 2 * last_pkey);
	*xstate_bv |= 1UL << XFEATURE_PKRU;
}

static void errors(void)
{
	char *p = map_anonymous(page, PROT_READ | PROT_WRITE);
	int count = 0;
	long key, error;

	print("alloc with flags: %s, with bad rights: %s\n", error_name(key_alloc(1, 0)), error_name(key_alloc(0, 4)));
	while (!is_error(key = key_alloc(0, 0)))
		count++;
	print("%d keys, then %s\n", count, error_name(key));
	for (key = 1; key <= count; key++)
		if (is_error(error = key_free(key)))
			die("pkey_free", error);
	print("free of a free key: %s, of key 16: %s, of key -1: %s\n", error_name(key_free(3)),
	      error_name(key_free(16)), error_name(key_free(-1)));
	print("mprotect with a free key: %s, with key -1: %s, with key 0: %s\n",
	      error_name(key_mprotect(p, page, PROT_READ, 5)), error_name(key_mprotect(p, page, PROT_READ, -1)),
	      error_name(key_mprotect(p, page, PROT_READ | PROT_WRITE, 0)));
	sys_munmap(p, page);
}

static void denied_and_allowed_again(void)
{
	volatile int *p = map_anonymous(page, PROT_READ | PROT_WRITE);
	long key = key_alloc(0, DENY_WRITE);

	*p = 1;
	print("initial rights of the key: %u\n", pkru_read() >> 2 * key & 3);
	key_mprotect((void *)p, page, PROT_READ | PROT_WRITE, key);
	print("reading is allowed: %d\n", *p);
	faults = 0;
	*p = 2;
	print("store ran again after %d fault, key %s, error code 0x%lx: %d\n", faults,
	      last_pkey == key ? "right" : "wrong", last_error, *p);
	print("in the handler key 0 %s and this key %s\n", handler_pkru & 3 ? "was denied" : "was allowed",
	      handler_pkru >> 2 * key & DENY_ACCESS ? "was denied" : "was allowed");
	set_rights((int)key, DENY_ACCESS);
	faults = 0;
	print("load gave %d", *p);
	print(" after %d fault, error code 0x%lx, rights now %u\n", faults, last_error, pkru_read() >> 2 * key & 3);
	/* The kernel's own accesses obey the key too. */
	set_rights((int)key, DENY_ACCESS);
	print("write from it: %s\n", error_name(sys_write(1, (void *)p, 1)));
	set_rights((int)key, 0);
	sys_munmap((void *)p, page);
	key_free(key);
}

static void execution_is_free(void)
{
	char *code = map_anonymous(page, PROT_READ | PROT_WRITE);
	long key = key_alloc(0, DENY_ACCESS);

	emit_return((unsigned char *)code, 77);
	key_mprotect(code, page, PROT_READ | PROT_EXEC, key);
	print("code under a denied key returns %ld\n", call_code(code));
	set_rights((int)key, 0);
	sys_munmap(code, page);
	key_free(key);
}

/* PROT_EXEC alone: the kernel takes a key of its own to make the page unreadable. */
static void execute_only(void)
{
	unsigned char *code = map_anonymous(page, PROT_READ | PROT_WRITE);
	long error;

	emit_return(code, 78);
	error = sys_mprotect(code, page, PROT_EXEC);
	print("execute-only page: mprotect %s, returns %ld\n", error_name(error), call_code(code));
	faults = 0;
	print("reading it: first byte 0x%x", *(volatile unsigned char *)code);
	print(" after %d fault\n", faults);
	sys_munmap(code, page);
}

static long thread_key;

static int thread_rights(void *arg)
{
	int inherited = pkru_read() >> 2 * thread_key & 3;

	set_rights((int)thread_key, DENY_ACCESS);
	return inherited * 10 + (pkru_read() >> 2 * thread_key & 3);
}

static void per_thread(void)
{
	struct thread t;
	int pid;

	thread_key = key_alloc(0, DENY_WRITE);
	thread_start(&t, thread_rights, NULL);
	print("thread inherited, then set: %02d\n", thread_join(&t));
	print("the creator's rights: %u\n", pkru_read() >> 2 * thread_key & 3);
	pid = fork_process();
	if (pid == 0)
		exit_process(pkru_read() >> 2 * thread_key & 3);
	print("child process inherited: %d\n", wait_status(pid));
	key_free(thread_key);
}

static int usable(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSPKE))
		return 0;
	__cpuid_count(0xd, XFEATURE_PKRU, eax, ebx, ecx, edx);
	saved_pkru_offset = ebx;
	return 1;
}

int main(int argc, char **argv)
{
	page = page_size();
	if (!usable()) {
		print("pkey_alloc: %s\n", error_name(key_alloc(0, 0)));
		return 3;
	}
	print("initial PKRU: %s\n", pkru_read() == INITIAL_PKRU ? "0x55555554" : "other");
	signal_handle(SIGSEGV, on_fault, 0, 0);
	errors();
	denied_and_allowed_again();
	execution_is_free();
	execute_only();
	per_thread();
	return 0;
}
#else
/* arm64 and ppc64 have keys only on machines we do not model: the calls say so. */
int main(int argc, char **argv)
{
	print("pkey_alloc: %s\n", error_name(SC2(__NR_pkey_alloc, 0, 0)));
	return 3;
}
#endif
