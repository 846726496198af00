/*
 * Loads every register with a known value, raises an exception and prints the signal frame Linux builds, word by
 * word: the source of src/test/resources/faultline/x86/abi/frame-*.txt.
 *
 *   cc -O1 -no-pie -fno-pie -o signal-frame signal-frame.c
 *   ./signal-frame stack > frame-stack.txt; ./signal-frame altstack > frame-altstack.txt
 *
 * Code, stacks and restorer stand at fixed addresses, so that the words repeat. Lines: `entry NAME VALUE` for what
 * the handler finds in registers, `frame OFFSET VALUE` from RSP, `image OFFSET VALUE` from fpstate. Zero words are
 * left out, and the image's components between SSE and PKRU, which are the host's. Needs a processor with AVX and PKU.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x20000000
#define STACK 0x30000000
#define ALTSTACK 0x30100000
#define STACK_BYTES 0x10000
#define RESTORER 0x123456789abc

struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    unsigned long restorer;
    unsigned long mask;
};

/* Copied to CODE: `mode` in edi selects the exception, an undefined instruction or a store to address 0xdead0. */
extern const char trigger[], trigger_end[];
asm(".data\n"
    "trigger:\n"
    "  fninit\n"
    "  fld1\n"
    "  fldpi\n"
    "  mov $0x9fc0, %eax\n" /* flush to zero, denormals are zero */
    "  mov %eax, (%rsp)\n"
    "  ldmxcsr (%rsp)\n"
    "  vzeroall\n"
    "  movups 1f(%rip), %xmm0\n"
    "  movups 1f(%rip), %xmm15\n"
    "  pslldq $1, %xmm15\n"
    "  cmp $1, %edi\n"
    "  movabs $0x1111111111111111, %rax\n"
    "  movabs $0x2222222222222222, %rcx\n"
    "  movabs $0x3333333333333333, %rdx\n"
    "  movabs $0x4444444444444444, %rbx\n"
    "  movabs $0x5555555555555555, %rbp\n"
    "  movabs $0x6666666666666666, %rsi\n"
    "  movabs $0x7777777777777777, %rdi\n"
    "  movabs $0x8888888888888888, %r8\n"
    "  movabs $0x9999999999999999, %r9\n"
    "  movabs $0xaaaaaaaaaaaaaaaa, %r10\n"
    "  movabs $0xbbbbbbbbbbbbbbbb, %r11\n"
    "  movabs $0xcccccccccccccccc, %r12\n"
    "  movabs $0xdddddddddddddddd, %r13\n"
    "  movabs $0xeeeeeeeeeeeeeeee, %r14\n"
    "  movabs $0xffffffffffffffff, %r15\n"
    "  std\n"
    "  je 2f\n"
    "  ud2\n"
    "2: movb $1, 0xdead0\n"
    "1: .quad 0x0706050403020100, 0x0f0e0d0c0b0a0908\n"
    "trigger_end:\n"
    ".text\n");

/* The handler keeps what it finds and goes back to the program's own stack. */
uint64_t entry_rsp, entry_rdi, entry_rsi, entry_rdx, entry_rax, entry_flags, program_rsp;
uint32_t entry_mxcsr, entry_pkru;
uint64_t entry_xmm0[2];
extern void handler(void);
asm(".text\n"
    "handler:\n"
    "  mov %rsp, entry_rsp(%rip)\n"
    "  mov %rdi, entry_rdi(%rip)\n"
    "  mov %rsi, entry_rsi(%rip)\n"
    "  mov %rdx, entry_rdx(%rip)\n"
    "  mov %rax, entry_rax(%rip)\n"
    "  stmxcsr entry_mxcsr(%rip)\n"
    "  movups %xmm0, entry_xmm0(%rip)\n"
    "  mov program_rsp(%rip), %rsp\n"
    "  pushfq\n"
    "  popq entry_flags(%rip)\n"
    "  xor %ecx, %ecx\n"
    "  rdpkru\n"
    "  mov %eax, entry_pkru(%rip)\n"
    "  jmp print\n");

static void words(const char *name, const char *from, size_t start, size_t bytes) {
    for (size_t i = start; i < bytes; i += 8) {
        uint64_t word = 0;
        memcpy(&word, from + i, bytes - i < 8 ? bytes - i : 8);
        if (word) {
            printf("%s 0x%zx 0x%lx\n", name, i, word);
        }
    }
}

__attribute__((used, force_align_arg_pointer)) static void print(void) {
    const char *frame = (const char *)entry_rsp;
    ucontext_t *uc = (ucontext_t *)(frame + 8);
    char *image = (char *)uc->uc_mcontext.fpregs;
    uint32_t bytes = 512;
    if (uc->uc_flags & 1) { /* UC_FP_XSTATE */
        memcpy(&bytes, image + 468, 4);
    }
    printf("entry rsp 0x%lx\nentry rdi 0x%lx\nentry rsi 0x%lx\nentry rdx 0x%lx\nentry rax 0x%lx\n", entry_rsp, entry_rdi,
           entry_rsi, entry_rdx, entry_rax);
    printf("entry rflags 0x%lx\nentry mxcsr 0x%x\nentry pkru 0x%x\nentry xmm0 0x%lx\n", entry_flags, entry_mxcsr,
           entry_pkru, entry_xmm0[0]);
    words("frame", frame, 0, 440);
    words("image", image, 0, 512 + 64);
    words("image", image, 2688, bytes);
    exit(0);
}

static void *place(unsigned long at, size_t bytes) {
    void *mapped = mmap((void *)at, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (mapped == MAP_FAILED) {
        exit(1);
    }
    return mapped;
}

int main(int argc, char **argv) {
    int alternate = argc > 1 && !strcmp(argv[1], "altstack");
    memcpy(place(CODE, 4096), trigger, trigger_end - trigger);
    place(STACK, STACK_BYTES);
    stack_t stack = {.ss_sp = place(ALTSTACK, STACK_BYTES), .ss_size = STACK_BYTES};
    sigaltstack(&stack, NULL);
    struct kernel_sigaction action = {
        .handler = handler, .flags = SA_SIGINFO | SA_ONSTACK | 0x04000000, .restorer = RESTORER};
    if (!alternate) {
        action.flags &= ~SA_ONSTACK;
    }
    syscall(SYS_rt_sigaction, SIGILL, &action, NULL, 8);
    syscall(SYS_rt_sigaction, SIGSEGV, &action, NULL, 8);
    unsigned long mask = 1UL << (SIGUSR1 - 1);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
    asm volatile("mov %%rsp, program_rsp(%%rip); mov %0, %%rsp; jmp *%1" ::"r"((long)STACK + 0x8008), "r"((long)CODE),
                 "D"(alternate)
                 : "memory");
    return 0;
}
