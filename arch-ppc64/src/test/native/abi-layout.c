/* Prints the layouts that the ppc64 ABI classes use, from a system's own headers, for both byte orders:
 *   powerpc64le-linux-gnu-gcc -static abi-layout.c && qemu-ppc64le ./a.out > layout-le.txt
 *   powerpc64-linux-gnu-gcc -static abi-layout.c && qemu-ppc64 ./a.out > layout-be.txt
 */
#include <linux/fcntl.h>
#include <linux/auxvec.h>
#include <linux/signal.h>
#include <asm/cputable.h>
#include <asm/elf.h>
#include <asm/ptrace.h>
#include <asm/sigcontext.h>
#include <asm/stat.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <stddef.h>
#include <stdio.h>

#define OFFSET(name, type, field)	printf("%s 0x%zx\n", name, offsetof(type, field))
#define VALUE(name, value)		printf("%s 0x%lx\n", name, (unsigned long)(value))

int main(void)
{
	OFFSET("uc.ss_sp", struct ucontext, uc_stack.ss_sp);
	OFFSET("uc.ss_flags", struct ucontext, uc_stack.ss_flags);
	OFFSET("uc.ss_size", struct ucontext, uc_stack.ss_size);
	OFFSET("uc.sigmask", struct ucontext, uc_sigmask);
	OFFSET("uc.signal", struct ucontext, uc_mcontext.signal);
	OFFSET("uc.handler", struct ucontext, uc_mcontext.handler);
	OFFSET("uc.oldmask", struct ucontext, uc_mcontext.oldmask);
	OFFSET("uc.regs", struct ucontext, uc_mcontext.regs);
	OFFSET("uc.gp_regs", struct ucontext, uc_mcontext.gp_regs);
	OFFSET("uc.fp_regs", struct ucontext, uc_mcontext.fp_regs);
	OFFSET("uc.v_regs", struct ucontext, uc_mcontext.v_regs);
	OFFSET("uc.vmx_reserve", struct ucontext, uc_mcontext.vmx_reserve);
	VALUE("uc.bytes", sizeof(struct ucontext));
	VALUE("PT_NIP", PT_NIP);
	VALUE("PT_MSR", PT_MSR);
	VALUE("PT_ORIG_R3", PT_ORIG_R3);
	VALUE("PT_CTR", PT_CTR);
	VALUE("PT_LNK", PT_LNK);
	VALUE("PT_XER", PT_XER);
	VALUE("PT_CCR", PT_CCR);
	VALUE("PT_SOFTE", PT_SOFTE);
	VALUE("PT_TRAP", PT_TRAP);
	VALUE("PT_DAR", PT_DAR);
	VALUE("PT_DSISR", PT_DSISR);
	VALUE("PT_RESULT", PT_RESULT);
	VALUE("ELF_NFPREG", ELF_NFPREG);
	VALUE("ELF_NVRREG", ELF_NVRREG);
	VALUE("ELF_NVSRHALFREG", ELF_NVSRHALFREG);
	VALUE("MINSIGSTKSZ", MINSIGSTKSZ);
	VALUE("O_DIRECT", O_DIRECT);
	VALUE("O_LARGEFILE", O_LARGEFILE);
	VALUE("O_DIRECTORY", O_DIRECTORY);
	VALUE("O_NOFOLLOW", O_NOFOLLOW);
	OFFSET("stat.dev", struct stat, st_dev);
	OFFSET("stat.ino", struct stat, st_ino);
	OFFSET("stat.nlink", struct stat, st_nlink);
	OFFSET("stat.mode", struct stat, st_mode);
	OFFSET("stat.uid", struct stat, st_uid);
	OFFSET("stat.gid", struct stat, st_gid);
	OFFSET("stat.rdev", struct stat, st_rdev);
	OFFSET("stat.size", struct stat, st_size);
	OFFSET("stat.blksize", struct stat, st_blksize);
	OFFSET("stat.blocks", struct stat, st_blocks);
	OFFSET("stat.atime", struct stat, st_atime);
	OFFSET("stat.atime_nsec", struct stat, st_atime_nsec);
	OFFSET("stat.mtime", struct stat, st_mtime);
	OFFSET("stat.mtime_nsec", struct stat, st_mtime_nsec);
	OFFSET("stat.ctime", struct stat, st_ctime);
	OFFSET("stat.ctime_nsec", struct stat, st_ctime_nsec);
	VALUE("stat.bytes", sizeof(struct stat));
	VALUE("AT_DCACHEBSIZE", AT_DCACHEBSIZE);
	VALUE("AT_ICACHEBSIZE", AT_ICACHEBSIZE);
	VALUE("AT_UCACHEBSIZE", AT_UCACHEBSIZE);
	VALUE("AT_IGNOREPPC", AT_IGNOREPPC);
	VALUE("AT_L1I_CACHESIZE", AT_L1I_CACHESIZE);
	VALUE("AT_L3_CACHEGEOMETRY", AT_L3_CACHEGEOMETRY);
	VALUE("PPC_FEATURE_64", PPC_FEATURE_64);
	VALUE("PPC_FEATURE_HAS_ALTIVEC", PPC_FEATURE_HAS_ALTIVEC);
	VALUE("PPC_FEATURE_HAS_FPU", PPC_FEATURE_HAS_FPU);
	VALUE("PPC_FEATURE_HAS_MMU", PPC_FEATURE_HAS_MMU);
	VALUE("PPC_FEATURE_HAS_VSX", PPC_FEATURE_HAS_VSX);
	VALUE("PPC_FEATURE_HAS_DFP", PPC_FEATURE_HAS_DFP);
	VALUE("PPC_FEATURE_ICACHE_SNOOP", PPC_FEATURE_ICACHE_SNOOP);
	VALUE("PPC_FEATURE_ARCH_2_06", PPC_FEATURE_ARCH_2_06);
	VALUE("PPC_FEATURE_TRUE_LE", PPC_FEATURE_TRUE_LE);
	VALUE("PPC_FEATURE2_ARCH_2_07", PPC_FEATURE2_ARCH_2_07);
	VALUE("PPC_FEATURE2_DSCR", PPC_FEATURE2_DSCR);
	VALUE("PPC_FEATURE2_ISEL", PPC_FEATURE2_ISEL);
	VALUE("PPC_FEATURE2_TAR", PPC_FEATURE2_TAR);
	VALUE("PPC_FEATURE2_VEC_CRYPTO", PPC_FEATURE2_VEC_CRYPTO);
	VALUE("PPC_FEATURE2_ARCH_3_00", PPC_FEATURE2_ARCH_3_00);
	VALUE("PPC_FEATURE2_HAS_IEEE128", PPC_FEATURE2_HAS_IEEE128);
	VALUE("PPC_FEATURE2_DARN", PPC_FEATURE2_DARN);
	VALUE("PPC_FEATURE2_SCV", PPC_FEATURE2_SCV);
	return 0;
}
