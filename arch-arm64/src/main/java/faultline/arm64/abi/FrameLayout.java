package faultline.arm64.abi;

import faultline.kernel.task.SiginfoLayout;

/// The signal frame of arm64, by byte offset: `struct rt_sigframe` with its `ucontext` and
/// `sigcontext` (`arch/arm64/kernel/signal.c`, `uapi/asm/sigcontext.h`).
///
/// `src/test/native/abi-layout.c` prints the same numbers from a system's own headers.
final class FrameLayout {

    // struct ucontext, behind struct siginfo.

    static final int UC = SiginfoLayout.BYTES;
    static final int UC_STACK_SP = UC + 16;
    static final int UC_STACK_FLAGS = UC + 24;
    static final int UC_STACK_SIZE = UC + 32;
    static final int UC_SIGMASK = UC + 40;
    static final int UC_MCONTEXT = UC + 176;

    // struct sigcontext.

    static final int FAULT_ADDRESS = UC_MCONTEXT;
    static final int REGS = UC_MCONTEXT + 8;
    static final int REGS_COUNT = 31;
    static final int SP = REGS + 8 * REGS_COUNT;
    static final int PC = SP + 8;
    static final int PSTATE = PC + 8;

    /// Records, each with a magic word and a size, up to one of 0 and 0.
    static final int RESERVED = UC_MCONTEXT + 288;

    static final int RESERVED_BYTES = 4096;
    static final int BYTES = RESERVED + RESERVED_BYTES;

    // struct _aarch64_ctx.

    static final int RECORD_MAGIC = 0;
    static final int RECORD_SIZE = 4;
    static final int RECORD_HEAD = 8;
    static final int RECORD_ALIGNMENT = 16;

    // struct fpsimd_context.

    static final int FPSIMD_MAGIC = 0x46508001;
    static final int FPSIMD_FPSR = 8;
    static final int FPSIMD_FPCR = 12;
    static final int FPSIMD_VREGS = 16;
    static final int FPSIMD_BYTES = 528;

    // struct esr_context.

    static final int ESR_MAGIC = 0x45535201;
    static final int ESR_ESR = 8;
    static final int ESR_BYTES = 16;

    // struct extra_context: the records go on elsewhere.

    static final int EXTRA_MAGIC = 0x45585401;
    static final int EXTRA_DATA = 8;
    static final int EXTRA_SIZE = 16;
    static final int EXTRA_BYTES = 32;

    /// X29 and X30 on the way from the handler to what it interrupted.
    static final int FRAME_RECORD_BYTES = 16;

    private FrameLayout() {}
}
