/* Prints the layouts that the arm64 ABI classes use, from the system's own headers:
 *   aarch64-linux-gnu-gcc -static abi-layout.c && qemu-aarch64 ./a.out > layout.txt
 */
#include <linux/fcntl.h>
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/stat.h>
#include <asm/ucontext.h>
#include <stddef.h>
#include <stdio.h>

struct rt_sigframe {
	siginfo_t info;
	struct ucontext uc;
};

#define OFFSET(name, type, field)	printf("%s 0x%zx\n", name, offsetof(type, field))
#define VALUE(name, value)		printf("%s 0x%lx\n", name, (unsigned long)(value))

int main(void)
{
	OFFSET("frame.ss_sp", struct rt_sigframe, uc.uc_stack.ss_sp);
	OFFSET("frame.ss_flags", struct rt_sigframe, uc.uc_stack.ss_flags);
	OFFSET("frame.ss_size", struct rt_sigframe, uc.uc_stack.ss_size);
	OFFSET("frame.sigmask", struct rt_sigframe, uc.uc_sigmask);
	OFFSET("frame.fault_address", struct rt_sigframe, uc.uc_mcontext.fault_address);
	OFFSET("frame.regs", struct rt_sigframe, uc.uc_mcontext.regs);
	OFFSET("frame.sp", struct rt_sigframe, uc.uc_mcontext.sp);
	OFFSET("frame.pc", struct rt_sigframe, uc.uc_mcontext.pc);
	OFFSET("frame.pstate", struct rt_sigframe, uc.uc_mcontext.pstate);
	OFFSET("frame.reserved", struct rt_sigframe, uc.uc_mcontext.__reserved);
	VALUE("frame.bytes", sizeof(struct rt_sigframe));
	OFFSET("fpsimd.fpsr", struct fpsimd_context, fpsr);
	OFFSET("fpsimd.fpcr", struct fpsimd_context, fpcr);
	OFFSET("fpsimd.vregs", struct fpsimd_context, vregs);
	VALUE("fpsimd.bytes", sizeof(struct fpsimd_context));
	VALUE("fpsimd.magic", FPSIMD_MAGIC);
	OFFSET("esr.esr", struct esr_context, esr);
	VALUE("esr.bytes", sizeof(struct esr_context));
	VALUE("esr.magic", ESR_MAGIC);
	OFFSET("extra.datap", struct extra_context, datap);
	OFFSET("extra.size", struct extra_context, size);
	VALUE("extra.bytes", sizeof(struct extra_context));
	VALUE("extra.magic", EXTRA_MAGIC);
	VALUE("minsigstksz", MINSIGSTKSZ);
	VALUE("O_DIRECT", O_DIRECT);
	VALUE("O_LARGEFILE", O_LARGEFILE);
	VALUE("O_DIRECTORY", O_DIRECTORY);
	VALUE("O_NOFOLLOW", O_NOFOLLOW);
	OFFSET("stat.mode", struct stat, st_mode);
	OFFSET("stat.nlink", struct stat, st_nlink);
	OFFSET("stat.rdev", struct stat, st_rdev);
	OFFSET("stat.size", struct stat, st_size);
	OFFSET("stat.blksize", struct stat, st_blksize);
	OFFSET("stat.blocks", struct stat, st_blocks);
	OFFSET("stat.ctime_nsec", struct stat, st_ctime_nsec);
	VALUE("stat.bytes", sizeof(struct stat));
	return 0;
}
