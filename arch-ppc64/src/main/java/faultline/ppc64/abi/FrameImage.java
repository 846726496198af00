package faultline.ppc64.abi;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.ppc64.abi.FrameLayout.Word;
import faultline.ppc64.cpu.Msr;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The registers of a thread in a `ucontext`: `setup_sigcontext` and `restore_sigcontext`.
final class FrameImage {

    private static final int GENERAL = 32;
    private static final int SCALAR = 32;
    private static final int FPSCR = SCALAR;

    /// The first element of VSR 32, which is VR 0, in [Ppc64Cpu#vsr].
    private static final int VECTOR = 64;

    private static final int VECTOR_BYTES = 16;

    private FrameImage() {}

    /// Fills in the context, which begins `to` and will lie at `frame`.
    static void save(ByteBuffer to, long frame, Ppc64Cpu cpu, long handler, int signal) {
        to.putInt(FrameLayout.SIGNAL, signal);
        to.putLong(FrameLayout.HANDLER, handler);
        to.putLong(FrameLayout.REGS_POINTER, frame + FrameLayout.GP_REGS);
        for (int n = 0; n < GENERAL; n++) {
            to.putLong(FrameLayout.GP_REGS + 8 * n, cpu.r[n]);
        }
        for (Word word : Word.values()) {
            to.putLong(word.offset(), value(cpu, word));
        }
        for (int n = 0; n < SCALAR; n++) {
            to.putLong(FrameLayout.FP_REGS + 8 * n, cpu.vsr[2 * n + 1]);
        }
        to.putLong(FrameLayout.FP_REGS + 8 * FPSCR, cpu.fp.fpscr());
        long vectors = frame + FrameLayout.VMX_RESERVE + VECTOR_BYTES - 1 & -VECTOR_BYTES;
        to.putLong(FrameLayout.V_REGS_POINTER, vectors);
        saveVectors(to.slice((int) (vectors - frame), FrameLayout.VECTOR_BYTES).order(to.order()), cpu);
    }

    private static long value(Ppc64Cpu cpu, Word word) {
        return switch (word) {
            case NIP -> cpu.pc;
            case MSR -> Msr.of(cpu);
            case ORIG_R3 -> cpu.firstArgument;
            case CTR -> cpu.ctr;
            case LNK -> cpu.lr;
            case XER -> Ppc64State.xer(cpu);
            case CCR -> Ppc64State.cr(cpu);
            // Interrupts are on.
            case SOFTE -> 1;
            case TRAP -> cpu.thread.trap;
            case DAR -> cpu.dar;
            case DSISR -> cpu.dsisr;
            case RESULT -> cpu.thread.result;
        };
    }

    private static void saveVectors(ByteBuffer to, Ppc64Cpu cpu) {
        for (int n = 0; n < 32; n++) {
            int at = VECTOR + 2 * n;
            put128(to, VECTOR_BYTES * n, cpu.vsr[at], cpu.vsr[at + 1]);
            to.putLong(FrameLayout.VSR_LOW + 8 * n, cpu.vsr[2 * n]);
        }
        put128(to, FrameLayout.VSCR, Integer.toUnsignedLong(cpu.vscr), 0);
        to.putInt(FrameLayout.VRSAVE, cpu.vrsave);
    }

    /// A vector as `stvx` stores it.
    private static void put128(ByteBuffer to, int at, long low, long high) {
        int first = lowAt(to);
        to.putLong(at + first, low).putLong(at + 8 - first, high);
    }

    /// Where the low doubleword of 16 bytes lies.
    private static int lowAt(ByteBuffer bytes) {
        return bytes.order() == ByteOrder.LITTLE_ENDIAN ? 0 : 8;
    }

    /// Loads the registers from a context. Throws EFAULT, with nothing changed, when the vector
    /// registers are nowhere.
    static void restore(ByteBuffer from, UserMemory memory, Ppc64Cpu cpu) {
        long msr = from.getLong(Word.MSR.offset());
        long vectors = from.getLong(FrameLayout.V_REGS_POINTER);
        ByteBuffer image = vectors(from, memory, vectors, msr);
        for (int n = 0; n < GENERAL; n++) {
            cpu.r[n] = from.getLong(FrameLayout.GP_REGS + 8 * n);
        }
        cpu.pc = from.getLong(Word.NIP.offset()) & -4;
        cpu.firstArgument = from.getLong(Word.ORIG_R3.offset());
        cpu.ctr = from.getLong(Word.CTR.offset());
        cpu.lr = from.getLong(Word.LNK.offset());
        Ppc64State.setXer(cpu, from.getLong(Word.XER.offset()));
        Ppc64State.setCr(cpu, from.getLong(Word.CCR.offset()));
        cpu.dar = from.getLong(Word.DAR.offset());
        cpu.dsisr = from.getLong(Word.DSISR.offset());
        cpu.thread.result = from.getLong(Word.RESULT.offset());
        for (int n = 0; n < SCALAR; n++) {
            cpu.vsr[2 * n + 1] = from.getLong(FrameLayout.FP_REGS + 8 * n);
        }
        cpu.fp.setFpscr(from.getLong(FrameLayout.FP_REGS + 8 * FPSCR));
        restoreVectors(image, cpu);
    }

    /// The part of the frame with the vector registers; those that MSR says are not in it are 0.
    private static ByteBuffer vectors(ByteBuffer from, UserMemory memory, long at, long msr) {
        byte[] bytes = new byte[FrameLayout.VECTOR_BYTES];
        if (at != 0) {
            memory.read(at + FrameLayout.VRSAVE, bytes, FrameLayout.VRSAVE, Integer.BYTES);
            if ((msr & Msr.VEC) != 0) {
                memory.read(at, bytes, 0, FrameLayout.VRSAVE);
            }
        }
        if ((msr & Msr.VSX) != 0) {
            int length = FrameLayout.VECTOR_BYTES - FrameLayout.VSR_LOW;
            memory.read(at + FrameLayout.VSR_LOW, bytes, FrameLayout.VSR_LOW, length);
        }
        return ByteBuffer.wrap(bytes).order(from.order());
    }

    private static void restoreVectors(ByteBuffer from, Ppc64Cpu cpu) {
        int low = lowAt(from);
        for (int n = 0; n < 32; n++) {
            int at = VECTOR + 2 * n;
            cpu.vsr[at] = from.getLong(VECTOR_BYTES * n + low);
            cpu.vsr[at + 1] = from.getLong(VECTOR_BYTES * n + 8 - low);
            cpu.vsr[2 * n] = from.getLong(FrameLayout.VSR_LOW + 8 * n);
        }
        cpu.vscr = (int) from.getLong(FrameLayout.VSCR + low);
        cpu.vrsave = from.getInt(FrameLayout.VRSAVE);
    }
}
