package faultline.arm64.abi;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.Nzcv;
import faultline.arm64.mmu.Arm64Mmu;
import faultline.core.cpu.Cpu;
import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SiginfoLayout;
import faultline.kernel.task.SignalFrames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Enters and leaves signal handlers with exactly Linux's `rt_sigframe`
/// (`arch/arm64/kernel/signal.c`).
///
/// From high to low addresses: a frame record, by which unwinders walk from the handler into what it
/// interrupted, and the frame. The handler returns to X30: the restorer, or the vDSO's
/// `__kernel_rt_sigreturn`. Floating-point registers and flags are the handler's to find as they
/// were.
final class Arm64SignalFrames implements SignalFrames {

    private static final int ALIGNMENT = 16;
    private static final int FRAME_POINTER = 29;
    private static final int LINK = 30;
    private static final int NZCV_SHIFT = 28;

    private static final long SA_SIGINFO = 0x4;
    private static final long SA_EXPOSE_TAGBITS = 0x800;
    private static final long SA_RESTORER = 0x04000000;

    private static final int SIGTRAP = 5;
    private static final int TRAP_BRKPT = 1;

    /// Of PSTATE: the mode's bits and the masks of interrupts, all of which are clear at EL0.
    private static final long PSTATE_NOT_EL0 = 0x3df;

    private final SiginfoLayout siginfo = new SiginfoLayout(Arm64KernelPort.EM_AARCH64, ByteOrder.LITTLE_ENDIAN);
    private final long userEnd;

    Arm64SignalFrames(long userEnd) {
        this.userEnd = userEnd;
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void enter(Cpu cpu, UserMemory memory, Delivery delivery) {
        A64Cpu a64 = (A64Cpu) cpu;
        long top = delivery.stack() != 0 ? delivery.stack() : a64.x[A64Cpu.SP];
        long record = top - FrameLayout.FRAME_RECORD_BYTES & -ALIGNMENT;
        long frame = record - FrameLayout.BYTES;
        if (!isUserRange(frame, top)) {
            throw Errno.EFAULT.exception();
        }
        byte[] bytes = new byte[FrameLayout.BYTES + FrameLayout.FRAME_RECORD_BYTES];
        ByteBuffer to = view(bytes);
        fill(to, a64, delivery);
        to.putLong(FrameLayout.BYTES, a64.x[FRAME_POINTER]);
        to.putLong(FrameLayout.BYTES + 8, a64.x[LINK]);
        memory.write(frame, bytes, 0, bytes.length);

        a64.x[0] = delivery.info().signal();
        if ((delivery.flags() & SA_SIGINFO) != 0) {
            a64.x[1] = frame;
            a64.x[2] = frame + FrameLayout.UC;
        }
        a64.x[A64Cpu.SP] = frame;
        a64.x[FRAME_POINTER] = record;
        a64.x[LINK] = (delivery.flags() & SA_RESTORER) != 0 ? delivery.restorer() : delivery.trampoline();
        a64.pc = Arm64Mmu.untagged(delivery.handler());
    }

    private boolean isUserRange(long from, long to) {
        return Long.compareUnsigned(from, to) <= 0 && Long.compareUnsigned(Arm64Mmu.untagged(to), userEnd) <= 0;
    }

    private void fill(ByteBuffer to, A64Cpu cpu, Delivery delivery) {
        if ((delivery.flags() & SA_SIGINFO) != 0) {
            siginfo.write(shown(delivery), to, 0);
        }
        to.putLong(FrameLayout.UC_STACK_SP, delivery.altStackBase());
        to.putInt(FrameLayout.UC_STACK_FLAGS, delivery.altStackFlags());
        to.putLong(FrameLayout.UC_STACK_SIZE, delivery.altStackSize());
        to.putLong(FrameLayout.UC_SIGMASK, delivery.mask());
        to.putLong(FrameLayout.FAULT_ADDRESS, cpu.faultAddress);
        for (int n = 0; n < FrameLayout.REGS_COUNT; n++) {
            to.putLong(FrameLayout.REGS + 8 * n, cpu.x[n]);
        }
        to.putLong(FrameLayout.SP, cpu.x[A64Cpu.SP]);
        to.putLong(FrameLayout.PC, cpu.pc);
        to.putLong(FrameLayout.PSTATE, Nzcv.nzcv(cpu) << NZCV_SHIFT);
        int end = putVectors(to, FrameLayout.RESERVED, cpu);
        if (cpu.faultCode != 0) {
            to.putInt(end + FrameLayout.RECORD_MAGIC, FrameLayout.ESR_MAGIC);
            to.putInt(end + FrameLayout.RECORD_SIZE, FrameLayout.ESR_BYTES);
            to.putLong(end + FrameLayout.ESR_ESR, cpu.faultCode);
        }
    }

    private static int putVectors(ByteBuffer to, int at, A64Cpu cpu) {
        to.putInt(at + FrameLayout.RECORD_MAGIC, FrameLayout.FPSIMD_MAGIC);
        to.putInt(at + FrameLayout.RECORD_SIZE, FrameLayout.FPSIMD_BYTES);
        to.putInt(at + FrameLayout.FPSIMD_FPSR, cpu.fp.fpsr());
        to.putInt(at + FrameLayout.FPSIMD_FPCR, cpu.fp.fpcr());
        for (int i = 0; i < cpu.v.length; i++) {
            to.putLong(at + FrameLayout.FPSIMD_VREGS + 8 * i, cpu.v[i]);
        }
        return at + FrameLayout.FPSIMD_BYTES;
    }

    /// What the handler is told: the address of a fault without its tag, unless it asked for that.
    private static Siginfo shown(Delivery delivery) {
        Siginfo info = delivery.info();
        long address = Arm64Mmu.untagged(info.address());
        boolean exposed = (delivery.flags() & SA_EXPOSE_TAGBITS) != 0
                || info.signal() == SIGTRAP && info.code() == TRAP_BRKPT
                || address == info.address();
        return exposed
                ? info
                : new Siginfo(
                        info.signal(),
                        info.code(),
                        info.errno(),
                        info.pid(),
                        info.uid(),
                        info.status(),
                        address,
                        info.pkey(),
                        info.value());
    }

    @Override
    public Restored leave(Cpu cpu, UserMemory memory) {
        A64Cpu a64 = (A64Cpu) cpu;
        long frame = a64.x[A64Cpu.SP];
        if ((frame & ALIGNMENT - 1) != 0) {
            throw Errno.EFAULT.exception();
        }
        byte[] bytes = new byte[FrameLayout.BYTES];
        ByteBuffer from = view(bytes);
        memory.read(frame, bytes, 0, FrameLayout.BYTES);
        long pstate = from.getLong(FrameLayout.PSTATE);
        if ((pstate & PSTATE_NOT_EL0) != 0) {
            throw Errno.EFAULT.exception();
        }
        new FrameRecords(from, memory, frame).restore(a64);
        for (int n = 0; n < FrameLayout.REGS_COUNT; n++) {
            a64.x[n] = from.getLong(FrameLayout.REGS + 8 * n);
        }
        a64.x[A64Cpu.SP] = from.getLong(FrameLayout.SP);
        a64.pc = Arm64Mmu.untagged(from.getLong(FrameLayout.PC));
        Nzcv.setNzcv(a64, pstate >>> NZCV_SHIFT);
        return new Restored(
                from.getLong(FrameLayout.UC_SIGMASK),
                from.getLong(FrameLayout.UC_STACK_SP),
                from.getLong(FrameLayout.UC_STACK_SIZE),
                from.getInt(FrameLayout.UC_STACK_FLAGS));
    }

    @Override
    public SiginfoLayout siginfoLayout() {
        return siginfo;
    }

    @Override
    public int minimumStack() {
        return 5120;
    }

    /// Every record fits into the reserved space; a record of the frame, and alignment at its worst.
    @Override
    public int frameBytes() {
        return FrameLayout.BYTES + FrameLayout.FRAME_RECORD_BYTES + ALIGNMENT;
    }
}
