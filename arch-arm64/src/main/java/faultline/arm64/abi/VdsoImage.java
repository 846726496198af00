package faultline.arm64.abi;

import faultline.kernel.elf.SharedObject;
import faultline.kernel.elf.Vdso;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `linux-vdso.so.1` as far as signals need it: an ELF shared object with `__kernel_rt_sigreturn`,
/// version LINUX_2.6.39 (`arch/arm64/kernel/vdso`).
///
/// It has no unwind table for the trampoline, and neither has Linux's: unwinders know a signal frame
/// by its two instructions. The functions that tell the time are missing; C libraries make the
/// system calls then.
final class VdsoImage {

    private static final int NOP = 0xd503201f;
    private static final int MOV_X8_RT_SIGRETURN = 0xd2801168;
    private static final int SVC = 0xd4000001;

    /// A nop stands before the trampoline: unwinders look a return address up one byte back.
    private static final int TRAMPOLINE = 4;

    private static final int TRAMPOLINE_BYTES = 8;

    private VdsoImage() {}

    static Vdso.Image build() {
        byte[] code = ByteBuffer.allocate(TRAMPOLINE + TRAMPOLINE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(NOP)
                .putInt(MOV_X8_RT_SIGRETURN)
                .putInt(SVC)
                .array();
        SharedObject.Built built = new SharedObject(
                        Arm64KernelPort.EM_AARCH64, ByteOrder.LITTLE_ENDIAN, "linux-vdso.so.1", "LINUX_2.6.39", code)
                .function("__kernel_rt_sigreturn", TRAMPOLINE, TRAMPOLINE_BYTES)
                .build();
        return new Vdso.Image(built.bytes(), built.code() + TRAMPOLINE);
    }
}
