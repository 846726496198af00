/*
 * pkeys: memory protection keys. Allocation and its errors, SEGV_PKUERR with
 * si_pkey, a handler that gives the right back so that the access runs again,
 * rights per thread and inherited over fork, and what the key does not do: it
 * never forbids execution.
 *
 * On x86-64 the rights are PKRU, which a handler finds reset and whose saved
 * copy in the signal frame counts; on ppc64, where translation is hashed, they
 * are AMR, which a handler shares with what it interrupted.
 */
#include "rt.h"

#if defined(__x86_64__) || defined(__powerpc64__)
#ifdef __x86_64__
#include <cpuid.h>
#endif

#define DENY_ACCESS	1U
#define DENY_WRITE	2U
#define NR_MSEAL	462		/* on every architecture */

static size_t page;
static volatile int faults;
static volatile int last_pkey;
static volatile unsigned long last_error;
static volatile unsigned int handler_rights, handler_rights_of_0;
/* Where to go on when the right cannot be given back. */
static struct jump *volatile escape;

#ifdef __x86_64__
#define KEYS		16
#define ERROR		"error code"
/* Linux starts every process so: all keys but 0 deny access. */
#define INITIAL		0x55555554U
#define XFEATURE_PKRU	9

static unsigned int saved_pkru_offset;

static unsigned int pkru_read(void)
{
	unsigned int value, edx;

	__asm__ volatile("rdpkru" : "=a"(value), "=d"(edx) : "c"(0));
	return value;
}

static unsigned int rights_of(long key) { return pkru_read() >> 2 * key & 3; }

static void set_rights(long key, unsigned int rights)
{
	unsigned int value = (pkru_read() & ~(3U << 2 * key)) | rights << 2 * key;

	__asm__ volatile("wrpkru" :: "a"(value), "c"(0), "d"(0) : "memory");
}

/* The kernel saved PKRU in the frame's XSAVE area and restores it from there. */
static void permit_interrupted(struct ucontext *uc, int key)
{
	char *xsave = (char *)uc->uc_mcontext.fpstate;
	unsigned int *saved = (unsigned int *)(xsave + saved_pkru_offset);
	unsigned long *xstate_bv = (unsigned long *)(xsave + 512);

	*saved &= ~(3U << 2 * key);
	*xstate_bv |= 1UL << XFEATURE_PKRU;
}

static unsigned long error_of(const struct ucontext *uc) { return uc->uc_mcontext.err; }

static int usable(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSPKE))
		return 0;
	__cpuid_count(0xd, XFEATURE_PKRU, eax, ebx, ecx, edx);
	saved_pkru_offset = ebx;
	print("initial PKRU: %s\n", pkru_read() == INITIAL ? "0x55555554" : "other");
	return 1;
}
#else
#define KEYS		32
#define ERROR		"dsisr"
/* Two bits a key, the first key's uppermost: no loads, and no stores. */
#define NO_LOADS	1UL
#define NO_STORES	2UL

static unsigned long amr_read(void)
{
	unsigned long value;

	__asm__ volatile("mfspr %0, 13" : "=r"(value) :: "memory");
	return value;
}

static unsigned int rights_of(long key)
{
	unsigned long bits = amr_read() >> (62 - 2 * key) & 3;

	return bits & NO_LOADS ? DENY_ACCESS : bits & NO_STORES ? DENY_WRITE : 0;
}

static void set_rights(long key, unsigned int rights)
{
	unsigned long bits = rights & DENY_ACCESS ? NO_LOADS | NO_STORES : rights & DENY_WRITE ? NO_STORES : 0;
	unsigned long value = (amr_read() & ~(3UL << (62 - 2 * key))) | bits << (62 - 2 * key);

	__asm__ volatile("isync\n\tmtspr 13, %0\n\tisync" :: "r"(value) : "memory");
}

static void permit_interrupted(struct ucontext *uc, int key) { set_rights(key, 0); }
static unsigned long error_of(const struct ucontext *uc) { return uc->uc_mcontext.gp_regs[PT_DSISR]; }

static int usable(void)
{
	long key = SC2(__NR_pkey_alloc, 0, 0);

	if (is_error(key))
		return 0;
	SC1(__NR_pkey_free, key);
	print("initial rights to key 0: %u, to key %d: %u\n", rights_of(0), KEYS - 1, rights_of(KEYS - 1));
	return 1;
}
#endif

static long key_alloc(unsigned long flags, unsigned long rights) { return SC2(__NR_pkey_alloc, flags, rights); }
static long key_free(long key) { return SC1(__NR_pkey_free, key); }
static long key_mprotect(void *at, size_t len, int prot, long key)
{
	return SC4(__NR_pkey_mprotect, at, len, prot, key);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	faults++;
	last_pkey = info->si_code == SEGV_PKUERR ? (int)info->si_pkey : -info->si_code;
	last_error = error_of(context);
	handler_rights_of_0 = rights_of(0);
	handler_rights = rights_of(last_pkey);
	if (escape && faults > 1)
		rt_longjmp(escape, 1);
	if (faults > 20)
		exit_process(96);
	permit_interrupted(context, last_pkey);
}

static void errors(void)
{
	char *p = map_anonymous(page, PROT_READ | PROT_WRITE);
	long keys[KEYS], key, error;
	int count = 0;

	print("alloc with flags: %s, with bad rights: %s\n", error_name(key_alloc(1, 0)), error_name(key_alloc(0, 8)));
	while (!is_error(key = key_alloc(0, 0)))
		keys[count++] = key;
	print("%d keys, then %s\n", count, error_name(key));
	for (int i = 0; i < count; i++)
		if (is_error(error = key_free(keys[i])))
			die("pkey_free", error);
	print("free of a free key: %s, of key %d: %s, of key -1: %s\n", error_name(key_free(keys[2])), KEYS,
	      error_name(key_free(KEYS)), error_name(key_free(-1)));
	print("mprotect with a free key: %s, with key -1: %s, with key 0: %s\n",
	      error_name(key_mprotect(p, page, PROT_READ, keys[count - 1])), error_name(key_mprotect(p, page, PROT_READ, -1)),
	      error_name(key_mprotect(p, page, PROT_READ | PROT_WRITE, 0)));
	print("mprotect of nothing with no key: %s\n", error_name(key_mprotect(p, 0, PROT_READ, 99)));
	sys_munmap(p, page);
}

static void denied_and_allowed_again(void)
{
	volatile int *p = map_anonymous(page, PROT_READ | PROT_WRITE);
	long key = key_alloc(0, DENY_WRITE);

	*p = 1;
	print("initial rights of the key: %u\n", rights_of(key));
	key_mprotect((void *)p, page, PROT_READ | PROT_WRITE, key);
	print("reading is allowed: %d\n", *p);
	faults = 0;
	*p = 2;
	print("store ran again after %d fault, key %s, " ERROR " 0x%lx: %d\n", faults,
	      last_pkey == key ? "right" : "wrong", last_error, *p);
	print("in the handler key 0 %s and this key %s\n", handler_rights_of_0 ? "was denied" : "was allowed",
	      handler_rights & DENY_ACCESS ? "was denied" : "was allowed");
	set_rights(key, DENY_ACCESS);
	faults = 0;
	print("load gave %d", *p);
	print(" after %d fault, " ERROR " 0x%lx, rights now %u\n", faults, last_error, rights_of(key));
	/* The kernel's own accesses obey the key too. */
	set_rights(key, DENY_ACCESS);
	print("write from it: %s\n", error_name(sys_write(1, (void *)p, 1)));
	set_rights(key, 0);
	sys_munmap((void *)p, page);
	key_free(key);
}

static void execution_is_free(void)
{
	char *code = map_anonymous(page, PROT_READ | PROT_WRITE);
	long key = key_alloc(0, DENY_ACCESS);

	sync_code(code, emit_return((unsigned char *)code, 77));
	key_mprotect(code, page, PROT_READ | PROT_EXEC, key);
	print("code under a denied key returns %ld\n", call_code(code));
	set_rights(key, 0);
	sys_munmap(code, page);
	key_free(key);
}

/* PROT_EXEC alone: the kernel takes a key to make the page unreadable; the right may be the program's to give back. */
static void execute_only(void)
{
	unsigned char *code = map_anonymous(page, PROT_READ | PROT_WRITE);
	struct jump out;
	long error;

	sync_code(code, emit_return(code, 78));
	error = sys_mprotect(code, page, PROT_EXEC);
	print("execute-only page: mprotect %s, returns %ld\n", error_name(error), call_code(code));
	faults = 0;
	if (rt_setjmp(&out) == 0) {
		escape = &out;
		print("reading it: first byte 0x%x", *(volatile unsigned char *)code);
		print(" after %d fault\n", faults);
	} else {
		print("reading it: denied again after %d fault\n", faults - 1);
	}
	escape = NULL;
	sys_munmap(code, page);
}

/* What the thread may not store to it may not throw away either, once it is sealed. */
static void sealed(void)
{
	char *p = map_anonymous(page, PROT_READ | PROT_WRITE);
	long key = key_alloc(0, DENY_WRITE);

	*p = 's';
	key_mprotect(p, page, PROT_READ | PROT_WRITE, key);
	SC3(NR_MSEAL, p, page, 0);
	print("DONTNEED of a sealed page: %s", error_name(sys_madvise(p, page, MADV_DONTNEED)));
	print(", it has %c", *p);
	set_rights(key, 0);
	print(", with the right: %s", error_name(sys_madvise(p, page, MADV_DONTNEED)));
	print(", it has %d\n", *p);
	key_free(key);
}

static long thread_key;

static int thread_rights(void *arg)
{
	int inherited = (int)rights_of(thread_key);

	set_rights(thread_key, DENY_ACCESS);
	return inherited * 10 + (int)rights_of(thread_key);
}

static void per_thread(void)
{
	struct thread t;
	int pid;

	thread_key = key_alloc(0, DENY_WRITE);
	thread_start(&t, thread_rights, NULL);
	print("thread inherited, then set: %02d\n", thread_join(&t));
	print("the creator's rights: %u\n", rights_of(thread_key));
	pid = fork_process();
	if (pid == 0)
		exit_process(rights_of(thread_key));
	print("child process inherited: %d\n", wait_status(pid));
	key_free(thread_key);
}

int main(int argc, char **argv)
{
	page = page_size();
	if (!usable()) {
		print("pkey_alloc: %s\n", error_name(key_alloc(0, 0)));
		return 3;
	}
	signal_handle(SIGSEGV, on_fault, 0, 0);
	errors();
	denied_and_allowed_again();
	execution_is_free();
	execute_only();
	sealed();
	per_thread();
	return 0;
}
#else
/* arm64 has keys only on machines we do not model: the calls say so. */
int main(int argc, char **argv)
{
	print("pkey_alloc: %s\n", error_name(SC2(__NR_pkey_alloc, 0, 0)));
	return 3;
}
#endif
