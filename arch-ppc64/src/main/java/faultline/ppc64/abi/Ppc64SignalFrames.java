package faultline.ppc64.abi;

import faultline.core.cpu.Cpu;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.SiginfoLayout;
import faultline.kernel.task.SignalFrames;
import faultline.ppc64.cpu.Ppc64Cpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Enters and leaves signal handlers with exactly Linux's `rt_sigframe`
/// (`arch/powerpc/kernel/signal_64.c`).
///
/// From high to low addresses: the red zone of what was interrupted, the frame, and the stack frame of
/// a caller of the handler. That caller is the vDSO's trampoline, which begins with the call, so that
/// the processor's stack of return addresses stays in step. There is no restorer: `sa_restorer` is
/// not looked at.
final class Ppc64SignalFrames implements SignalFrames {

    private static final int ALIGNMENT = 16;
    private static final int STACK_POINTER = 1;
    private static final int TOC = 2;
    private static final int FIRST_ARGUMENT = 3;
    private static final int ENTRY = 12;

    private static final long SA_SIGINFO = 0x4;

    private final SiginfoLayout siginfo;
    private final ByteOrder order;

    Ppc64SignalFrames(ByteOrder order) {
        this.siginfo = new SiginfoLayout(Ppc64KernelPort.EM_PPC64, order);
        this.order = order;
    }

    private ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(order);
    }

    @Override
    public void enter(Cpu cpu, UserMemory memory, Delivery delivery) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        long top = delivery.stack() != 0 ? delivery.stack() : ppc.r[STACK_POINTER];
        long frame = top - FrameLayout.BYTES & -ALIGNMENT;
        long caller = frame - FrameLayout.CALLER_BYTES;
        byte[] bytes = new byte[FrameLayout.CALLER_BYTES + FrameLayout.INFO + SiginfoLayout.BYTES];
        ByteBuffer to = view(bytes);
        to.putLong(0, ppc.r[STACK_POINTER]);
        fill(
                to.slice(FrameLayout.CALLER_BYTES, bytes.length - FrameLayout.CALLER_BYTES)
                        .order(order),
                frame,
                ppc,
                delivery);
        memory.write(caller, bytes, 0, bytes.length);
        Entry entry = entry(ppc, memory, delivery.handler());

        boolean informed = (delivery.flags() & SA_SIGINFO) != 0;
        ppc.ctr = entry.code();
        ppc.r[ENTRY] = entry.function();
        ppc.r[TOC] = entry.toc();
        ppc.r[STACK_POINTER] = caller;
        ppc.r[FIRST_ARGUMENT] = delivery.info().signal();
        ppc.r[FIRST_ARGUMENT + 1] = frame + (informed ? FrameLayout.INFO : FrameLayout.UC_MCONTEXT);
        if (informed) {
            ppc.r[FIRST_ARGUMENT + 2] = frame;
            ppc.r[FIRST_ARGUMENT + 3] = frame;
        }
        ppc.thread.result = 0;
        // No exception that was enabled or pending surprises the handler.
        ppc.fp.setFpscr(0);
        ppc.pc = delivery.trampoline();
    }

    /// How a handler is entered: its code, and what R12 and R2 have then.
    private record Entry(long code, long function, long toc) {}

    private static Entry entry(Ppc64Cpu cpu, UserMemory memory, long handler) {
        return cpu.thread.descriptors
                ? new Entry(memory.load64(handler), cpu.r[ENTRY], memory.load64(handler + 8))
                : new Entry(handler, handler, cpu.r[TOC]);
    }

    private void fill(ByteBuffer to, long frame, Ppc64Cpu cpu, Delivery delivery) {
        to.putLong(FrameLayout.UC_STACK_SP, delivery.altStackBase());
        to.putInt(FrameLayout.UC_STACK_FLAGS, delivery.altStackFlags());
        to.putLong(FrameLayout.UC_STACK_SIZE, delivery.altStackSize());
        to.putLong(FrameLayout.UC_SIGMASK, delivery.mask());
        FrameImage.save(to, frame, cpu, delivery.handler(), delivery.info().signal());
        to.putLong(FrameLayout.INFO_POINTER, frame + FrameLayout.INFO);
        to.putLong(FrameLayout.UC_POINTER, frame);
        siginfo.write(delivery.info(), to, FrameLayout.INFO);
    }

    /// Of MSR, only LE would come from the frame, and a program keeps the byte order it began with.
    @Override
    public Restored leave(Cpu cpu, UserMemory memory) {
        Ppc64Cpu ppc = (Ppc64Cpu) cpu;
        byte[] bytes = new byte[FrameLayout.UC_BYTES];
        ByteBuffer from = view(bytes);
        memory.read(ppc.r[STACK_POINTER], bytes, 0, bytes.length);
        FrameImage.restore(from, memory, ppc);
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
        return 8192;
    }

    /// With the caller's frame, and alignment at its worst.
    @Override
    public int frameBytes() {
        return FrameLayout.BYTES + FrameLayout.CALLER_BYTES + ALIGNMENT;
    }
}
