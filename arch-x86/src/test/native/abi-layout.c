/*
 * Prints the offsets of the structures that the x86-64 ABI of Linux hands to programs, from a system's own
 * headers: the source of src/test/resources/faultline/x86/abi/layout.txt.
 *
 *   cc -o abi-layout abi-layout.c && ./abi-layout > layout.txt
 */
#include <stddef.h>
#include <stdio.h>

#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/stat.h>
#include <asm/ucontext.h>

/* arch/x86/include/asm/sigframe.h is not exported: the frame is a return address, a ucontext and a siginfo. */
struct frame {
    char *pretcode;
    struct ucontext uc;
    siginfo_t info;
};

#define FIELD(type, name, member) printf("%s %zu\n", name, offsetof(type, member))
#define CONTEXT(name, member) FIELD(struct frame, "frame." name, uc.uc_mcontext.member)

int main(void) {
    FIELD(struct frame, "frame.uc", uc);
    FIELD(struct frame, "frame.uc_flags", uc.uc_flags);
    FIELD(struct frame, "frame.uc_link", uc.uc_link);
    FIELD(struct frame, "frame.ss_sp", uc.uc_stack.ss_sp);
    FIELD(struct frame, "frame.ss_flags", uc.uc_stack.ss_flags);
    FIELD(struct frame, "frame.ss_size", uc.uc_stack.ss_size);
    FIELD(struct frame, "frame.uc_sigmask", uc.uc_sigmask);
    FIELD(struct frame, "frame.info", info);
    printf("frame.bytes %zu\n", sizeof(struct frame));

    CONTEXT("r8", r8);
    CONTEXT("r9", r9);
    CONTEXT("r10", r10);
    CONTEXT("r11", r11);
    CONTEXT("r12", r12);
    CONTEXT("r13", r13);
    CONTEXT("r14", r14);
    CONTEXT("r15", r15);
    CONTEXT("rdi", rdi);
    CONTEXT("rsi", rsi);
    CONTEXT("rbp", rbp);
    CONTEXT("rbx", rbx);
    CONTEXT("rdx", rdx);
    CONTEXT("rax", rax);
    CONTEXT("rcx", rcx);
    CONTEXT("rsp", rsp);
    CONTEXT("rip", rip);
    CONTEXT("eflags", eflags);
    CONTEXT("cs", cs);
    CONTEXT("gs", gs);
    CONTEXT("fs", fs);
    CONTEXT("ss", ss);
    CONTEXT("err", err);
    CONTEXT("trapno", trapno);
    CONTEXT("oldmask", oldmask);
    CONTEXT("cr2", cr2);
    CONTEXT("fpstate", fpstate);

    FIELD(struct _fpstate_64, "fxsave.magic1", sw_reserved.magic1);
    FIELD(struct _fpstate_64, "fxsave.extended_size", sw_reserved.extended_size);
    FIELD(struct _fpstate_64, "fxsave.xfeatures", sw_reserved.xfeatures);
    FIELD(struct _fpstate_64, "fxsave.xstate_size", sw_reserved.xstate_size);
    printf("fxsave.bytes %zu\n", sizeof(struct _fpstate_64));
    printf("fxsave.magic1_value %u\n", FP_XSTATE_MAGIC1);
    printf("fxsave.magic2_value %u\n", FP_XSTATE_MAGIC2);
    printf("uc_flags.fp_xstate %d\n", UC_FP_XSTATE);
    printf("uc_flags.sigcontext_ss %d\n", UC_SIGCONTEXT_SS);
    printf("uc_flags.strict_restore_ss %d\n", UC_STRICT_RESTORE_SS);

    FIELD(siginfo_t, "siginfo.signo", si_signo);
    FIELD(siginfo_t, "siginfo.errno", si_errno);
    FIELD(siginfo_t, "siginfo.code", si_code);
    FIELD(siginfo_t, "siginfo.pid", si_pid);
    FIELD(siginfo_t, "siginfo.uid", si_uid);
    FIELD(siginfo_t, "siginfo.status", si_status);
    FIELD(siginfo_t, "siginfo.tid", si_tid);
    FIELD(siginfo_t, "siginfo.overrun", si_overrun);
    FIELD(siginfo_t, "siginfo.rt_value", _sifields._rt._sigval);
    FIELD(siginfo_t, "siginfo.timer_value", _sifields._timer._sigval);
    FIELD(siginfo_t, "siginfo.addr", si_addr);
    FIELD(siginfo_t, "siginfo.pkey", si_pkey);
    FIELD(siginfo_t, "siginfo.band", si_band);
    FIELD(siginfo_t, "siginfo.fd", si_fd);
    FIELD(siginfo_t, "siginfo.call_addr", si_call_addr);
    FIELD(siginfo_t, "siginfo.syscall", si_syscall);
    FIELD(siginfo_t, "siginfo.arch", si_arch);
    printf("siginfo.bytes %zu\n", sizeof(siginfo_t));

    FIELD(struct stat, "stat.dev", st_dev);
    FIELD(struct stat, "stat.ino", st_ino);
    FIELD(struct stat, "stat.nlink", st_nlink);
    FIELD(struct stat, "stat.mode", st_mode);
    FIELD(struct stat, "stat.uid", st_uid);
    FIELD(struct stat, "stat.gid", st_gid);
    FIELD(struct stat, "stat.rdev", st_rdev);
    FIELD(struct stat, "stat.size", st_size);
    FIELD(struct stat, "stat.blksize", st_blksize);
    FIELD(struct stat, "stat.blocks", st_blocks);
    FIELD(struct stat, "stat.atime", st_atime);
    FIELD(struct stat, "stat.atime_nsec", st_atime_nsec);
    FIELD(struct stat, "stat.mtime", st_mtime);
    FIELD(struct stat, "stat.mtime_nsec", st_mtime_nsec);
    FIELD(struct stat, "stat.ctime", st_ctime);
    FIELD(struct stat, "stat.ctime_nsec", st_ctime_nsec);
    printf("stat.bytes %zu\n", sizeof(struct stat));
    return 0;
}
