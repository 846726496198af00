package faultline.x86.abi;

import faultline.kernel.task.SiginfoLayout;

/// The signal frame of x86-64, by byte offset: `struct rt_sigframe` with its `ucontext` and
/// `sigcontext` (`arch/x86/include/asm/sigframe.h`, `uapi/asm/sigcontext.h`).
///
/// `src/test/native/sigframe-layout.c` prints the same numbers from a system's own headers.
final class FrameLayout {

    /// The return address the handler finds: the restorer.
    static final int PRETCODE = 0;

    // struct ucontext.

    static final int UC = 8;
    static final int UC_FLAGS = UC;
    static final int UC_LINK = UC + 8;
    static final int UC_STACK_SP = UC + 16;
    static final int UC_STACK_FLAGS = UC + 24;
    static final int UC_STACK_SIZE = UC + 32;
    static final int UC_MCONTEXT = UC + 40;
    static final int UC_SIGMASK = UC + 296;

    // struct sigcontext. The general registers come first, in the order of [#REGISTERS].

    static final int RIP = UC_MCONTEXT + 128;
    static final int EFLAGS = UC_MCONTEXT + 136;
    static final int CS = UC_MCONTEXT + 144;
    static final int GS = UC_MCONTEXT + 146;
    static final int FS = UC_MCONTEXT + 148;
    static final int SS = UC_MCONTEXT + 150;
    static final int ERR = UC_MCONTEXT + 152;
    static final int TRAPNO = UC_MCONTEXT + 160;
    static final int OLDMASK = UC_MCONTEXT + 168;
    static final int CR2 = UC_MCONTEXT + 176;
    static final int FPSTATE = UC_MCONTEXT + 184;

    /// The encoding numbers of r8 … r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp: `sigcontext`'s own
    /// order.
    private static final int[] REGISTERS = {8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 3, 2, 0, 1, 4};

    static final int REGISTER_COUNT = REGISTERS.length;

    // struct siginfo, and the end.

    static final int INFO = UC + 304;
    static final int BYTES = INFO + SiginfoLayout.BYTES;

    // uc_flags.

    /// `fpstate` points to an XSAVE image, not only an FXSAVE one.
    static final long UC_FP_XSTATE = 1;
    /// SS is saved and restored.
    static final long UC_SIGCONTEXT_SS = 2;
    /// SS is restored as it is, even when it is bad.
    static final long UC_STRICT_RESTORE_SS = 4;

    // struct _fpx_sw_bytes, in the bytes of the FXSAVE image that are software's.

    static final int SW_MAGIC1 = 464;
    static final int SW_EXTENDED_SIZE = 468;
    static final int SW_XFEATURES = 472;
    static final int SW_XSTATE_SIZE = 480;

    static final int FP_XSTATE_MAGIC1 = 0x46505853;

    /// Stands right behind the image.
    static final int FP_XSTATE_MAGIC2 = 0x46505845;

    static final int MAGIC2_BYTES = 4;

    // Selectors of 64-bit user mode.

    static final int USER_CS = 0x33;
    static final int USER_DS = 0x2b;

    private FrameLayout() {}

    /// The encoding number of the `index`th register of `sigcontext`.
    static int register(int index) {
        return REGISTERS[index];
    }

    /// Where that register lies in the frame.
    static int registerOffset(int index) {
        return UC_MCONTEXT + 8 * index;
    }
}
