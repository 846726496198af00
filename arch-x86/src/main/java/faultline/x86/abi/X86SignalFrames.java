package faultline.x86.abi;

import faultline.core.cpu.Cpu;
import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.SiginfoLayout;
import faultline.kernel.task.SignalFrames;
import faultline.x86.cpu.ExtendedState;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Enters and leaves signal handlers with exactly Linux's `rt_sigframe`
/// (`arch/x86/kernel/signal_64.c`).
///
/// From high to low addresses: red zone, XSAVE or FXSAVE image (64-byte aligned), frame. The frame
/// begins where the stack pointer is as if the handler had been called: 8 above a multiple of 16.
final class X86SignalFrames implements SignalFrames {

    /// What the psABI lets a leaf function use below its stack pointer.
    private static final int RED_ZONE = 128;

    private static final int IMAGE_ALIGNMENT = 64;
    private static final int FRAME_ALIGNMENT = 16;

    private static final long RF = 1 << 16;

    private static final long SA_SIGINFO = 0x4;
    private static final long SA_RESTORER = 0x04000000;

    /// The flags sigreturn takes from the frame; the rest is the kernel's (`FIX_EFLAGS`). RF is
    /// missing: there are no breakpoint registers it could hold off.
    private static final long RESTORED_FLAGS = Flags.STATUS | Flags.DF | Flags.TF | 1 << 18;

    private final SiginfoLayout siginfo = new SiginfoLayout(X86KernelPort.EM_X86_64, ByteOrder.LITTLE_ENDIAN);
    private final long userEnd;

    X86SignalFrames(long userEnd) {
        this.userEnd = userEnd;
    }

    @Override
    public void enter(Cpu cpu, UserMemory memory, Delivery delivery) {
        X86Cpu x86 = (X86Cpu) cpu;
        if ((delivery.flags() & SA_RESTORER) == 0) {
            throw Errno.EFAULT.exception();
        }
        FrameImage image = FrameImage.of(x86);
        long sp = delivery.stack() != 0 ? delivery.stack() : x86.r[X86Cpu.RSP] - RED_ZONE;
        long fpstate = sp - image.bytes() & -IMAGE_ALIGNMENT;
        long frame = (fpstate - FrameLayout.BYTES & -FRAME_ALIGNMENT) - 8;
        checkStack(x86, delivery, frame);

        byte[] bytes = new byte[FrameLayout.BYTES];
        fill(ExtendedState.view(bytes), x86, delivery, fpstate);
        int pkru = x86.pkru;
        // The frame is the kernel's to write even where the program's keys deny its stack.
        x86.writePkru(0);
        try {
            image.write(memory, fpstate, pkru);
            memory.write(frame, bytes, 0, FrameLayout.BYTES);
        } catch (RuntimeException e) {
            x86.writePkru(pkru);
            throw e;
        }
        startHandler(x86, delivery, frame);
    }

    private static void startHandler(X86Cpu cpu, Delivery delivery, long frame) {
        cpu.r[X86Cpu.RDI] = delivery.info().signal();
        cpu.r[X86Cpu.RSI] = frame + FrameLayout.INFO;
        cpu.r[X86Cpu.RDX] = frame + FrameLayout.UC;
        // For handlers declared without a prototype: no vector arguments.
        cpu.r[X86Cpu.RAX] = 0;
        cpu.r[X86Cpu.RSP] = frame;
        cpu.pc = delivery.handler();
        cpu.signalResume = false;
        cpu.setFlags(cpu.flags() & ~(Flags.DF | Flags.TF));
        ExtendedState.init(cpu, ExtendedState.X87 | ExtendedState.SSE);
        X86ProtectionKeys.reset(cpu);
    }

    /// A frame that would leave the alternate stack is not built: it would overwrite what lies
    /// below.
    private void checkStack(X86Cpu cpu, Delivery delivery, long frame) {
        boolean nested = onAltStack(delivery, cpu.r[X86Cpu.RSP]);
        if ((delivery.stack() != 0 || nested) && !onAltStack(delivery, frame)) {
            throw Errno.EFAULT.exception();
        }
        if (Long.compareUnsigned(frame, userEnd) >= 0) {
            throw Errno.EFAULT.exception();
        }
    }

    private static boolean onAltStack(Delivery delivery, long sp) {
        long base = delivery.altStackBase();
        return Long.compareUnsigned(sp, base) > 0 && Long.compareUnsigned(sp - base, delivery.altStackSize()) <= 0;
    }

    private void fill(ByteBuffer to, X86Cpu cpu, Delivery delivery, long fpstate) {
        to.putLong(FrameLayout.PRETCODE, delivery.restorer());
        long flags = FrameLayout.UC_SIGCONTEXT_SS | FrameLayout.UC_STRICT_RESTORE_SS;
        if (ExtendedState.hasXsave(cpu.model())) {
            flags |= FrameLayout.UC_FP_XSTATE;
        }
        to.putLong(FrameLayout.UC_FLAGS, flags);
        to.putLong(FrameLayout.UC_STACK_SP, delivery.altStackBase());
        to.putInt(FrameLayout.UC_STACK_FLAGS, delivery.altStackFlags());
        to.putLong(FrameLayout.UC_STACK_SIZE, delivery.altStackSize());
        to.putLong(FrameLayout.UC_SIGMASK, delivery.mask());
        for (int i = 0; i < FrameLayout.REGISTER_COUNT; i++) {
            to.putLong(FrameLayout.registerOffset(i), cpu.r[FrameLayout.register(i)]);
        }
        to.putLong(FrameLayout.RIP, cpu.pc);
        to.putLong(FrameLayout.EFLAGS, cpu.flags() | (cpu.signalResume ? RF : 0));
        to.putShort(FrameLayout.CS, (short) FrameLayout.USER_CS);
        to.putShort(FrameLayout.SS, (short) FrameLayout.USER_DS);
        to.putLong(FrameLayout.ERR, cpu.signalError);
        to.putLong(FrameLayout.TRAPNO, cpu.signalTrap);
        to.putLong(FrameLayout.OLDMASK, delivery.mask());
        to.putLong(FrameLayout.CR2, cpu.signalAddress);
        to.putLong(FrameLayout.FPSTATE, fpstate);
        if ((delivery.flags() & SA_SIGINFO) != 0) {
            siginfo.write(delivery.info(), to, FrameLayout.INFO);
        }
    }

    @Override
    public Restored leave(Cpu cpu, UserMemory memory) {
        X86Cpu x86 = (X86Cpu) cpu;
        // The handler's `ret` has taken the restorer's address.
        long frame = x86.r[X86Cpu.RSP] - 8;
        byte[] bytes = new byte[FrameLayout.INFO];
        ByteBuffer from = ExtendedState.view(bytes);
        int pkru = x86.pkru;
        x86.writePkru(0);
        FrameImage image;
        try {
            memory.read(frame, bytes, 0, FrameLayout.INFO);
            checkSelectors(from);
            image = FrameImage.read(x86, memory, from.getLong(FrameLayout.FPSTATE));
        } finally {
            x86.writePkru(pkru);
        }
        if (!image.restore(x86)) {
            throw Errno.EFAULT.exception();
        }
        for (int i = 0; i < FrameLayout.REGISTER_COUNT; i++) {
            x86.r[FrameLayout.register(i)] = from.getLong(FrameLayout.registerOffset(i));
        }
        x86.pc = from.getLong(FrameLayout.RIP);
        long restored = from.getLong(FrameLayout.EFLAGS) & RESTORED_FLAGS;
        x86.setFlags(x86.flags() & ~RESTORED_FLAGS | restored);
        return new Restored(
                from.getLong(FrameLayout.UC_SIGMASK),
                from.getLong(FrameLayout.UC_STACK_SP),
                from.getLong(FrameLayout.UC_STACK_SIZE),
                from.getInt(FrameLayout.UC_STACK_FLAGS));
    }

    /// Only 64-bit user mode can be returned to; with another selector Linux's IRET faults and the
    /// task dies of it.
    private static void checkSelectors(ByteBuffer frame) {
        int cs = frame.getShort(FrameLayout.CS) & 0xffff | 3;
        int ss = frame.getShort(FrameLayout.SS) & 0xffff | 3;
        if (cs != FrameLayout.USER_CS || ss != FrameLayout.USER_DS) {
            throw Errno.EFAULT.exception();
        }
    }

    @Override
    public SiginfoLayout siginfoLayout() {
        return siginfo;
    }

    /// With the largest image and both alignments at their worst.
    @Override
    public int frameBytes() {
        int image = ExtendedState.PKRU_OFFSET + ExtendedState.PKRU_BYTES + FrameLayout.MAGIC2_BYTES;
        int most = FrameLayout.BYTES + FRAME_ALIGNMENT + 8 + image + IMAGE_ALIGNMENT - 1;
        return most + FRAME_ALIGNMENT - 1 & -FRAME_ALIGNMENT;
    }
}
