package faultline.ppc64.abi;

import faultline.kernel.task.SiginfoLayout;

/// The signal frame of 64-bit POWER, by byte offset: `struct rt_sigframe` with its `ucontext` and
/// `sigcontext` (`arch/powerpc/kernel/signal_64.c`, `uapi/asm/sigcontext.h`), of a kernel without
/// transactional memory.
///
/// `src/test/native/abi-layout.c` prints what of it a system's own headers have.
final class FrameLayout {

    // struct ucontext, where the frame begins.

    static final int UC_STACK_SP = 16;
    static final int UC_STACK_FLAGS = 24;
    static final int UC_STACK_SIZE = 32;
    static final int UC_SIGMASK = 40;
    static final int UC_MCONTEXT = 168;

    // struct sigcontext.

    static final int SIGNAL = UC_MCONTEXT + 32;
    static final int HANDLER = UC_MCONTEXT + 40;
    static final int REGS_POINTER = UC_MCONTEXT + 56;

    /// 48 doublewords: R0 to R31, then those of [Word].
    static final int GP_REGS = UC_MCONTEXT + 64;

    /// 33 doublewords: FPR 0 to 31 and FPSCR.
    static final int FP_REGS = GP_REGS + 48 * 8;

    static final int FP_REGS_COUNT = 33;

    /// The address of the vector registers.
    static final int V_REGS_POINTER = FP_REGS + FP_REGS_COUNT * 8;

    /// They lie in here, at a multiple of 16, which the frame itself need not be at.
    static final int VMX_RESERVE = V_REGS_POINTER + 8;

    static final int UC_BYTES = VMX_RESERVE + 101 * 8;

    // Vector registers, from where the pointer says.

    static final int VSCR = 32 * 16;
    static final int VRSAVE = 33 * 16;

    /// The low doublewords of VSR 0 to 31.
    static final int VSR_LOW = 34 * 16;

    static final int VECTOR_BYTES = VSR_LOW + 32 * 8;

    // struct rt_sigframe, behind its ucontext; two doublewords are unused.

    /// Seven instructions, where there is no vDSO.
    static final int TRAMPOLINE = UC_BYTES + 16;

    static final int INFO_POINTER = TRAMPOLINE + 32;
    static final int UC_POINTER = INFO_POINTER + 8;
    static final int INFO = UC_POINTER + 8;

    /// USER_REDZONE_SIZE: what a function may use below its stack pointer, and more.
    static final int RED_ZONE_BYTES = 512;

    static final int BYTES = INFO + SiginfoLayout.BYTES + RED_ZONE_BYTES + 15 & -16;

    /// __SIGNAL_FRAMESIZE: the frame of the handler's caller, which is a trampoline.
    static final int CALLER_BYTES = 128;

    private FrameLayout() {}

    /// What `gp_regs` has behind the general registers: PT_*.
    enum Word {
        NIP,
        MSR,
        ORIG_R3,
        CTR,
        LNK,
        XER,
        CCR,
        SOFTE,
        TRAP,
        DAR,
        DSISR,
        RESULT;

        /// Where it lies.
        int offset() {
            return GP_REGS + 8 * index();
        }

        int index() {
            return 32 + ordinal();
        }
    }
}
