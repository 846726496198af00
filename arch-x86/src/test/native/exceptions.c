/*
 * Raises every exception a user program can raise on x86-64 and prints what Linux makes of it: the source of
 * src/test/resources/faultline/x86/abi/exceptions.txt.
 *
 *   cc -O1 -mno-red-zone -o exceptions exceptions.c && ./exceptions > exceptions.txt
 *
 * A line is: name, si_signo, si_code, si_addr (`ip`: the address of the frame's RIP), trapno, err, cr2 as the frame
 * has them, si_pkey. Addresses are fixed by the program. Every case runs in a child, whose frame starts clean.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static char *const PAGE = (char *)0x10000000;
static const char *current;

static void report(int signal, siginfo_t *info, void *context) {
    /* AC stays set in a handler, and library code does not expect it. */
    asm volatile("pushfq; andl $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
    greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
    char line[256], address[32];
    if ((greg_t)info->si_addr == g[REG_RIP]) {
        strcpy(address, "ip");
    } else {
        snprintf(address, sizeof address, "0x%lx", (unsigned long)info->si_addr);
    }
    /* si_pkey lies in the bytes of the union that other codes leave zero. */
    int n = snprintf(line, sizeof line, "%s %d %d %s %lld 0x%llx 0x%llx %u\n", current, signal, info->si_code, address,
                     g[REG_TRAPNO], g[REG_ERR], g[REG_CR2], info->si_code == SEGV_PKUERR ? info->si_pkey : 0);
    if (write(1, line, n) != n) {
        _exit(2);
    }
    _exit(0);
}

static void handle(int signal) {
    struct sigaction action = {.sa_sigaction = report, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(signal, &action, NULL);
}

static void divide(void) { asm volatile("xor %%ecx, %%ecx; mov $1, %%eax; cdq; idiv %%ecx" ::: "eax", "ecx", "edx"); }
static void trace(void) { asm volatile("pushfq; orl $0x100, (%%rsp); popfq; nop; nop" ::: "memory", "cc"); }
static void int1(void) { asm volatile(".byte 0xf1"); }
static void breakpoint(void) { asm volatile("int3"); }
static void int3long(void) { asm volatile(".byte 0xcd, 3"); }
static void overflow(void) { asm volatile("int $4"); }
static void undefined(void) { asm volatile("ud2"); }
static void halt(void) { asm volatile("hlt"); }
static void interrupt(void) { asm volatile("int $0x21"); }
static void noncanonical(void) { *(volatile char *)0x800000000000 = 1; }
static void noncanonicalStack(void) { asm volatile("movabs $0x900000000000, %rsp; push %rax"); }
static void noncanonicalBase(void) { asm volatile("movabs $0x800000000000, %rbp; movb $1, (%rbp)"); }
static void noncanonicalJump(void) { asm volatile("movabs $0x800000000000, %rax; jmp *%rax"); }
static void alignment(void) {
    asm volatile("pushfq; orl $0x40000, (%%rsp); popfq; movl $1, 1(%0)" ::"r"(PAGE) : "memory", "cc");
}
static void x87ZeroDivide(void) {
    short control = 0x37b;
    asm volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" ::"m"(control));
}
static void x87Invalid(void) {
    short control = 0x37e;
    asm volatile("fninit; fldcw %0; fldz; fldz; fdivrp; fwait" ::"m"(control));
}
static void simd(unsigned mxcsr, float a, float b) {
    asm volatile("ldmxcsr %0; divss %2, %1" ::"m"(mxcsr), "x"(a), "x"(b));
}
static void simdZeroDivide(void) { simd(0x1d80, 1, 0); }
static void simdInvalid(void) { simd(0x1f00, 0, 0); }
static void simdOverflow(void) { simd(0x1b80, 3e38f, 1e-10f); }
static void simdUnderflow(void) { simd(0x1780, 1e-30f, 1e30f); }
static void simdPrecision(void) { simd(0x0f80, 1, 3); }
static void simdDenormal(void) { simd(0x1e80, 1, 1e-40f); }

static void readUnmapped(void) { (void)*(volatile char *)(PAGE + 0x4567); }
static void writeUnmapped(void) { *(volatile char *)(PAGE + 0x4567) = 1; }
static void executeUnmapped(void) { ((void (*)(void))(PAGE + 0x4567))(); }
static void writeReadOnly(void) { (void)*(volatile char *)PAGE; mprotect(PAGE, 4096, PROT_READ); *(volatile char *)PAGE = 1; }
static void writeReadOnlyUntouched(void) { mprotect(PAGE, 4096, PROT_READ); *(volatile char *)PAGE = 1; }
static void executeNoExec(void) { *(volatile char *)PAGE = (char)0xc3; ((void (*)(void))PAGE)(); }
static void executeNoExecUntouched(void) { ((void (*)(void))PAGE)(); }
static void readNone(void) { *(volatile char *)PAGE = 1; mprotect(PAGE, 4096, PROT_NONE); (void)*(volatile char *)PAGE; }
static void writeNone(void) { *(volatile char *)PAGE = 1; mprotect(PAGE, 4096, PROT_NONE); *(volatile char *)PAGE = 1; }
static void readKernel(void) { (void)*(volatile char *)0xffff800000000000; }
static void writeKernel(void) { *(volatile char *)0xffffffff81000000 = 1; }
static void executeKernel(void) { ((void (*)(void))0xffffffff81000000)(); }
static void readLastPage(void) { (void)*(volatile char *)0x7ffffffff000; }
static void pkey(int rights, int write, int touch) {
    if (touch) {
        *(volatile char *)PAGE = 1;
    }
    int key = pkey_alloc(0, rights);
    if (key < 0 || pkey_mprotect(PAGE, 4096, PROT_READ | PROT_WRITE, key)) {
        _exit(3);
    }
    if (write) {
        *(volatile char *)PAGE = 1;
    } else {
        (void)*(volatile char *)PAGE;
    }
}
static void pkeyRead(void) { pkey(PKEY_DISABLE_ACCESS, 0, 1); }
static void pkeyWrite(void) { pkey(PKEY_DISABLE_WRITE, 1, 1); }
static void pkeyReadUntouched(void) { pkey(PKEY_DISABLE_ACCESS, 0, 0); }
static void pkeyWriteUntouched(void) { pkey(PKEY_DISABLE_WRITE, 1, 0); }
static void beyondEnd(void) {
    int fd = memfd_create("short", 0);
    char *map = mmap(PAGE, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    (void)*(volatile char *)(map + 0x123);
}

static const struct {
    const char *name;
    void (*raise)(void);
} CASES[] = {
    {"divide", divide}, {"trace", trace}, {"int1", int1}, {"breakpoint", breakpoint}, {"int3long", int3long},
    {"overflow", overflow}, {"undefined", undefined}, {"halt", halt}, {"interrupt", interrupt},
    {"noncanonical", noncanonical}, {"noncanonicalStack", noncanonicalStack}, {"noncanonicalBase", noncanonicalBase},
    {"noncanonicalJump", noncanonicalJump},
    {"alignment", alignment}, {"x87ZeroDivide", x87ZeroDivide}, {"x87Invalid", x87Invalid},
    {"simdZeroDivide", simdZeroDivide}, {"simdInvalid", simdInvalid}, {"simdOverflow", simdOverflow},
    {"simdUnderflow", simdUnderflow}, {"simdPrecision", simdPrecision}, {"simdDenormal", simdDenormal},
    {"readUnmapped", readUnmapped}, {"writeUnmapped", writeUnmapped}, {"executeUnmapped", executeUnmapped},
    {"writeReadOnly", writeReadOnly}, {"writeReadOnlyUntouched", writeReadOnlyUntouched},
    {"executeNoExec", executeNoExec}, {"executeNoExecUntouched", executeNoExecUntouched},
    {"readNone", readNone}, {"writeNone", writeNone}, {"readKernel", readKernel}, {"writeKernel", writeKernel},
    {"executeKernel", executeKernel}, {"readLastPage", readLastPage},
    {"pkeyRead", pkeyRead}, {"pkeyWrite", pkeyWrite}, {"pkeyReadUntouched", pkeyReadUntouched},
    {"pkeyWriteUntouched", pkeyWriteUntouched}, {"beyondEnd", beyondEnd},
};

int main(void) {
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, NULL);
    handle(SIGSEGV);
    handle(SIGBUS);
    handle(SIGFPE);
    handle(SIGILL);
    handle(SIGTRAP);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        current = CASES[i].name;
        if (fork() == 0) {
            mmap(PAGE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
            CASES[i].raise();
            printf("%s nothing\n", current);
            fflush(stdout);
            _exit(0);
        }
        int status;
        wait(&status);
        if (status != 0) {
            fprintf(stderr, "%s: status 0x%x\n", current, status);
        }
    }
    return 0;
}
