package faultline.ppc64.abi;

import faultline.kernel.elf.SharedObject;
import faultline.kernel.elf.Vdso;
import faultline.ppc64.cpu.TimeBase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `linux-vdso64.so.1` (`arch/powerpc/kernel/vdso`): the signal trampoline, the frequency of the time
/// base, and what makes stored instructions executable. The functions that tell the time are missing;
/// C libraries make the system calls then.
///
/// A symbol is the address of code even where functions have descriptors.
final class VdsoImage {

    private static final int NOP = 0x6000_0000;
    private static final int BCTRL = 0x4e80_0421;
    private static final int BLR = 0x4e80_0020;
    private static final int ADDI_R1_R1 = 0x3821_0000;
    private static final int LI_R0 = 0x3800_0000;
    private static final int LI_R3_0 = 0x3860_0000;
    private static final int LIS_R3 = 0x3c60_0000;
    private static final int ORI_R3_R3 = 0x6063_0000;
    private static final int CRCLR_SO = 0x4c63_1982;
    private static final int SC = 0x4400_0002;
    private static final int SYNC = 0x7c00_04ac;
    private static final int ICBI_R3 = 0x7c00_1fac;
    private static final int ISYNC = 0x4c00_012c;

    private static final int RT_SIGRETURN = 172;

    /// Where the handler is called, and behind that what it comes back to; that is at a multiple of 8.
    private static final int CALL = 4;

    private static final int TRAMPOLINE = 8;

    /// The handler is called, comes back, and its frame is popped. Unwinders know the frame by these last
    /// three instructions; those of the first ABI also look at the doubleword 32 bytes behind the first of
    /// them, which would be the address of a `ucontext` in a trampoline on the stack.
    private static final int[] HANDLER = {
        NOP, BCTRL, ADDI_R1_R1 | FrameLayout.CALLER_BYTES, LI_R0 | RT_SIGRETURN, SC, 0, 0, 0, 0, 0
    };

    private static final long NO_STACK_TRAMPOLINE = -21 * 8;

    private static final int[] TIME_BASE_FREQUENCY = {
        LIS_R3 | (int) (TimeBase.FREQUENCY >>> 16), ORI_R3_R3 | (int) TimeBase.FREQUENCY & 0xffff, CRCLR_SO, BLR
    };

    /// The instruction cache sees stores; what has been fetched already is to be forgotten.
    private static final int[] SYNC_CACHES = {SYNC, ICBI_R3, ISYNC, LI_R3_0, CRCLR_SO, BLR};

    private VdsoImage() {}

    static Vdso.Image build(ByteOrder order) {
        int frequency = bytes(HANDLER) + Long.BYTES;
        int caches = frequency + bytes(TIME_BASE_FREQUENCY);
        int table = caches + bytes(SYNC_CACHES) + Long.BYTES - 1 & -Long.BYTES;
        // The call belongs to it: unwinders look a return address up one byte back.
        byte[] unwind = UnwindTable.of(order, table - CALL, bytes(HANDLER) - CALL);
        ByteBuffer code = ByteBuffer.allocate(table + unwind.length).order(order);
        code.asIntBuffer()
                .put(HANDLER)
                .put(frequency / Integer.BYTES, TIME_BASE_FREQUENCY)
                .put(caches / Integer.BYTES, SYNC_CACHES);
        code.putLong(bytes(HANDLER), NO_STACK_TRAMPOLINE).put(table, unwind);
        SharedObject.Built built = new SharedObject(
                        Ppc64KernelPort.EM_PPC64, order, "linux-vdso64.so.1", "LINUX_2.6.15", code.array())
                .flags(order == ByteOrder.LITTLE_ENDIAN ? 2 : 1)
                .function("__kernel_sigtramp_rt64", TRAMPOLINE, 3 * Integer.BYTES)
                .function("__kernel_get_tbfreq", frequency, bytes(TIME_BASE_FREQUENCY))
                .function("__kernel_sync_dicache", caches, bytes(SYNC_CACHES))
                .unwindTable(table)
                .build();
        return new Vdso.Image(built.bytes(), built.code() + CALL);
    }

    private static int bytes(int[] words) {
        return words.length * Integer.BYTES;
    }
}
